// A sandbox alone in a process, to be killed: keeps its state in the directory given and prints its address.
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"

const [, , directory = "", closeEverySeconds = "1"] = process.argv
const sandbox = await SandboxServer.start({ directory, closeEverySeconds: Number(closeEverySeconds) })
process.stdout.write(`${sandbox.url}\n`)

// A sandbox alone in a process, to be killed: keeps its state in the directory given and prints its address.
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"

const [, , directory = ""] = process.argv
const sandbox = await SandboxServer.start({ directory })
process.stdout.write(`${sandbox.url}\n`)

// A process whose environment names a proxy, and has told Node to heed it: calls to strangers go past it all the same.
import { spawn } from "node:child_process"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startReceiver } from "../../support/Receiver.ts"

const adapter = pathToFileURL("adapters/outbound-node/OutboundNode.ts").href

const script = (port: number) => `
  import { Effect } from "effect"
  import { make } from ${JSON.stringify(adapter)}
  const outbound = make({ allowLocal: true, ports: [], perHost: 1, perOwner: 1, connectSeconds: 5,
    resolve: () => Effect.succeed(["127.0.0.1"]) })
  const sent = outbound.send({ method: "GET", url: "http://receiver.example:${port}/direct", headers: {},
    owner: "o", timeoutSeconds: 10, maxBytes: 100 })
  process.stdout.write(String((await Effect.runPromise(sent)).status))
`

const run = (code: string, env: Readonly<Record<string, string>>) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
          env: { ...process.env, ...env },
          stdio: ["ignore", "pipe", "pipe"]
        })
        let text = ""
        child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()))
        child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()))
        child.on("close", () => resolve(text))
      })
  )

it.live("a proxy in the environment is not used (SEC-07)", () =>
  Effect.gen(function* () {
    const receiver = yield* startReceiver()
    const proxy = yield* startReceiver()
    proxy.reply = (response) => response.writeHead(599).end()
    const address = `http://127.0.0.1:${proxy.port}`
    const said = yield* run(script(receiver.port), {
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: address,
      http_proxy: address,
      HTTPS_PROXY: address,
      NO_PROXY: "",
      no_proxy: ""
    })

    expect(said).toBe("200")
    expect(proxy.connections()).toBe(0)
    expect(receiver.received.map(({ path }) => path)).toEqual(["/direct"])
  })
)

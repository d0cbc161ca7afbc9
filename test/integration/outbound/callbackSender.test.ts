// A callback as its receiver gets it: the real sender, signer and client, and a server that checks what SEP-31 has it check.
import type { ServerResponse } from "node:http"
import { pipeline, Readable } from "node:stream"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Logger, Redacted } from "effect"
import * as OutboundNode from "../../../adapters/outbound-node/OutboundNode.ts"
import { make as makeSigner } from "../../../adapters/signer-local/LocalSigner.ts"
import { type Callback, CallbackSender } from "../../../src/callbacks/CallbackSender.ts"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { Outbound } from "../../../src/ports/Outbound.ts"
import { Signer } from "../../../src/ports/Signer.ts"
import * as Logging from "../../../src/telemetry/Logging.ts"
import { readSignature, type Receiver, startReceiver, testAuthority } from "../../support/Receiver.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { keyOf } from "../../support/signIn.ts"

const keypair = keyOf("callbacks")

/** A body that never ends. */
const endless = (response: ServerResponse): void => {
  const body = (function* () {
    for (;;) yield "x".repeat(10_000)
  })()
  pipeline(Readable.from(body), response, () => undefined)
}

const lines: Array<string> = []

const outbound = OutboundNode.make({
  allowLocal: true,
  ports: [],
  perHost: 4,
  perOwner: 1_000,
  connectSeconds: 2,
  resolve: (host) => Effect.succeed([host === "inside.example" ? "10.0.0.1" : "127.0.0.1"]),
  trust: [testAuthority]
})

const sender = CallbackSender.layer.pipe(
  Layer.provide([
    Layer.succeed(Outbound, outbound),
    Layer.effect(Signer, makeSigner(Redacted.make(keypair.secret()))),
    Layer.succeed(KedgeConfig, {
      ...testSettings,
      timing: { ...testSettings.timing, callbackTimeout: 0.5 }
    })
  ]),
  Layer.provideMerge(Logger.layer([Logger.map(Logging.json, (line) => void lines.push(line))]))
)

const callback = (url: string, rest: Partial<Callback> = {}): Callback => ({
  url,
  body: { transaction: { id: "1", status: "completed", status_message: "paid — ä 漢" } },
  owner: "GDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435DIAG",
  about: { transactionId: "1", version: 3 },
  ...rest
})

const send = (each: Callback) => Effect.flatMap(CallbackSender, (service) => service.send(each))

const at = (receiver: Receiver, name = "receiver.example") => `http://${name}:${receiver.port}/callback`

describe("CallbackSender", () => {
  it.live(
    "a receiver can verify what arrives, over TLS, by the bytes that arrive (S31-CB-05, S31-CB-07, S12-CB-05)",
    () =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver({ tls: true })
        const sent = yield* send(callback(`https://receiver.example:${receiver.port}/callback`))
        const [arrived] = receiver.received
        if (arrived === undefined) return expect.fail("nothing arrived")
        const host = `receiver.example:${receiver.port}`
        const { isGood, seconds } = readSignature(arrived, keypair.publicKey(), host)

        expect(sent).toEqual({ _tag: "Delivered", status: 200 })
        expect(arrived.method).toBe("POST")
        expect(arrived.headers["content-type"]).toBe("application/json")
        expect(JSON.parse(arrived.body.toString())).toEqual(callback("").body)
        expect(isGood).toBe(true)
        expect(Math.abs(seconds * 1_000 - (yield* Clock.currentTimeMillis))).toBeLessThan(5_000)
      }).pipe(Effect.provide(sender))
  )

  it.live("both headers arrive with one value (S31-CB-08)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      yield* send(callback(at(receiver)))
      const headers = receiver.received[0]?.headers ?? {}

      expect(headers["x-stellar-signature"]).toBe(headers["signature"])
      expect(headers["signature"]).toMatch(/^t=[0-9]+, s=/)
    }).pipe(Effect.provide(sender))
  )

  it.live.each([200, 201, 202, 204, 299])("takes %s for delivered (S31-CB-11)", (status) =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = (response) => response.writeHead(status).end()

      expect(yield* send(callback(at(receiver)))).toEqual({ _tag: "Delivered", status })
    }).pipe(Effect.provide(sender))
  )

  it.live.each([301, 307, 308, 401, 404, 410, 429, 500, 503])(
    "takes %s for not delivered and to be sent again, and follows no redirect (S31-CB-11, S31-CB-12, A11)",
    (status) =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver()
        receiver.reply = (response) => response.writeHead(status, { location: "/elsewhere" }).end()

        expect(yield* send(callback(at(receiver)))).toMatchObject({ _tag: "Failed", retryable: true, status })
        expect(receiver.received).toHaveLength(1)
      }).pipe(Effect.provide(sender))
  )

  it.live("a 400 is our fault: it is an error in the log, and not sent again (S31-CB-14)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = (response) => response.writeHead(400).end("your signature is wrong")
      lines.length = 0
      const sent = yield* send(callback(at(receiver)))
      const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>)

      expect(sent).toMatchObject({ _tag: "Failed", retryable: false, status: 400 })
      expect(logged.filter(({ level }) => level === "error")).toHaveLength(1)
      expect(logged[0]).toMatchObject({ transactionId: "1", version: 3 })
    }).pipe(Effect.provide(sender))
  )

  it.live("waits no longer than the setting says, and reads no long answer (S31-CB-12, A11)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = () => undefined
      const silent = yield* send(callback(at(receiver)))
      receiver.reply = (response) => endless(response)

      expect(silent).toMatchObject({ _tag: "Failed", retryable: true, status: null })
      expect(yield* send(callback(at(receiver)))).toEqual({ _tag: "Delivered", status: 200 })
    }).pipe(Effect.provide(sender))
  )

  it.live(
    "a name that leads inside is tried again, a URL that breaks the rules is not (SEC-05, S31-CB-04)",
    () =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver()

        expect(yield* send(callback(at(receiver, "inside.example")))).toMatchObject({
          _tag: "Failed",
          retryable: true
        })
        expect(yield* send(callback("ftp://receiver.example/"))).toMatchObject({
          _tag: "Failed",
          retryable: false
        })
        expect(receiver.connections()).toBe(0)
      }).pipe(Effect.provide(sender))
  )
})

// The guarded client against real servers on loopback, TLS included; only what a name resolves to is the test's own.
import { createServer as createSocketServer, type Server } from "node:net"
import { pipeline, Readable } from "node:stream"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { make, type OutboundOptions } from "../../../adapters/outbound-node/OutboundNode.ts"
import type { Resolve } from "../../../adapters/outbound-node/names.ts"
import type { Outbound, OutboundRequest } from "../../../src/ports/Outbound.ts"
import { startReceiver, testAuthority } from "../../support/Receiver.ts"

/** Answers one list after the other and the last for ever; counts how often it is asked. */
const scripted = (...answers: ReadonlyArray<ReadonlyArray<string>>) => {
  const asked: Array<string> = []
  const resolve: Resolve = (host) =>
    Effect.sync(() => {
      asked.push(host)
      return answers[Math.min(asked.length, answers.length) - 1] ?? []
    })
  return { resolve, asked }
}

const here = scripted(["127.0.0.1"])

const client = (options: Partial<OutboundOptions> = {}) =>
  make({
    allowLocal: true,
    ports: [{ first: 1, last: 65_535 }],
    perHost: 16,
    perOwner: 1_000,
    connectSeconds: 5,
    resolve: here.resolve,
    trust: [testAuthority],
    ...options
  })

const request = (url: string, rest: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: "POST",
  url,
  headers: { "Content-Type": "application/json" },
  body: new TextEncoder().encode("{}"),
  owner: "somebody",
  timeoutSeconds: 5,
  maxBytes: 1_000,
  ...rest
})

const failure = (outbound: Outbound["Service"], sent: OutboundRequest) =>
  Effect.map(Effect.flip(outbound.send(sent)), (error) => ({
    tag: error._tag,
    words: error.message,
    detail: error.detail
  }))

const unanswered = "its host did not answer"
const inside = "its host is not one that is called from here"

/** A server of bare sockets: it takes connections and does what the test says. */
const startSockets = (onSocket: Parameters<Server["on"]>[1]) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createSocketServer()
      server.on("connection", onSocket)
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const address = server.address()
      return { server, port: typeof address === "object" && address !== null ? address.port : 0 }
    }),
    ({ server }) => Effect.sync(() => server.close())
  )

describe("OutboundNode", () => {
  it.live(
    "calls the address that was checked, and keeps the name in Host, SNI and certificate (SEC-02)",
    () =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver({ tls: true })
        const names = scripted(["127.0.0.1"])
        const answer = yield* client({ resolve: names.resolve }).send(
          request(`https://receiver.example:${receiver.port}/callback?x=1`)
        )

        expect(answer.status).toBe(200)
        expect(names.asked).toEqual(["receiver.example"])
        expect(receiver.received).toHaveLength(1)
        expect(receiver.received[0]).toMatchObject({
          method: "POST",
          path: "/callback?x=1",
          sni: "receiver.example",
          headers: { host: `receiver.example:${receiver.port}` }
        })
      })
  )

  it.live(
    "resolves a name once for a call: what it would say a moment later is not asked (SEC-02, A10)",
    () =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver()
        const trap = yield* startReceiver({ host: "127.0.0.2", port: receiver.port })
        const names = scripted(["127.0.0.1"], ["127.0.0.2"])
        yield* client({ resolve: names.resolve }).send(request(`http://receiver.example:${receiver.port}/`))

        expect(names.asked).toHaveLength(1)
        expect(receiver.received).toHaveLength(1)
        expect(trap.connections()).toBe(0)
      })
  )

  it.live("refuses the next call when the name has come to lead inside (SEC-02, SEC-05, A10)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const names = scripted(["127.0.0.1"], ["169.254.169.254"])
      const outbound = client({ resolve: names.resolve })
      const url = `http://receiver.example:${receiver.port}/`

      expect((yield* outbound.send(request(url))).status).toBe(200)
      expect(yield* failure(outbound, request(url))).toMatchObject({ tag: "OutboundRefused", words: inside })
      expect(receiver.received).toHaveLength(1)
    })
  )

  it.live.each([
    { first: "8.8.8.8", second: "10.0.0.1" },
    { first: "127.0.0.1", second: "::ffff:169.254.169.254" },
    { first: "127.0.0.1", second: "fd00::1" },
    { first: "2606:4700:4700::1111", second: "64:ff9b::a00:1" },
    { first: "127.0.0.1", second: "not an address" }
  ])(
    "judges every address of a name: $first and $second are refused together (SEC-02, SEC-03)",
    ({ first, second }) =>
      Effect.gen(function* () {
        const receiver = yield* startReceiver()
        const names = scripted([first, second])
        const refused = yield* failure(
          client({ resolve: names.resolve }),
          request(`http://receiver.example:${receiver.port}/`)
        )

        expect(refused).toMatchObject({ tag: "OutboundRefused", words: inside })
        expect(receiver.connections()).toBe(0)
      })
  )

  it.live("outside local mode this machine is not called, by name or by number (SEC-01, SEC-03, A10)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver({ tls: true })
      const outbound = client({ allowLocal: false })
      for (const url of [
        `https://receiver.example:${receiver.port}/`,
        `https://127.0.0.1:${receiver.port}/`,
        `https://localhost:${receiver.port}/`,
        `https://2130706433:${receiver.port}/`,
        `http://receiver.example:${receiver.port}/`
      ]) {
        expect((yield* failure(outbound, request(url))).tag, url).toBe("OutboundRefused")
      }
      expect(receiver.connections()).toBe(0)
    })
  )

  it.live("does not believe a certificate for another name, or one nobody vouches for (SEC-02)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver({ tls: true })
      const other = yield* failure(client(), request(`https://other.example:${receiver.port}/`))
      const unknown = yield* failure(
        client({ trust: [] }),
        request(`https://receiver.example:${receiver.port}/`)
      )

      expect([other.tag, unknown.tag]).toEqual(["OutboundUnavailable", "OutboundUnavailable"])
      expect(receiver.received).toEqual([])
    })
  )

  it.live("follows no redirect: it is a status like any other (S31-CB-12, SEC-04)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = (response) => response.writeHead(307, { location: "/elsewhere" }).end()
      const answer = yield* client().send(request(`http://receiver.example:${receiver.port}/`))

      expect(answer.status).toBe(307)
      expect(receiver.received.map(({ path }) => path)).toEqual(["/"])
    })
  )

  it.live(
    "gives up a connection that is not made in time, and an answer that does not come (S31-CB-12, SEC-04)",
    () =>
      Effect.gen(function* () {
        const mute = yield* startSockets(() => undefined)
        const slow = yield* startReceiver()
        slow.reply = (response) => {
          response.writeHead(200)
          response.write("the beginning")
        }
        const noHandshake = yield* failure(
          client({ connectSeconds: 0.1 }),
          request(`https://receiver.example:${mute.port}/`)
        )
        const noEnd = yield* failure(
          client(),
          request(`http://receiver.example:${slow.port}/`, { timeoutSeconds: 0.2 })
        )

        expect(noHandshake.detail).toContain("no connection within 0.1 s")
        expect(noEnd.detail).toContain("no whole answer within 0.2 s")
      })
  )

  it.live("reads no more of an answer than it was told to, however long it is (SEC-04)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = (response) => {
        const endless = Readable.from(
          (function* () {
            for (;;) yield "x".repeat(10_000)
          })()
        )
        pipeline(endless, response, () => undefined)
      }
      const cut = yield* client().send(request(`http://receiver.example:${receiver.port}/`))
      receiver.reply = (response) => response.end("x".repeat(1_000))
      const whole = yield* client().send(request(`http://receiver.example:${receiver.port}/`))

      expect([cut.status, cut.body.length, cut.whole]).toEqual([200, 1_000, false])
      expect([whole.body.length, whole.whole]).toEqual([1_000, true])
    })
  )

  it.live("unpacks nothing: a packed answer has a status and no body (SEC-04)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      receiver.reply = (response) =>
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(100_000)))
      const answer = yield* client().send(request(`http://receiver.example:${receiver.port}/`))

      expect(receiver.received[0]?.headers["accept-encoding"]).toBe("identity")
      expect([answer.status, answer.body.length, answer.whole]).toEqual([200, 0, false])
    })
  )

  it.live("sends the headers of the request, its own four, and no others (SEC-07)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const smuggled = { "Content-Type": "application/json", Cookie: "a=b", Authorization: "Bearer x" }
      receiver.reply = (response) => response.writeHead(200, { "set-cookie": "session=1" }).end()
      const url = `http://receiver.example:${receiver.port}/`
      const outbound = client()
      yield* outbound.send(request(url, { headers: smuggled }))
      yield* outbound.send(request(url, { headers: { Signature: "s", "X-Stellar-Signature": "s" } }))

      expect([...(receiver.received[0]?.names ?? [])].sort()).toEqual(
        ["Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Host", "User-Agent"].sort()
      )
      expect(receiver.received[1]?.names).toContain("X-Stellar-Signature")
      expect(receiver.received[1]?.names).not.toContain("Cookie")
    })
  )

  it.live("says the same of everything that goes wrong, and names no address (SEC-06)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver({ tls: true })
      const broken = yield* startSockets((socket: { destroy: () => void }) => socket.destroy())
      const gone = `http://receiver.example:${broken.port}/`
      const unknown: Resolve = () => Effect.fail(new Error("queryA ENOTFOUND db.inside"))
      const unanswering = [
        yield* failure(client(), request(gone)),
        yield* failure(client({ resolve: unknown }), request(gone)),
        yield* failure(client({ resolve: () => Effect.succeed([]) }), request(gone)),
        yield* failure(client(), request(`https://other.example:${receiver.port}/`)),
        yield* failure(client(), request(`https://receiver.example:${broken.port}/`))
      ]
      const refused = yield* Effect.forEach(["10.0.0.1", "169.254.169.254", "::1%lo", "fd00::1"], (address) =>
        failure(client({ resolve: () => Effect.succeed([address]) }), request(gone))
      )

      expect(new Set(unanswering.map(({ words }) => words))).toEqual(new Set([unanswered]))
      expect(new Set(refused.map(({ words }) => words))).toEqual(new Set([inside]))
      expect(unanswering[1]?.detail).toContain("ENOTFOUND db.inside")
      expect(refused[0]?.detail).toContain("10.0.0.1 (private)")
    })
  )

  it.live("answers a registration by the URL's text alone: no name is asked about (SEC-06)", () =>
    Effect.gen(function* () {
      const names = scripted(["10.0.0.1"])
      const outbound = client({ allowLocal: false, resolve: names.resolve })

      expect((yield* outbound.check("https://db.inside.example/x")).host).toBe("db.inside.example")
      expect(yield* Effect.flip(outbound.check("https://10.0.0.1/"))).toMatchObject({
        message: inside,
        lasting: true
      })
      expect(names.asked).toEqual([])
    })
  )

  it.live("has so many calls to one host under way and no more, and turns away a crowd (SEC-08)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      let [now, most] = [0, 0]
      const waiting: Array<() => void> = []
      receiver.reply = (response) => {
        now += 1
        most = Math.max(most, now)
        waiting.push(() => {
          now -= 1
          response.end()
        })
        // the second of two lets both go
        if (waiting.length === 2) for (const release of waiting.splice(0)) release()
      }
      const outbound = client({ perHost: 2 })
      const url = `http://receiver.example:${receiver.port}/`
      const all = yield* Effect.forEach(
        Array.from({ length: 14 }, (_, at) => at),
        () => Effect.result(outbound.send(request(url))),
        { concurrency: "unbounded" }
      )

      expect(most).toBe(2)
      expect(all.filter(({ _tag }) => _tag === "Success")).toHaveLength(10)
      expect(all.filter(({ _tag }) => _tag === "Failure")).toHaveLength(4)
      expect(receiver.received).toHaveLength(10)
    })
  )
})

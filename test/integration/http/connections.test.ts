// Clients that take connections and do nothing with them: they are ended in time, and never get all there are.
import { connect, type Socket } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { CountingEntropy } from "../../support/plainParts.ts"
import { ask, serve, type ServerWish } from "../../support/publicServer.ts"

const hello = HttpRouter.add("GET", "/hello", HttpServerResponse.text("hello"))

const withServer = <A, E, R>(server: ServerWish["server"], test: (base: string) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(serve(hello, server === undefined ? {} : { server }), ({ base }) => test(base)).pipe(
    Effect.scoped,
    Effect.provide(CountingEntropy)
  )

/** A connection of somebody who sends only what the test says, until the test ends. */
const caller = (base: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { hostname, port } = new URL(base)
      const socket = connect(Number(port), hostname)
      socket.on("error", () => undefined)
      // Unread, the end of what the server says would never be seen.
      socket.resume()
      return socket
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

const once = (socket: Socket, event: "connect" | "close") =>
  Effect.callback<void>((resume) => {
    socket.once(event, () => resume(Effect.void))
  })

describe("a connection", () => {
  it.live("on which nothing is said is ended when the time for a request is over (A9)", () =>
    withServer({ requestTimeout: 1 }, (base) =>
      Effect.gen(function* () {
        const silent = yield* caller(base)
        yield* once(silent, "close")
        expect((yield* ask(`${base}/hello`)).text).toBe("hello")
      })
    )
  )

  it.live("whose headers come one by one, each in time, is ended all the same (A9)", () =>
    withServer({ requestTimeout: 1 }, (base) =>
      Effect.gen(function* () {
        const slow = yield* caller(base)
        slow.write("GET /hello HTTP/1.1\r\nhost: x\r\n")
        const dribble = Effect.sync(() => slow.write("x-more: 1\r\n")).pipe(
          Effect.andThen(Effect.sleep("100 millis")),
          Effect.forever
        )
        yield* Effect.raceFirst(once(slow, "close"), dribble)
        expect((yield* ask(`${base}/hello`)).text).toBe("hello")
      })
    )
  )

  it.live("beyond those there may be is closed as it comes, and those that are there go on (A9)", () =>
    withServer({ connectionsMax: 3 }, (base) =>
      Effect.gen(function* () {
        const first = yield* caller(base)
        yield* once(first, "connect")
        for (let held = 0; held < 2; held++) yield* once(yield* caller(base), "connect")
        yield* once(yield* caller(base), "close")

        const said = Effect.callback<string>((resume) => {
          first.once("data", (bytes: Buffer) => resume(Effect.succeed(bytes.toString("latin1"))))
        })
        first.write("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n")
        expect(yield* said).toMatch(/^HTTP\/1\.1 200 OK/)
      })
    )
  )
})

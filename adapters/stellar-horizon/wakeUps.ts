/**
 * Horizon's event stream of an account's payments, reduced to "something happened".
 *
 * One connection: it ends when the server says goodbye, as Horizon does every minute or so, and whoever listens comes again
 * with a newer position. Gotcha: a connection can die without a word, so silence beyond any keep-alive ends it too.
 */
import { Effect, Stream } from "effect"
import { Sse } from "effect/encoding"
import { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"
import type { HorizonClient } from "./HorizonClient.ts"

/** One record is far smaller; what is larger is no event of Horizon's. */
const eventMax = 4 * 1024 * 1024

/** The most records one connection is asked to send before it says goodbye. */
const recordsMax = 200

export const wakeUps = (
  client: HorizonClient,
  account: string,
  position: string,
  silenceSeconds: number
): Stream.Stream<void, LedgerUnavailable> =>
  Stream.suspend(() => {
    let records = 0
    const parser = Sse.makeParser(
      (event) => {
        // `open` and `close` are Horizon's hello and byebye; `retry` directives are for browsers.
        if (event._tag === "Event" && event.event === "message") records += 1
      },
      { maxEventSize: eventMax }
    )
    return client.stream(`/accounts/${account}/payments`, { cursor: position, limit: recordsMax }).pipe(
      Stream.timeout(`${silenceSeconds} seconds`),
      Stream.decodeText(),
      Stream.mapEffect((text) => {
        const error = parser.feed(text)
        if (error !== undefined) {
          return Effect.fail(new LedgerUnavailable({ message: `Horizon's event stream: ${error.message}` }))
        }
        const heard = records > 0
        records = 0
        return Effect.succeed(heard)
      }),
      Stream.filter((heard) => heard),
      Stream.map(() => undefined)
    )
  })

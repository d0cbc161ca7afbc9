// While one page is committed the next is read, and never more than one ahead: over a runtime that takes its time.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Queue } from "effect"
import { Actors, type Brought, type Page } from "../../../src/runtime/Actors.ts"
import { credit } from "../../support/credits.ts"
import { makeTestLedger } from "../../support/TestLedger.ts"
import { emptyTables, startProcess, watcherSettings } from "../../support/watcherWorld.ts"

/** Shows each page that is brought, and answers it when told to. */
const slowActors = Effect.gen(function* () {
  const pages = yield* Queue.unbounded<Page>()
  const answers = yield* Queue.unbounded<Brought>()
  const layer = Layer.succeed(Actors, {
    bear: () => Effect.die("not asked for"),
    tell: () => Effect.die("not asked for"),
    record: () => Effect.die("not asked for"),
    bring: (page) => Queue.offer(pages, page).pipe(Effect.andThen(Queue.take(answers)))
  })
  const answer = Queue.offer(answers, { moved: true, applied: 0, parked: 1, waiting: 0 })
  return { pages, answer, layer }
})

describe("watcher prefetch", () => {
  it.effect("reads one page ahead of the commit, and brings them strictly in order", () =>
    Effect.gen(function* () {
      const actors = yield* slowActors
      const ledger = makeTestLedger(watcherSettings.network.passphrase)
      const process = yield* startProcess({
        network: ledger.layer,
        tables: emptyTables(),
        actors: actors.layer
      })
      yield* Queue.take(actors.pages)
      yield* actors.answer
      yield* process.until("Turned")
      ledger.pageSize = 1
      ledger.reads.length = 0
      for (const n of [1, 2, 3]) {
        ledger.close(1_000 * n, [credit(n, { type: "none", value: null })])
      }

      yield* ledger.ring
      const first = yield* Queue.take(actors.pages)
      yield* Effect.yieldNow.pipe(Effect.repeat({ times: 50 }))

      expect(ledger.reads).toEqual(["0", "1"])
      expect(yield* Queue.size(actors.pages)).toBe(0)

      yield* actors.answer
      const second = yield* Queue.take(actors.pages)
      yield* Effect.yieldNow.pipe(Effect.repeat({ times: 50 }))

      expect(ledger.reads).toEqual(["0", "1", "2"])
      expect([first, second].map(({ cursor }) => [cursor?.from, cursor?.to])).toEqual([
        ["0", "1"],
        ["1", "2"]
      ])
    })
  )
})

// Whatever receivers answer, whenever they are asked, and however often the process dies in between: what a Sending Anchor hears
// of a transaction never goes back in time.
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { bodyOf, born, delivered, paid, startCallbacks, url, whole } from "../../support/callbackWorld.ts"
import { turns } from "../../support/payoutWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"
import { holdsAsync, seeded } from "../../support/seed.ts"

const answer = fc.constantFrom(200, 204, 301, 400, 503, null)
const deed = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("send" as const), answers: fc.array(answer, { maxLength: 4 }) })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 10, 100, 400) })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move" as const), n: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const) }) }
)

const play = (deeds: ReadonlyArray<typeof deed extends fc.Arbitrary<infer D> ? D : never>) =>
  Effect.gen(function* () {
    const tables = emptyTables()
    const heard: Array<{ readonly id: string; readonly status: string }> = []
    let answers: Array<number | null> = []
    let dies = false
    const start = () =>
      startCallbacks({
        tables,
        receives: () => answers.shift() ?? 200
      })
    let world = yield* start()
    const moved = new Map([
      [1, 0],
      [2, 0]
    ])
    const move = Effect.fnUntraced(function* (n: number) {
      const step = moved.get(n) ?? 0
      if (step === 0) {
        yield* born(world.process, n)
        yield* world.storage.setCallback(transactionId(n), url)
      } else if (step === 1) yield* paid(world.process, n)
      else if (step === 2) yield* delivered(world.process, n)
      moved.set(n, step + 1)
    })
    const collect = () => {
      for (const each of world.sent.splice(0)) {
        const { id, status } = bodyOf(each).transaction
        heard.push({ id, status })
      }
    }
    for (const each of deeds) {
      if (each.do === "wait") yield* TestClock.adjust(`${each.seconds} seconds`)
      else if (each.do === "move") yield* move(each.n)
      else if (each.do === "die") dies = true
      else {
        answers = [...each.answers]
        if (dies) {
          const { kill } = world.process
          world.script.receives = () => Effect.as(Effect.sync(kill), 200)
          yield* Effect.forkScoped(world.callbacks.runOnce)
          yield* turns(50)
          collect()
          world = yield* start()
          dies = false
        } else yield* world.callbacks.runOnce
        collect()
      }
    }
    // In the end everybody answers, and everything that was not given up is told.
    answers = []
    yield* TestClock.adjust("20 minutes")
    yield* world.callbacks.runOnce
    collect()
    return { heard, left: yield* world.storage.callbacks({ state: "pending", limit: 10 }) }
  })

describe(seeded("status callbacks"), () => {
  it("are told in the order of the changes, and all that are not given up are told (S31-CB-11, A12)", () =>
    holdsAsync(
      fc.asyncProperty(fc.array(deed, { maxLength: 14 }), async (deeds) => {
        const { heard, left } = await Effect.runPromise(
          Effect.scoped(play(deeds)).pipe(Effect.provide(TestClock.layer()))
        )
        expect(left).toEqual([])
        for (const n of [1, 2]) {
          const order = heard
            .filter(({ id }) => id === transactionId(n))
            .map(({ status }) => whole.indexOf(status))
          expect(order).toEqual([...order].sort((a, b) => a - b))
        }
      }),
      30
    ))
})

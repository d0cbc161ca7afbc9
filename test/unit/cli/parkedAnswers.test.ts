import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { keepParked, listParked, matchParked, refundParked } from "../../../src/cli/parkedAnswers.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { makeWorld, paidBy, receiving, start, usdc } from "../../support/refundWorld.ts"
import { birth, bringPayments, transactionId } from "../../support/runtimeWorld.ts"

const decision = { by: "ada", why: "they wrote to us" }

/** A transaction that waits, and payments that are nobody's. */
const parkedWorld = Effect.fnUntraced(function* (count: number) {
  const world = makeWorld()
  const process = yield* start(world)
  yield* Context.get(process.services, Actors).bear(
    birth(1, { account: receiving.publicKey(), asset: `stellar:${usdc}` })
  )
  const rows = Array.from({ length: count }, () => paidBy(1, { memo: "lo\nst", memoType: "text" }))
  yield* bringPayments(rows).pipe(Effect.provide(process.services))
  return {
    ids: rows.map(({ id }) => id),
    tables: world.tables,
    ask: Effect.provideService(Storage, Context.get(process.services, Storage))
  }
})

describe("kedge parked", () => {
  it.effect("lists what matched nothing, and what was decided about it (I29)", () =>
    Effect.gen(function* () {
      const { ask, ids } = yield* parkedWorld(1)
      const id = ids[0] ?? ""
      expect(yield* listParked(10, false, false).pipe(ask)).toMatch(
        new RegExp(`^${id} .*100 USDC.*memo lo\\\\nst$`)
      )
      expect(yield* keepParked(id, decision).pipe(ask)).toMatchObject({ found: true })
      expect(yield* listParked(10, false, false).pipe(ask)).toBe("no payment waits for a decision")
      expect(yield* listParked(10, true, false).pipe(ask)).toContain("keep by ada: they wrote to us")
    })
  )

  it.effect("matches, returns or keeps a parked payment once, with who and why (I29)", () =>
    Effect.gen(function* () {
      const { ask, ids, tables } = yield* parkedWorld(3)
      const [one = "", two = "", three = ""] = ids
      expect((yield* matchParked(one, transactionId(1), decision).pipe(ask)).found).toBe(true)
      expect((yield* refundParked(two, decision).pipe(ask)).found).toBe(true)
      expect((yield* keepParked(three, decision).pipe(ask)).found).toBe(true)
      expect(tables.resolutions.map(({ by, payment, what, why }) => [payment, what, by, why])).toEqual([
        [one, "match", decision.by, decision.why],
        [two, "refund", decision.by, decision.why],
        [three, "keep", decision.by, decision.why]
      ])

      expect(yield* keepParked(one, decision).pipe(ask)).toEqual({
        text: `${one}: not decided, it is waiting and not parked`,
        found: false
      })
      const late = yield* keepParked(two, decision).pipe(ask)
      expect(late.found).toBe(false)
      expect(late.text).toContain("a decision stands about it: refund by ada")
      expect(tables.resolutions).toHaveLength(3)
    })
  )

  it.effect("decides nothing without a reason, about no payment, and for no transaction", () =>
    Effect.gen(function* () {
      const { ask, ids, tables } = yield* parkedWorld(1)
      const id = ids[0] ?? ""
      expect((yield* keepParked(id, { by: "ada", why: " " }).pipe(ask)).text).toContain("--why is empty")
      expect((yield* refundParked(id, { by: "", why: "x" }).pipe(ask)).text).toContain("--by is empty")
      expect((yield* refundParked("none", decision).pipe(ask)).text).toBe("there is no payment none")
      expect((yield* matchParked(id, transactionId(9), decision).pipe(ask)).text).toBe(
        `there is no transaction ${transactionId(9)}`
      )
      expect(tables.resolutions).toHaveLength(0)
    })
  )
})

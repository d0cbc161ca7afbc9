// Processes that end in the middle of a refund, and two at once. What is asserted is the ledger's own book.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { make as refundKeys } from "../../../adapters/refund-signer-local/LocalRefundSigner.ts"
import type { RefundKeys } from "../../../src/ports/RefundSigner.ts"
import { seen, turns } from "../../support/payoutWorld.ts"
import {
  later,
  makeWorld,
  owed,
  parkedRefund,
  type RefundProcess,
  refundOf,
  type RefundWorld,
  start
} from "../../support/refundWorld.ts"

/** Looks and closes ledgers until nothing changes any more. */
const settle = Effect.fnUntraced(function* (world: RefundWorld, process: RefundProcess, rounds = 8) {
  for (let round = 0; round < rounds; round++) {
    // Longer than the lease of a process that died.
    yield* later(round === 0 ? 95 : 3)
    yield* process.look
    world.ledger.close()
  }
  yield* later(3)
  yield* process.look
})

/** Dies at the n-th call that it makes of storage or ledger, in front of it or behind it. */
const dyingAt = (n: number, side: "before" | "after") => {
  let calls = 0
  let isArmed = false
  return {
    arm: () => {
      isArmed = true
    },
    calls: () => calls,
    dies: () => {
      if (!isArmed) return "through" as const
      calls += 1
      return calls === n ? side : ("through" as const)
    }
  }
}

describe("a process that made refunds and was killed", () => {
  it.effect("holds them up for as long as its lease is set to last, and no longer (S10, D10)", () =>
    Effect.gen(function* () {
      const base = makeWorld()
      const { settings } = base
      const world = { ...base, settings: { ...settings, timing: { ...settings.timing, refundLease: 5 } } }
      const killed = yield* start(world)
      yield* killed.look
      yield* owed(killed, 1)
      const other = yield* start(world)

      yield* later(4)
      yield* other.look
      const early = world.ledger.given.length
      yield* later(2)
      yield* other.look

      expect(early).toBe(0)
      expect(world.ledger.given).toHaveLength(1)
    })
  )
})

describe("a process that ends at any point of a refund", () => {
  for (const side of ["before", "after"] as const) {
    it.effect(`${side} a call: the next one makes the refund, once (S10, S31-REF-07, SEC-32)`, () =>
      Effect.gen(function* () {
        let callsMax = 1
        const envelopes: Array<ReadonlyArray<string>> = []
        for (let n = 1; n <= callsMax; n++) {
          const world = makeWorld()
          const point = dyingAt(n, side)
          const dying = yield* start(world, { dies: point.dies })
          const id = yield* owed(dying, 1)
          point.arm()
          // A look that makes the envelope, one that finds nothing new, one that finds it in a ledger.
          yield* dying.look
          yield* later(3)
          yield* dying.look
          world.ledger.close()
          yield* later(3)
          yield* dying.look
          callsMax = Math.max(callsMax, point.calls() + 1)

          yield* settle(world, yield* start(world))
          expect(world.ledger.paid, `at call ${n}`).toHaveLength(1)
          expect(seen(world.tables, 1).status, `at call ${n}`).toBe("refunded")
          expect(refundOf(world.tables, id).state, `at call ${n}`).toBe("confirmed")
          envelopes.push(refundOf(world.tables, id).envelopes)
        }
        // Every point of the way was one, and at none did a second envelope become necessary.
        expect(callsMax).toBeGreaterThan(15)
        expect(new Set(envelopes.map((ends) => ends.join()))).toEqual(new Set(["included"]))
      })
    )
  }

  it.effect("of a parked payment too (S10)", () =>
    Effect.gen(function* () {
      let callsMax = 1
      for (let n = 1; n <= callsMax; n++) {
        const world = makeWorld()
        const point = dyingAt(n, "after")
        const dying = yield* start(world, { dies: point.dies })
        const id = yield* parkedRefund(dying, 1)
        point.arm()
        yield* dying.look
        world.ledger.close()
        yield* later(3)
        yield* dying.look
        callsMax = Math.max(callsMax, point.calls() + 1)
        yield* settle(world, yield* start(world))
        expect(world.ledger.paid).toHaveLength(1)
        expect(refundOf(world.tables, id).state).toBe("confirmed")
        expect(world.tables.journal.filter(({ cause }) => cause === id)).toHaveLength(1)
      }
      expect(callsMax).toBeGreaterThan(10)
    })
  )
})

describe("two processes", () => {
  it.effect("one of them makes refunds, and the other when the first is gone (S3)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const first = yield* start(world)
      const second = yield* start(world)
      yield* owed(first, 1)
      yield* first.look
      expect(yield* second.look).toBe(0)
      first.kill()
      world.ledger.close()
      yield* later(95)
      expect(yield* second.look).toBe(1)
      expect(seen(world.tables, 1).status).toBe("refunded")
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  /** Signs only when it is let. */
  const gated = Effect.fnUntraced(function* ({ settings }: RefundWorld) {
    const keys = refundKeys(settings.refunds)
    if (keys === null) return yield* Effect.die(new Error("there is a seed"))
    const gate = yield* Deferred.make<void>()
    const slow: RefundKeys = {
      ...keys,
      sign: (hash, accounts) => Deferred.await(gate).pipe(Effect.andThen(keys.sign(hash, accounts)))
    }
    return { slow, open: Deferred.succeed(gate, undefined) }
  })

  it.effect("one that was paused while signing finds its envelope refused when it wakes (S3, S8, R9)", () =>
    Effect.gen(function* () {
      for (const finished of [false, true]) {
        const world = makeWorld()
        const { open, slow } = yield* gated(world)
        const paused = yield* start(world, { keys: slow })
        const id = yield* owed(paused, 1)
        const looking = yield* Effect.forkChild(paused.look)
        yield* turns(100)

        // The other's envelope will be another one: it is bound by a later ledger.
        world.ledger.close()
        // Its lease is over, as far as the other can see.
        world.tables.leases.clear()
        const other = yield* start(world)
        yield* later(2)
        yield* other.look
        if (finished) {
          world.ledger.close()
          yield* later(2)
          yield* other.look
        }
        yield* open
        yield* Fiber.join(looking)
        const hashes = new Set(world.ledger.given.map(({ hash }) => hash))
        expect(hashes.size).toBe(1)
        yield* settle(world, other)
        expect(world.ledger.paid).toHaveLength(1)
        expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
      }
    })
  )
})

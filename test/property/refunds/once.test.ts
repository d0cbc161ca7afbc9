// A ledger that keeps its own book and does whatever a network may: loses answers, forgets envelopes, hears old ones again,
// closes ledgers when it likes; and processes that are killed at any call. Only the ledger's book shows what was paid.
import { Effect, Redacted, References } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { toStroops } from "../../../machines/domain/Amount.ts"
import { seen } from "../../support/payoutWorld.ts"
import {
  channels,
  later,
  makeWorld,
  owed,
  parkedRefund,
  partOwed,
  receiving,
  type RefundProcess,
  refundOf,
  type RefundWorld,
  start
} from "../../support/refundWorld.ts"
import { holdsAsync, seeded } from "../../support/seed.ts"

type Deed =
  | {
      readonly is:
        | "look"
        | "close"
        | "forget"
        | "away"
        | "back"
        | "lag"
        | "caught-up"
        | "dear"
        | "cheap"
        | "number"
    }
  | { readonly is: "replay"; readonly at: number }
  | { readonly is: "wait"; readonly seconds: number }
  | { readonly is: "years" }
  | { readonly is: "fate"; readonly fate: "answer-lost" | "never-heard" }
  | { readonly is: "die"; readonly after: number; readonly side: "before" | "after" }

const plain = fc
  .constantFrom("look", "close", "forget", "away", "back", "lag", "caught-up", "dear", "cheap", "number")
  .map((is): Deed => ({ is: is as "look" }))
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Deed>({ is: "look" }) },
  { weight: 4, arbitrary: fc.constant<Deed>({ is: "close" }) },
  { weight: 3, arbitrary: plain },
  { weight: 2, arbitrary: fc.nat(40).map((at): Deed => ({ is: "replay", at })) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 120 }).map((seconds): Deed => ({ is: "wait", seconds }))
  },
  { weight: 2, arbitrary: fc.constant<Deed>({ is: "years" }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("answer-lost", "never-heard")
      .map((fate): Deed => ({ is: "fate", fate: fate as "never-heard" }))
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ after: fc.nat(14), side: fc.constantFrom("before", "after") })
      .map(({ after, side }): Deed => ({ is: "die", after, side: side as "after" }))
  }
)

/** What is owed: to transactions 1 and 2 whole, to 3 ten, and for 4 to nobody's payment. */
const due: Readonly<Record<string, string>> = {
  "id 1": "100",
  "id 2": "100",
  "id 3": "10",
  "text unknown": "100"
}

const neverTwice = ({ ledger }: RefundWorld) => {
  const memos = ledger.paid.map(({ memo }) => memo)
  expect(new Set(memos).size, memos.join()).toBe(memos.length)
  for (const { amount, memo } of ledger.paid) expect(amount).toBe(due[memo])
}

const run = (deeds: ReadonlyArray<Deed>, withChannels: boolean) =>
  Effect.gen(function* () {
    const world = makeWorld(
      withChannels ? { channelSeeds: channels.map((key) => Redacted.make(key.secret())) } : {}
    )
    const { ledger, tables } = world
    let fuse: { left: number; readonly side: "before" | "after" } | null = null
    const dies = () => {
      if (fuse === null) return "through" as const
      fuse.left -= 1
      if (fuse.left >= 0) return "through" as const
      const { side } = fuse
      fuse = null
      return side
    }
    let process: RefundProcess = yield* start(world, { dies })
    const parts = [
      yield* owed(process, 1),
      yield* owed(process, 2),
      yield* partOwed(process, 3),
      yield* parkedRefund(process, 4)
    ]
    for (const each of deeds) {
      switch (each.is) {
        case "look":
          // -1: it died in the middle; what comes after it is another process.
          if ((yield* process.look) === -1) process = yield* start(world, { dies })
          break
        case "close":
          ledger.close()
          break
        case "forget":
          ledger.forget()
          break
        case "replay":
          ledger.replay(each.at)
          break
        case "away":
        case "back":
          ledger.isAway = each.is === "away"
          break
        case "lag":
        case "caught-up":
          // As much as the margin beyond the bound allows for.
          ledger.lag = each.is === "lag" ? 5 : 0
          break
        case "dear":
        case "cheap":
          ledger.feeMin = each.is === "dear" ? 700 : 100
          break
        case "number":
          ledger.takeNumber(withChannels ? (channels[0]?.publicKey() ?? "") : receiving.publicKey())
          break
        case "wait":
          yield* later(each.seconds)
          break
        case "years":
          for (let ledgers = 0; ledgers < 120; ledgers++) ledger.close()
          break
        case "fate":
          ledger.fates.push(each.fate)
          break
        case "die":
          fuse = { left: each.after, side: each.side }
          break
      }
      neverTwice(world)
    }

    // The faults end, and with them every debt.
    fuse = null
    process.kill()
    Object.assign(ledger, { isAway: false, lag: 0, feeMin: 100 })
    ledger.fates.length = 0
    const last = yield* start(world)
    yield* later(400)
    for (let round = 0; round < 120; round++) {
      yield* last.look
      ledger.close()
      if (round % 3 === 0)
        for (let given = 0; given < ledger.given.length && given < 60; given++) ledger.replay(given)
      neverTwice(world)
      if (parts.every((id) => refundOf(tables, id).state === "confirmed")) break
      // Past the bound of what the network has forgotten.
      if (round % 8 === 7) for (let ledgers = 0; ledgers < 120; ledgers++) ledger.close()
      yield* later(round % 8 === 7 ? 301 : 3)
    }
    expect(Object.fromEntries(ledger.paid.map(({ amount, memo }) => [memo, amount]))).toEqual(due)
    expect([1, 2, 3].map((n) => seen(tables, n).status)).toEqual(["refunded", "refunded", "completed"])
    expect(parts.map((id) => refundOf(tables, id).state)).toEqual(parts.map(() => "confirmed"))
    // What the books say is what the ledger's book says.
    const booked = tables.journal
      .filter(({ to }) => to === "refund-out")
      .reduce((sum, { amount }) => sum + toStroops(amount), 0n)
    expect(booked).toBe(310_0000000n)
  }).pipe(
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provide(TestClock.layer()),
    Effect.scoped,
    Effect.runPromise
  )

describe(seeded("refunds on a ledger that does what it likes"), () => {
  it("pay nobody twice, and everybody once the faults end (S31-REF-06, S31-REF-07, SEC-32)", async () => {
    await holdsAsync(
      fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 40 }), fc.boolean(), run),
      100
    )
  }, 240_000)
})

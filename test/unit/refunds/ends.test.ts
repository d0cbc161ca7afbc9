// How an envelope ends, as a network that loses, refuses and forgets makes it end; and who must be asked when it cannot be told.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { Storage } from "../../../src/ports/Storage.ts"
import { seen } from "../../support/payoutWorld.ts"
import {
  issuer,
  later,
  makeWorld,
  owed,
  parkedRefund,
  payer,
  receiving,
  type RefundProcess,
  refundOf,
  type RefundWorld,
  start,
  usdc
} from "../../support/refundWorld.ts"

const us = receiving.publicKey()

/** A refund whose first envelope is committed and given to the network. */
const begun = Effect.fnUntraced(function* (world: RefundWorld) {
  const process = yield* start(world)
  const id = yield* owed(process, 1)
  yield* process.look
  return { process, id }
})
const lookLater = ({ look }: RefundProcess, seconds = 2) => later(seconds).pipe(Effect.andThen(look))
const hashes = ({ ledger }: RefundWorld) => new Set(ledger.given.map(({ hash }) => hash))
/** Past the bound of an envelope made now, and past what lagging servers are allowed. */
const closePast = ({ ledger }: RefundWorld, seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 5) ledger.close()
}

describe("an envelope", () => {
  it.effect("whose answer is lost is given again, the same one (S1, S31-REF-07)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.ledger.fates.push("answer-lost", "never-heard")
      const { id, process } = yield* begun(world)
      yield* lookLater(process)
      yield* lookLater(process)
      expect(world.ledger.given.length).toBeGreaterThan(1)
      expect(hashes(world).size).toBe(1)
      world.ledger.close()
      yield* lookLater(process)
      expect(world.ledger.paid).toHaveLength(1)
      expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
    })
  )

  it.effect(
    "that the network refuses as tx_bad_seq although it is in a ledger is found by its hash (S2)",
    () =>
      Effect.gen(function* () {
        const world = makeWorld()
        const { id, process } = yield* begun(world)
        world.ledger.close()
        // Horizon is a ledger behind: it says that there is no such transaction, and the network that the number is used.
        world.ledger.lag = 1
        yield* lookLater(process)
        expect(refundOf(world.tables, id)).toEqual({ state: "open", envelopes: ["open"] })
        world.ledger.lag = 0
        yield* lookLater(process)
        expect(world.ledger.paid).toHaveLength(1)
        expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
        expect(hashes(world).size).toBe(1)
      })
  )

  it.effect("that is forgotten is followed by another only once a ledger closed past its bound (S5)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.ledger.feeMin = 1_000_000
      const { id, process } = yield* begun(world)
      for (let rounds = 0; rounds < 40; rounds++) {
        world.ledger.close()
        yield* lookLater(process)
        if (world.ledger.closedAt <= 1_000_000 + 180 + 30) {
          expect(refundOf(world.tables, id).envelopes).toEqual(["open"])
          expect(hashes(world).size).toBe(1)
        }
      }
      world.ledger.feeMin = 100
      closePast(world, 240)
      for (let rounds = 0; rounds < 4; rounds++) yield* lookLater(process)
      world.ledger.close()
      yield* lookLater(process)
      const { envelopes, state } = refundOf(world.tables, id)
      expect(state).toBe("confirmed")
      expect(envelopes.at(-1)).toBe("included")
      expect(envelopes.slice(0, -1).every((end) => end === "expired")).toBe(true)
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  it.effect("that may be in a ledger Horizon does not show yet is not given up at its bound (S5)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const { id, process } = yield* begun(world)
      world.ledger.close()
      closePast(world, 240)
      world.ledger.lag = 1_000
      yield* lookLater(process)
      // Its number is used up, so only a history that is whole could prove that it was another's.
      expect(refundOf(world.tables, id).envelopes).toEqual(["open"])
      world.ledger.lag = 0
      yield* lookLater(process)
      expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  it.effect("whose number another program used up is given up only by a history that reaches back (S3)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.ledger.keptSinceSeconds = 1_000_100
      const { id, process } = yield* begun(world)
      world.ledger.forget()
      world.ledger.takeNumber(us)
      closePast(world, 600)
      for (let rounds = 0; rounds < 3; rounds++) yield* lookLater(process, 301)
      expect(refundOf(world.tables, id).envelopes).toEqual(["open"])

      world.ledger.keptSinceSeconds = 999_999
      yield* lookLater(process, 301)
      yield* lookLater(process)
      expect(refundOf(world.tables, id).envelopes).toEqual(["expired", "open"])
      world.ledger.close()
      yield* lookLater(process)
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  it.effect(
    "that offers too little is given again inside a fee bump, at more each time and never above the cap (S4)",
    () =>
      Effect.gen(function* () {
        const world = makeWorld({ feeMax: 2_000 })
        world.ledger.feeMin = 1_500
        const { id, process } = yield* begun(world)
        for (let rounds = 0; rounds < 6 && world.ledger.waiting.length === 0; rounds++)
          yield* lookLater(process)
        const bumps = world.ledger.given.filter(({ isBump }) => isBump)
        expect(bumps.map(({ fee }) => fee)).toEqual([200, 400, 800, 1_600])
        expect(hashes(world).size).toBe(1)
        world.ledger.close()
        yield* lookLater(process)
        expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
      })
  )

  it.effect("waits below its cap for the network to calm down (S4)", () =>
    Effect.gen(function* () {
      const world = makeWorld({ feeMax: 2_000 })
      world.ledger.feeMin = 5_000
      const { process } = yield* begun(world)
      for (let rounds = 0; rounds < 12; rounds++) yield* lookLater(process)
      expect(Math.max(...world.ledger.given.map(({ fee }) => fee))).toBe(2_000)
      expect(world.ledger.paid).toEqual([])
    })
  )

  it.effect("that a ledger took and failed moved nothing: held, and no other is made by itself (S9)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const { id, process } = yield* begun(world)
      world.ledger.accounts.get(payer)?.lines.delete(usdc)
      world.ledger.close()
      for (let rounds = 0; rounds < 4; rounds++) yield* lookLater(process)
      expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: ["failed"] })
      expect(seen(world.tables, 1)).toMatchObject({
        state: "pending_receiver.refundOwed",
        attention: "refund-owed"
      })

      world.ledger.accounts.get(payer)?.lines.set(usdc, { stroops: 0n, limit: null, isAuthorized: true })
      expect(yield* Context.get(process.services, Storage).retryRefund(id)).toBe(true)
      yield* process.look
      world.ledger.close()
      yield* lookLater(process)
      expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["failed", "included"] })
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  it.effect("that the network will not take for want of lumens is held once it can be no more (S9)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.ledger.accounts.get(us)?.lines.set("native", { stroops: 1n, limit: null, isAuthorized: true })
      const { id, process } = yield* begun(world)
      closePast(world, 240)
      for (let rounds = 0; rounds < 4; rounds++) yield* lookLater(process)
      expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: ["expired"] })
    })
  )
})

describe("a refund that cannot be made is held", () => {
  const faults: ReadonlyArray<readonly [string, (world: RefundWorld) => void]> = [
    ["the payer has no trustline", ({ ledger }) => ledger.accounts.get(payer)?.lines.delete(usdc)],
    [
      "the issuer does not let the payer receive",
      ({ ledger }) => {
        ledger.accounts.get(payer)?.lines.set(usdc, { stroops: 0n, limit: null, isAuthorized: false })
      }
    ],
    [
      "the payer's line is full",
      ({ ledger }) => {
        ledger.accounts.get(payer)?.lines.set(usdc, { stroops: 1n, limit: 10n, isAuthorized: true })
      }
    ],
    ["the payer's account was merged", ({ ledger }) => ledger.accounts.delete(payer)],
    [
      "we hold too little",
      ({ ledger }) => {
        ledger.accounts.get(us)?.lines.set(usdc, { stroops: 1n, limit: null, isAuthorized: true })
      }
    ]
  ]
  it.effect.each(faults)(
    "while %s, and is made when a person has it tried again (S31-REF-05, S6, S9)",
    ([, harm]) =>
      Effect.gen(function* () {
        const world = makeWorld()
        const process = yield* start(world)
        const id = yield* owed(process, 1)
        harm(world)
        yield* process.look
        for (let rounds = 0; rounds < 3; rounds++) yield* lookLater(process)
        expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: [] })
        expect(world.ledger.given).toEqual([])
        expect(seen(world.tables, 1)).toMatchObject({
          state: "pending_receiver.refundOwed",
          attention: "refund-owed"
        })

        if (!world.ledger.accounts.has(payer)) world.ledger.open(payer, { [usdc]: "0" })
        world.ledger.accounts.get(payer)?.lines.set(usdc, { stroops: 0n, limit: null, isAuthorized: true })
        world.ledger.accounts
          .get(us)
          ?.lines.set(usdc, { stroops: 1_000_0000000n, limit: null, isAuthorized: true })
        expect(yield* Context.get(process.services, Storage).retryRefund(id)).toBe(true)
        yield* process.look
        world.ledger.close()
        yield* lookLater(process)
        expect(seen(world.tables, 1).status).toBe("refunded")
        expect(world.ledger.paid).toHaveLength(1)
      })
  )

  it.effect("when it came from a contract, which no payment reaches (S31-REF-05)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const id = yield* owed(process, 1, {
        payment: { from: "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE" }
      })
      yield* process.look
      expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: [] })
    })
  )

  it.effect("when the payer's account wants a memo and there is none (S7)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const account = world.ledger.accounts.get(payer)
      if (account !== undefined) account.isMemoRequired = true
      const process = yield* start(world)
      const id = yield* parkedRefund(process, 1, { memo: null, memoType: "none" })
      yield* process.look
      expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: [] })
    })
  )

  it.effect("but not because the payer, as the issuer, has no line of its own", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* owed(process, 1, { payment: { from: issuer } })
      yield* process.look
      world.ledger.close()
      expect(world.ledger.paid).toMatchObject([{ destination: issuer, amount: "100" }])
    })
  )

  it.effect("and does not hold up the next one", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const stuck = yield* owed(process, 1, { payment: { from: us } })
      world.ledger.accounts.get(payer)?.lines.delete("native")
      const held = yield* owed(process, 2, {
        payment: { from: "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE" }
      })
      const fine = yield* parkedRefund(process, 3)
      for (let rounds = 0; rounds < 4; rounds++) {
        yield* lookLater(process)
        world.ledger.close()
      }
      yield* lookLater(process)
      expect(refundOf(world.tables, held).state).toBe("held")
      expect(refundOf(world.tables, fine).state).toBe("confirmed")
      expect(refundOf(world.tables, stuck).state).not.toBe("planned")
    })
  )
})

describe("a ledger that does not answer", () => {
  it.effect("changes nothing: the refund is looked at again", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const id = yield* owed(process, 1)
      world.ledger.isAway = true
      yield* process.look
      expect(refundOf(world.tables, id)).toEqual({ state: "planned", envelopes: [] })
      world.ledger.isAway = false
      yield* lookLater(process)
      world.ledger.close()
      yield* lookLater(process)
      expect(refundOf(world.tables, id).state).toBe("confirmed")
    })
  )
})

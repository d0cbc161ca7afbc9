// Snapshots that past versions wrote must be read for as long as a transaction may live. Files here are never edited: when the
// context changes its shape, `machineVersion` rises and a new set of files stands beside the old.
import { readdirSync, readFileSync } from "node:fs"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { amount } from "../../../../machines/domain/Amount.ts"
import { isFinal } from "../../../../machines/domain/Sep31Status.ts"
import { payoutId } from "../../../../machines/domain/Ids.ts"
import {
  deliverAsReceived,
  machineVersion,
  type TransactionContext
} from "../../../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../../../machines/transaction/events.ts"
import { isPayoutEvent } from "../../../../machines/transaction/guards.ts"
import { type Leaf, leaves, parseLeaf, statusOf } from "../../../../machines/transaction/leaves.ts"
import { revive, storedContext } from "../../../../machines/transaction/snapshot.ts"
import { step } from "../../../../src/runtime/step.ts"
import { events, unfunded } from "../../../support/transactions.ts"

type Row = Parameters<typeof revive>[0]

const folder = new URL("./snapshots/", import.meta.url)
const files = readdirSync(folder).sort()
/** The columns that a later schema added have their defaults in rows that were there before. */
const read = (name: string): Row => {
  const row = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Row
  return { ...row, terms: { ...deliverAsReceived, ...row.terms } }
}
/** States that version 1 did not have. */
const since: Readonly<Partial<Record<Leaf, number>>> = {
  "pending_stellar.refunding": 2,
  "pending_receiver.checking": 2,
  "pending_customer_info_update.awaitingData": 2
}

describe("a snapshot written by a past version (D13)", () => {
  it("is kept for every version and every state", () => {
    const versions = Array.from({ length: machineVersion }, (_, index) => index + 1)
    const expected = versions.flatMap((version) =>
      leaves.filter((leaf) => (since[leaf] ?? 1) <= version).map((leaf) => `v${version}.${leaf}.json`)
    )

    expect(files).toEqual(expected.sort())
  })

  it.each(files)("loads: %s", (name) => {
    const row = read(name)

    const snapshot = Result.getOrThrow(revive(row))

    expect(snapshot.leaf).toBe(row.state)
    expect(snapshot.context.terms).toEqual(row.terms)
    expect(snapshot.context.received).toBe(row.amounts.received)
    // it is stepped as a snapshot of today is: none is left that only loads
    const taken = events.map((event) => step(snapshot, aboutThis(event, snapshot.context)))
    expect(taken.some(({ _tag }) => _tag === "Moved")).toBe(!isFinal(statusOf(snapshot.leaf)))
    if (row.context.v === machineVersion) expect(storedContext(snapshot.context)).toEqual(row.context)
  })
})

/** The event, were it about this transaction: its newest attempt, and what is owed. */
const aboutThis = (event: TransactionEvent, context: TransactionContext): TransactionEvent => {
  if (!isPayoutEvent(event)) return event
  const about = { ...event, payoutId: payoutId(context.id, context.attempt) }
  return about.type === "payout.refundedByIntegrator" && context.owed !== null
    ? { ...about, amount: context.owed }
    : about
}

describe("a snapshot that this process cannot read (D13)", () => {
  const row: Row = {
    id: unfunded.id,
    state: "pending_sender.awaitingPayment",
    terms: unfunded.terms,
    amounts: { received: null, accepted: null, fee: null, delivered: null },
    context: { v: 1 }
  }

  it("of an unknown state is refused with a sentence that names it", () => {
    for (const state of ["pending_receiver", "pending_receiver.dancing", "", "constructor", "COMPLETED"]) {
      const revived = revive({ ...row, state })

      expect(revived).toEqual(
        Result.fail(`${JSON.stringify(state)} is not a state of the transaction machine`)
      )
      expect(Result.isFailure(parseLeaf(state))).toBe(true)
    }
  })

  it("of a newer version is refused with a sentence that names both", () => {
    expect(revive({ ...row, context: { v: machineVersion + 1 } })).toEqual(
      Result.fail(
        `the snapshot has version ${machineVersion + 1}; this process reads up to ${machineVersion}`
      )
    )
  })

  it("is read with what it leaves out as nothing", () => {
    expect(Result.getOrThrow(revive(row)).context).toEqual({ ...unfunded, received: null })
    expect(Result.getOrThrow(revive({ ...row, context: { v: 1, owed: amount("1") } })).context.owed).toBe("1")
  })
})

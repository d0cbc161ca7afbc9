// A datum that a rail bounces is asked for the way it came, and a rail that reads SEP-9 finds there what came as a field.
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import { type CustomerId, payoutId } from "../../../machines/domain/Ids.ts"
import type { PayoutEvent } from "../../../machines/transaction/events.ts"
import { type AssetConfig, KedgeConfig } from "../../../src/KedgeConfig.ts"
import { receiverOf } from "../../../src/payouts/mappedFields.ts"
import { answerOf } from "../../../src/payouts/outcomeEvent.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import type { PayoutJob } from "../../../src/ports/rows.ts"
import { sealDestination } from "../../../src/runtime/Destination.ts"
import { openNote } from "../../../src/runtime/Note.ts"
import { CountingEntropy, PlainVault } from "../../support/plainParts.ts"
import { birth, scriptedRail, testSettings, transactionId } from "../../support/runtimeWorld.ts"

const receiverId = "0190a000-0000-7000-8000-0000000000cc" as CustomerId
const { rail } = scriptedRail(() => Effect.never)

interface Case {
  readonly asset?: Partial<AssetConfig>
  /** Values that came with the POST. */
  readonly fields?: Readonly<Record<string, string>>
  readonly hasReceiver?: boolean
}

const asked = Effect.fnUntraced(
  function* (said: PayoutOutcome, { fields = {}, hasReceiver = true }: Case) {
    const { asset, context, fundingMethod, memo, terms } = birth(1)
    const sealed = yield* sealDestination({ receiver: { last_name: "Doe" }, fields })
    const job: PayoutJob = {
      id: payoutId(transactionId(1), 1),
      rail: rail.name,
      state: "started",
      amount: amount("98"),
      fee: amount("2"),
      amountIn: amount("100"),
      tries: 0,
      externalId: null,
      sealed,
      reference: null,
      metadata: {},
      actor: {
        id: transactionId(1),
        version: 2,
        state: "pending_receiver.payingOut",
        terms,
        amounts: { received: amount("100"), accepted: amount("100"), fee: amount("2"), delivered: null },
        context: { ...context, attempt: 1 },
        asset,
        account: "",
        memo,
        fundingMethod,
        senderId: null,
        receiverId: hasReceiver ? receiverId : null,
        fundedBy: null,
        destination: sealed.id
      }
    }
    const { event, notes } = yield* answerOf(job, rail, said, "call")
    const note = notes[0] === undefined ? null : yield* openNote(notes[0])
    return { event, note }
  },
  (effect, _, { asset: change = {} }) => {
    const assets = testSettings.assets.map((asset) => ({ ...asset, ...change }))
    return Effect.provide(
      effect,
      Layer.mergeAll(PlainVault, CountingEntropy, Layer.succeed(KedgeConfig, { ...testSettings, assets }))
    )
  }
)

const wantsAccount: PayoutOutcome = {
  _tag: "TransactionInfoNeeded",
  fields: { account_number: { description: "an account that is open" } },
  message: "closed"
}
const wantsSep9: PayoutOutcome = {
  _tag: "CustomerInfoNeeded",
  party: "receiver",
  fields: ["bank_account_number"],
  message: "closed"
}
const declared = { account_number: { description: { en: "the account", es: "la cuenta" }, optional: true } }
const fieldMapping = { account_number: "bank_account_number" }
const about = (event: PayoutEvent) => ({
  type: event.type,
  fields: "fields" in event ? event.fields : [],
  ...("party" in event ? { party: event.party } : {})
})

describe("fields that a rail bounces", () => {
  it.effect.each([
    ["the asset declares them", { asset: { fields: declared } }],
    ["they came with the POST, as the institution's hook asked", { fields: { account_number: "1" } }],
    ["there is no receiver to ask", { hasReceiver: false }]
  ] as ReadonlyArray<readonly [string, Case]>)(
    "are asked for by PATCH where %s (S31-DUAL-06, S31-DUAL-07)",
    ([, given]) =>
      Effect.gen(function* () {
        const { event, note } = yield* asked(wantsAccount, given)

        expect(about(event)).toEqual({ type: "payout.neededTransactionInfo", fields: ["account_number"] })
        expect(note?.message).toBe("closed")
      })
  )

  it.effect.each([
    ["by the rail's name", {}, "account_number"],
    ["by the SEP-9 name they are mapped to", { asset: { fieldMapping } }, "bank_account_number"]
  ] as ReadonlyArray<readonly [string, Case, string]>)(
    "are asked of the receiver by SEP-12, %s, where the asset declares none (S31-DUAL-06, S31-DUAL-07)",
    ([, given, name]) =>
      Effect.gen(function* () {
        const { event, note } = yield* asked(wantsAccount, given)

        expect(about(event)).toEqual({
          type: "payout.neededCustomerInfo",
          fields: [name],
          party: "receiver"
        })
        expect(note).toEqual({ message: "closed" })
      })
  )
})

describe("customer data that a rail bounces", () => {
  it.effect("is asked for by PATCH where it came as a field (S31-DUAL-07, S31-KYC-08)", () =>
    Effect.gen(function* () {
      const { event, note } = yield* asked(wantsSep9, {
        asset: { fields: declared, fieldMapping },
        fields: { account_number: "1" }
      })

      expect(about(event)).toEqual({ type: "payout.neededTransactionInfo", fields: ["account_number"] })
      expect(note).toEqual({
        message: "closed",
        fields: { account_number: { description: "the account", optional: true } }
      })
    })
  )

  it.effect.each([
    ["it came by SEP-12", { asset: { fields: declared, fieldMapping } }, wantsSep9],
    ["nothing is mapped", { asset: { fields: declared }, fields: { account_number: "1" } }, wantsSep9],
    [
      "only a part came as a field",
      { asset: { fields: declared, fieldMapping }, fields: { account_number: "1" } },
      { ...wantsSep9, fields: ["bank_account_number", "last_name"] }
    ],
    [
      "it is the sender's",
      { asset: { fields: declared, fieldMapping }, fields: { account_number: "1" } },
      { ...wantsSep9, party: "sender" as const }
    ]
  ] as ReadonlyArray<readonly [string, Case, PayoutOutcome]>)(
    "is asked for by SEP-12 where %s (S31-DUAL-07)",
    ([, given, said]) =>
      Effect.gen(function* () {
        const { event } = yield* asked(said, given)

        expect(event.type).toBe("payout.neededCustomerInfo")
      })
  )
})

describe("what a rail reads of the receiver", () => {
  it("has a field under the name it is mapped to, before what the customer says (S31-KYC-08)", () => {
    const destination = {
      receiver: { bank_account_number: "old", last_name: "Doe" },
      fields: { account_number: "1" }
    }

    expect(receiverOf(destination, fieldMapping)).toEqual({ bank_account_number: "1", last_name: "Doe" })
    expect(receiverOf(destination)).toEqual(destination.receiver)
    expect(receiverOf({ ...destination, fields: {} }, fieldMapping)).toEqual(destination.receiver)
  })
})

import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import type { Profile } from "../../../src/KedgeConfig.ts"
import type { CustomerRow } from "../../../src/ports/rows.ts"
import { notFound } from "../../../src/sep12/errors.ts"
import { recorded, standing } from "../../../src/sep12/judgedAs.ts"
import { checkCustomers, type CustomerSource } from "../../../src/sep31/checkCustomers.ts"
import { completed } from "../../../src/sep31/Info.ts"
import {
  customer,
  customerTypes,
  otherAnchor,
  receiverId,
  senderId,
  sendingAnchor,
  transactionId,
  usdc
} from "../../support/sep31.ts"

const asset = completed(usdc, {}, { customerTypes })
const noKyc = completed({ ...usdc, senderTypes: [], receiverTypes: [] }, {}, { customerTypes })
const sender = customer(senderId, { "sep31-sender": "ACCEPTED" })
const receiver = customer(receiverId, { "sep31-receiver": "ACCEPTED" }, { version: 4 })

const about = {
  transactionId,
  amount: amount("100"),
  asset: asset.id,
  fundingMethod: "SEPA",
  destinationAsset: null
}

/** Customers as they are on record: whom the record does not tell, the provider wants more of. */
const sourceOf = (rows: ReadonlyArray<CustomerRow>): CustomerSource => {
  const find = (id: string) => rows.find((row) => row.id === id) ?? null
  return {
    customer: (id) => Effect.succeed(find(id)),
    forTransaction: ({ id, sendingAnchor: owner, type }) => {
      const row = find(id)
      if (row === null || row.erased || row.owner !== owner) return Effect.fail(notFound())
      const known = standing(row, type)
      const isProcessed = row.contested.length === 0 && recorded(row, type)?.status === "PROCESSING"
      const open = isProcessed ? ("PROCESSING" as const) : ("NEEDS_INFO" as const)
      return Effect.succeed({ row, verdict: { status: known === "open" ? open : known } })
    }
  }
}
const check = (
  rows: ReadonlyArray<CustomerRow>,
  named: { readonly senderId: string | null; readonly receiverId: string | null } = { senderId, receiverId },
  wanted = asset,
  profile: Profile = "v1"
) => checkCustomers(sourceOf(rows), { account: sendingAnchor, profile, about }, named, wanted)
const refusal = (...args: Parameters<typeof check>) =>
  Effect.map(Effect.flip(check(...args)), (error) =>
    error._tag === "CustomerInfoNeeded" ? `${error.error} ${error.type ?? ""}`.trim() : error.message
  )

describe("checkCustomers", () => {
  it.effect("takes accepted customers under their types, with the versions it relied on", () =>
    Effect.gen(function* () {
      expect(yield* check([sender, receiver])).toEqual({
        senderId,
        receiverId,
        senderType: "sep31-sender",
        receiverType: "sep31-receiver",
        requires: [
          { id: senderId, version: 1 },
          { id: receiverId, version: 4 }
        ],
        areAccepted: true
      })
    })
  )

  it.effect("takes a customer accepted under another published type", () =>
    Effect.gen(function* () {
      const large = customer(senderId, { "sep31-sender": "NEEDS_INFO", "sep31-large-sender": "ACCEPTED" })

      expect((yield* check([large, receiver])).senderType).toBe("sep31-large-sender")
    })
  )

  it.effect.each([
    ["missing", null, sender],
    ["unknown", "0190a000-0000-7000-8000-00000000ffff", sender],
    ["no id at all", "' or 1=1 --", sender],
    ["an id in capitals", senderId.toUpperCase(), sender],
    ["another Sending Anchor's", senderId, { ...sender, owner: otherAnchor }],
    ["erased", senderId, { ...sender, erased: true }],
    ["not judged", senderId, customer(senderId, {})],
    ["judged under no published type", senderId, customer(senderId, { toString: "ACCEPTED" })],
    ["incomplete", senderId, customer(senderId, { "sep31-sender": "NEEDS_INFO" })],
    ["contested by a rail", senderId, { ...sender, contested: ["last_name"] }]
  ] as const)(
    "a sender that is %s is customer_info_needed with its type for v1 and v2 (S31-POST-10, S31-ERR-02, S31-DUAL-04)",
    ([, id, row]) =>
      Effect.gen(function* () {
        for (const profile of ["v1", "v2"] as const) {
          expect(yield* refusal([row, receiver], { senderId: id, receiverId }, asset, profile)).toBe(
            "customer_info_needed sep31-sender"
          )
        }
      })
  )

  it.effect.each(["v1", "v2", "v3"] as const)(
    "one that is still being judged makes the transaction of a %s client wait (S31-DUAL-05)",
    (profile) =>
      Effect.gen(function* () {
        const open = customer(senderId, { "sep31-sender": "PROCESSING" })

        expect(yield* check([open, receiver], undefined, asset, profile)).toMatchObject({
          senderId,
          senderType: "sep31-sender",
          areAccepted: false
        })
      })
  )

  it.effect.each([
    ["missing", null, null],
    ["incomplete", senderId, senderId],
    ["contested by a rail", senderId, senderId]
  ] as const)("one that is %s makes the transaction of a v3 client wait (S31-DUAL-04)", ([name, id, kept]) =>
    Effect.gen(function* () {
      const row =
        name === "incomplete"
          ? customer(senderId, { "sep31-sender": "NEEDS_INFO" })
          : { ...sender, contested: ["last_name"] }

      expect(yield* check([row, receiver], { senderId: id, receiverId }, asset, "v3")).toMatchObject({
        senderId: kept,
        senderType: "sep31-sender",
        receiverId,
        areAccepted: false
      })
    })
  )

  it.effect.each([
    ["unknown", "0190a000-0000-7000-8000-00000000ffff", sender],
    ["another Sending Anchor's", senderId, { ...sender, owner: otherAnchor }],
    ["erased", senderId, { ...sender, erased: true }]
  ] as const)(
    "one that is %s is refused whatever the client speaks (S31-ERR-02, S31-POST-10)",
    ([, id, row]) =>
      Effect.gen(function* () {
        expect(yield* refusal([row, receiver], { senderId: id, receiverId }, asset, "v3")).toBe(
          "customer_info_needed sep31-sender"
        )
      })
  )

  it.effect("names the receiver's type for a receiver (S31-ERR-02)", () =>
    Effect.gen(function* () {
      expect(yield* refusal([sender], { senderId, receiverId })).toBe("customer_info_needed sep31-receiver")
    })
  )

  it.effect("relies on the newer reading of one customer on both sides", () =>
    Effect.gen(function* () {
      const both = customer(
        senderId,
        { "sep31-sender": "ACCEPTED", "sep31-receiver": "ACCEPTED" },
        { version: 6 }
      )

      expect(yield* check([both], { senderId, receiverId: senderId })).toMatchObject({
        senderId,
        receiverId: senderId,
        requires: [{ id: senderId, version: 6 }]
      })
    })
  )

  it.effect("refuses a rejected customer plainly and without a reason (S31-ERR-04)", () =>
    Effect.gen(function* () {
      const rejected = customer(receiverId, { "sep31-receiver": "REJECTED" })

      for (const profile of ["v1", "v2", "v3"] as const) {
        expect(yield* refusal([sender, rejected], undefined, asset, profile)).toBe(
          "the receiver cannot take part in payments here"
        )
      }
    })
  )

  it.effect("needs nobody where a side needs no KYC, but takes no stranger either (S31-POST-10)", () =>
    Effect.gen(function* () {
      const nobody = { senderId: null, receiverId: null }
      const stranger = { ...receiver, owner: otherAnchor }

      expect(yield* check([], nobody, noKyc)).toMatchObject({
        senderType: null,
        receiverType: null,
        requires: []
      })
      expect(yield* check([customer(senderId, {})], { senderId, receiverId: null }, noKyc)).toMatchObject({
        senderId
      })
      expect(yield* refusal([stranger], { senderId: null, receiverId }, noKyc)).toBe("customer_info_needed")
    })
  )
})

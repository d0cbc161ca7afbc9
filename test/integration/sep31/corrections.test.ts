// Where a correction is asked for, and when none is taken any more: the ways back of a payout that a rail has bounced.
import { Effect } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { AssetConfig } from "../../../src/KedgeConfig.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { receiverId, senderId, usdc } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

let world: Sep31World
afterEach(() => world.stop())

const rowOf = async (id: TransactionId) => {
  const [row] = await world.run(Effect.flatMap(Storage, (storage) => storage.transactions([id])))
  if (row === undefined) throw new Error(`no transaction ${id}`)
  return row
}
const until = (id: TransactionId, state: string) =>
  waitFor(`${id} to be ${state}`, async () => (await rowOf(id)).state === state)
const transaction = async (id: string) =>
  (
    (await world.ask("GET", `/sep31/transactions/${id}`)).body as {
      readonly transaction: Readonly<Record<string, unknown>>
    }
  ).transaction

/** A transaction that was paid, of an asset that is as told. */
const paid = async (
  asset: Partial<AssetConfig>,
  fields: Readonly<Record<string, string>>,
  outcome: PayoutOutcome,
  tier: string | null = null
) => {
  world = await startSep31({ settings: { assets: [{ ...usdc, ...asset }] } })
  world.script.tierFor = ({ amount }) => (amount === "100" ? tier : null)
  for (const id of [senderId, receiverId]) world.script.verdicts.set(id, "ACCEPTED")
  await world.run(registerBoth)
  world.script.outcomes.set("closed", outcome)
  world.script.values.set(receiverId, { bank_account_number: "closed", last_name: "Doe" })
  const { body } = await world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, fields: { transaction: fields } }
  })
  const { id } = body as { readonly id: TransactionId }
  await world.run(pay(await rowOf(id), "100"))
  return id
}
const wantsAccount: PayoutOutcome = {
  _tag: "TransactionInfoNeeded",
  fields: { account_number: { description: "an account that is open" } }
}
const judge = (id: typeof senderId, type: string, status: string) =>
  world.run(
    Effect.flatMap(Storage, (storage) =>
      storage.recordVerdict({
        id,
        type,
        status,
        message: "on a list nobody is told of",
        askAgainInSeconds: null,
        put: []
      })
    )
  )

describe("bank data that a rail bounces", () => {
  it("is asked for by PATCH where the asset declares fields (S31-DUAL-06, S31-DUAL-07)", async () => {
    const id = await paid({}, { ...goodPost.fields.transaction, account_number: "closed" }, wantsAccount)
    await until(id, "pending_transaction_info_update.awaitingUpdate")

    expect(await transaction(id)).toMatchObject({
      required_info_updates: { transaction: { account_number: { description: "an account that is open" } } }
    })
  })

  it("is asked for by SEP-12 where it declares none, and no fields are shown (S31-DUAL-06, S31-GET-07, S31-ST-07)", async () => {
    const fieldMapping = { account_number: "bank_account_number" }
    const id = await paid({ fields: {}, fieldMapping }, {}, wantsAccount)
    await until(id, "pending_customer_info_update.awaitingCustomer")
    const shown = await transaction(id)
    const customer = await world.run(Effect.flatMap(Storage, (storage) => storage.customer(receiverId)))

    expect(shown).toMatchObject({ status: "pending_customer_info_update" })
    expect(shown).not.toHaveProperty("required_info_updates")
    expect(customer?.contested).toEqual(["bank_account_number"])
  })

  it("that came as a field reaches the rail, and is asked for, as such (S31-KYC-08, S31-DUAL-07)", async () => {
    const asset = { fieldMapping: { account_number: "bank_account_number" } }
    const fields = { ...goodPost.fields.transaction, account_number: "closed" }
    const wantsSep9: PayoutOutcome = {
      _tag: "CustomerInfoNeeded",
      party: "receiver",
      fields: ["bank_account_number"]
    }
    const id = await paid(asset, fields, wantsSep9)
    await until(id, "pending_transaction_info_update.awaitingUpdate")
    const { body, status } = await world.ask("PATCH", `/sep31/transactions/${id}`, {
      body: { fields: { transaction: { account_number: "open" } } }
    })
    await until(id, "completed")

    expect([status, (body as { transaction: { id: string } }).transaction.id]).toEqual([200, id])
    expect(world.paid.map(({ receiver }) => receiver)).toEqual([
      { bank_account_number: "closed", last_name: "Doe" },
      { bank_account_number: "open", last_name: "Doe" }
    ])
  })
})

describe("a customer rejected while a correction is awaited", () => {
  it.each([
    ["receiver", receiverId],
    ["sender", senderId]
  ])(
    "as the %s gets no other payout: the payment is owed back, and no reason is told (S31-KYC-07, S31-ERR-04)",
    async (side, customer) => {
      const id = await paid({}, { ...goodPost.fields.transaction, account_number: "closed" }, wantsAccount)
      await until(id, "pending_transaction_info_update.awaitingUpdate")
      await judge(customer, `sep31-${side}`, "REJECTED")
      const answer = await world.ask("PATCH", `/sep31/transactions/${id}`, {
        body: { fields: { transaction: { account_number: "open" } } }
      })

      expect(answer).toMatchObject({
        status: 400,
        body: { error: `the ${side} cannot take part in payments here` }
      })
      expect((await rowOf(id)).context).toMatchObject({ owed: "100" })
      expect(world.paid).toHaveLength(1)
      expect(JSON.stringify(await transaction(id))).not.toContain("list")
    }
  )

  it("in the tier of the transaction alone is rejected for it (S31-KYC-05, S31-KYC-07)", async () => {
    const fields = { ...goodPost.fields.transaction, account_number: "closed" }
    const id = await paid({}, fields, wantsAccount, "large")
    await until(id, "pending_transaction_info_update.awaitingUpdate")
    await judge(senderId, "sep31-sender@large", "REJECTED")
    const answer = await world.ask("PATCH", `/sep31/transactions/${id}`, {
      body: { fields: { transaction: { account_number: "open" } } }
    })

    expect(answer.status).toBe(400)
    expect((await rowOf(id)).context).toMatchObject({ owed: "100" })
  })
})

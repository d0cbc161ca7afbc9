/**
 * Three clients, each as the SEP-31 of its time has it, against one process: each brings a payment to its end, with a firm quote
 * and without. None knows of the others' ways.
 */
import { Keypair } from "@stellar/stellar-sdk"
import { Redacted } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { like } from "../support/matchers.ts"
import { waitFor } from "../support/waitFor.ts"
import { KedgeProcess } from "./KedgeProcess.ts"

type Json = Readonly<Record<string, unknown>>

const anchors = { v1: Keypair.random(), v2: Keypair.random(), v3: Keypair.random() }
type Profile = keyof typeof anchors

let kedge: KedgeProcess
beforeAll(async () => {
  kedge = await KedgeProcess.prepare(
    "memory:",
    {},
    {
      asset: {
        quotes: "supported",
        senderTypes: ["sep31-sender"],
        receiverTypes: ["sep31-receiver"]
      },
      file: ({ issuer }) => ({
        customerTypes: {
          "sep31-sender": { description: "sends", fields: { last_name: { description: "name" } } },
          "sep31-receiver": {
            description: "receives",
            fields: { last_name: { description: "name" }, bank_account_number: { description: "account" } }
          }
        },
        quotes: {
          offChain: [
            {
              asset: "iso4217:BRL",
              buyDeliveryMethods: [{ name: "bank_account", description: "to an account" }]
            }
          ],
          pairs: [{ sell: `stellar:USDC:${issuer}`, buy: "iso4217:BRL", rate: "5", fee: { fixed: "1" } }]
        }
      }),
      anchors: (["v1", "v2", "v3"] as const).map((profile) => ({
        account: anchors[profile].publicKey(),
        name: `a client of ${profile}`,
        profile
      }))
    }
  )
  await kedge.serve()
  await kedge.ready()
})
afterAll(() => kedge.dispose())

/** One Sending Anchor, signed in. Every answer must have the status the client expects. */
const clientOf = async (profile: Profile) => {
  const { token } = await kedge.token(anchors[profile])
  const ask = async (method: string, path: string, expected: number, body?: unknown): Promise<Json> => {
    const response = await fetch(`${kedge.home}${path}`, {
      method,
      headers: { authorization: `Bearer ${Redacted.value(token)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const answer = (await response.json()) as Json
    if (response.status !== expected) {
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    }
    return answer
  }
  const quote = async (): Promise<string> => {
    const { id } = await ask("POST", "/sep38/quote", 201, {
      context: "sep31",
      sell_asset: `stellar:USDC:${kedge.asset.issuer}`,
      buy_asset: "iso4217:BRL",
      sell_amount: "100",
      buy_delivery_method: "bank_account"
    })
    return String(id)
  }
  const transaction = async (id: string): Promise<Json> =>
    (await ask("GET", `/sep31/transactions/${id}`, 200))["transaction"] as Json
  const until = (id: string, status: string) =>
    waitFor(
      `${id} to be ${status}`,
      async () => {
        const seen = await transaction(id)
        return seen["status"] === status ? seen : undefined
      },
      { timeoutMillis: 30_000, intervalMillis: 100 }
    )
  const register = async (type: string, memo: string, values: Json): Promise<string> =>
    String((await ask("PUT", "/sep12/customer", 202, { type, memo, memo_type: "id", ...values }))["id"])
  return { ask, quote, transaction, until, register }
}

const info = async (): Promise<Json> => {
  const { receive } = (await (await fetch(`${kedge.home}/sep31/info`)).json()) as {
    receive: Record<string, Json>
  }
  return receive["USDC"] ?? {}
}

const delivered = {
  without: { status: "completed", amount_in: "100", amount_out: "98.5", amount_fee: "1.5" },
  with: { status: "completed", amount_in: "100", amount_out: "495", amount_fee: "1" }
}

describe.each(["without", "with"] as const)("a payment %s a quote", (how) => {
  it("by a client of 1.x: registers, gives fields, is asked to correct one by PATCH (S31-DUAL-02, S31-DUAL-03, S31-DUAL-07)", async () => {
    const client = await clientOf("v1")
    const { fields, receiver_sep12_type, sender_sep12_type } = await info()
    expect(fields).toMatchObject({ transaction: { account_number: { description: "Account to be paid" } } })
    const [sender, receiver] = how === "without" ? ["11", "12"] : ["13", "14"]
    // Before it registers anybody it is told whom to register, by the type to use.
    const post = {
      amount: 100,
      asset_code: "USDC",
      fields: { transaction: { account_number: "77310002" } },
      ...(how === "with" ? { quote_id: await client.quote() } : {})
    }
    expect(await client.ask("POST", "/sep31/transactions", 400, post)).toEqual({
      error: "customer_info_needed",
      type: sender_sep12_type
    })
    const sender_id = await client.register(String(sender_sep12_type), sender ?? "", { last_name: "Doe" })
    const receiver_id = await client.register(String(receiver_sep12_type), receiver ?? "", {
      last_name: "Roe",
      bank_account_number: "77310001"
    })
    const created = await client.ask("POST", "/sep31/transactions", 201, { ...post, sender_id, receiver_id })
    expect(Object.keys(created).sort()).toEqual([
      "id",
      "stellar_account_id",
      "stellar_memo",
      "stellar_memo_type"
    ])
    const id = String(created["id"])
    await kedge.pay(String(created["stellar_memo"]), "100")

    const asking = await client.until(id, "pending_transaction_info_update")
    expect(asking["required_info_updates"]).toMatchObject({ transaction: { account_number: {} } })
    await client.ask("PATCH", `/sep31/transactions/${id}`, 200, {
      fields: { transaction: { account_number: "77319999" } }
    })
    expect(await client.until(id, "completed")).toMatchObject({ ...delivered[how], refunded: false })
  }, 60_000)

  it("by a client of 2.x: registers by sep12 types, and is asked for nothing more (S31-DUAL-02, S31-RESP-09, S31-INFO-09)", async () => {
    const client = await clientOf("v2")
    const { sep12 } = (await info()) as { sep12: { sender: { types: Json }; receiver: { types: Json } } }
    const [senderType = ""] = Object.keys(sep12.sender.types)
    const [receiverType = ""] = Object.keys(sep12.receiver.types)
    const memo = how === "without" ? 20 : 30
    const sender_id = await client.register(senderType, `${memo}`, { last_name: "Doe" })
    const receiver_id = await client.register(receiverType, `${memo + 1}`, {
      last_name: "Roe",
      bank_account_number: "77318888"
    })
    const created = await client.ask("POST", "/sep31/transactions", 201, {
      amount: "100.00",
      asset_code: "USDC",
      asset_issuer: kedge.asset.issuer,
      sender_id,
      receiver_id,
      ...(how === "with" ? { quote_id: await client.quote(), destination_asset: "iso4217:BRL" } : {})
    })
    await kedge.pay(String(created["stellar_memo"]), "100")

    const done = await client.until(String(created["id"]), "completed")
    expect(done).toMatchObject({ ...delivered[how], fee_details: { total: delivered[how].amount_fee } })
  }, 60_000)

  it("by a client of 3.1: posts first, registers for the transaction, and then learns where to pay (S31-KYC-01, S31-KYC-04, S31-RESP-04)", async () => {
    const client = await clientOf("v3")
    const { funding_methods } = (await info()) as { funding_methods: ReadonlyArray<string> }
    const created = await client.ask("POST", "/sep31/transactions", 201, {
      amount: "100",
      asset_code: "USDC",
      funding_method: funding_methods[0],
      ...(how === "with" ? { quote_id: await client.quote() } : {})
    })
    const id = String(created["id"])
    expect(created).toEqual({ id })
    await client.until(id, "pending_customer_info_update")

    for (const [type, values] of [
      ["sep31-sender", { last_name: "Doe" }],
      ["sep31-receiver", { last_name: "Roe", bank_account_number: "77317777" }]
    ] as const) {
      const asked = await client.ask("GET", `/sep12/customer?transaction_id=${id}&type=${type}`, 200)
      expect(asked).toMatchObject({ status: "NEEDS_INFO" })
      expect(Object.keys(asked["fields"] as Json).sort()).toEqual(Object.keys(values).sort())
      await client.ask("PUT", "/sep12/customer", 202, { transaction_id: id, type, ...values })
    }
    const ready = await client.until(id, "pending_sender")
    expect(ready).toMatchObject({
      stellar_account_id: kedge.receiver,
      stellar_memo_type: "id",
      stellar_memo: like(/^[0-9]+$/)
    })
    await kedge.pay(String(ready["stellar_memo"]), "100")

    expect(await client.until(id, "completed")).toMatchObject(delivered[how])
  }, 60_000)
})

it("without a quote a 3.1 client may have another currency delivered, at the price of receipt (S31-AMT-08, H-32)", async () => {
  const client = await clientOf("v3")
  const sender_id = await client.register("sep31-sender", "41", { last_name: "Doe" })
  const receiver_id = await client.register("sep31-receiver", "42", {
    last_name: "Roe",
    bank_account_number: "77316666"
  })
  const created = await client.ask("POST", "/sep31/transactions", 201, {
    amount: "100",
    asset_code: "USDC",
    funding_method: "bank_account",
    destination_asset: "iso4217:BRL",
    sender_id,
    receiver_id
  })
  const id = String(created["id"])
  expect(await client.transaction(id)).not.toHaveProperty("amount_out")
  await kedge.pay(String(created["stellar_memo"]), "100")

  expect(await client.until(id, "completed")).toMatchObject({
    amount_out: "495",
    amount_out_asset: "iso4217:BRL",
    amount_fee: "1"
  })
}, 60_000)

it("the home of a server that converts names where quotes are had (S31-GEN-01, S31-GEN-02, S31-GEN-03)", async () => {
  const toml = await (await fetch(`${kedge.home}/.well-known/stellar.toml`)).text()

  for (const [name, path] of [
    ["DIRECT_PAYMENT_SERVER", "sep31"],
    ["KYC_SERVER", "sep12"],
    ["ANCHOR_QUOTE_SERVER", "sep38"]
  ]) {
    expect(toml).toContain(`${name}="${kedge.home}/${path}"`)
  }
})

it("each of them was paid out once (R1)", async () => {
  const book = await kedge.book()
  const paid = book.map(({ transactionId }) => transactionId)

  expect(paid).toHaveLength(7)
  expect(new Set(paid).size).toBe(7)
})

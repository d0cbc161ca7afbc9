// POST /sep31/transactions over a real listener: what it answers, what it refuses and in which order.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { CustomerId, SealedId, TransactionId } from "../../../machines/domain/Ids.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { openDestination } from "../../../src/runtime/Destination.ts"
import { like, someText } from "../../support/matchers.ts"
import { PlainVault } from "../../support/plainParts.ts"
import {
  issuer,
  muxedAnchor,
  otherAnchor,
  receiverId,
  receivingAccount,
  senderId,
  sendingAnchor,
  usdc
} from "../../support/sep31.ts"
import { goodPost, register, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.hooks = {}
  world.script.accepting = true
  world.script.values.clear()
})

const post = (change: Readonly<Record<string, unknown>> = {}, as?: string | null) =>
  world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, ...change },
    ...(as === undefined ? {} : { as })
  })
const without = (...names: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(goodPost).filter(([name]) => !names.includes(name)))
const rowOf = (body: unknown) =>
  world.run(
    Effect.gen(function* () {
      const storage = yield* Storage
      const [row] = yield* storage.transactions([(body as { readonly id: TransactionId }).id])
      if (row === undefined) return yield* Effect.die(new Error("the transaction was not stored"))
      return row
    })
  )
const stored = () => world.run(Effect.flatMap(Storage, (storage) => storage.list({ limit: 10_000 })))
describe("sep31 POST /transactions", () => {
  it("answers 201 with id, account and memo, and nothing else (S31-RESP-01, S31-RESP-02, S31-RESP-09)", async () => {
    const { body, headers, status } = await post()

    expect(status).toBe(201)
    expect(headers.get("content-type")).toContain("application/json")
    expect(body).toEqual({
      id: like(/^[0-9a-f-]{36}$/),
      stellar_account_id: receivingAccount,
      stellar_memo_type: "id",
      stellar_memo: like(/^[0-9]+$/)
    })
  })

  it("stores what was agreed: amount, limits, fee, method, customers and creator (S31-AUTH-08, S31-RESP-08)", async () => {
    const memoed = await world.token(`${sendingAnchor}:2`)
    const { body } = await post({ refund_memo: "7", refund_memo_type: "id", lang: "DE-at" }, memoed)

    expect(await rowOf(body)).toMatchObject({
      status: "pending_sender",
      terms: { expected: "100", minimum: "1", maximum: "10000", fee: usdc.fee },
      asset: `stellar:USDC:${issuer}`,
      fundingMethod: "SEPA",
      senderId,
      receiverId,
      senderType: "sep31-sender",
      receiverType: "sep31-receiver",
      sendingAnchor,
      creator: `${sendingAnchor}:2`,
      lang: "de",
      refundMemo: { type: "id", value: "7" }
    })
  })

  it("expires after the configured lifetime on the storage's clock (S31-ST-10)", async () => {
    const row = await rowOf((await post()).body)

    expect(row.terms.expiresAtMillis - row.createdAtMillis).toBeGreaterThan(86_400_000 - 60_000)
    expect(row.terms.expiresAtMillis - row.createdAtMillis).toBeLessThanOrEqual(86_400_000)
  })

  it("seals a snapshot of the receiver and the declared fields, in no other column (SEC-34, SEC-21)", async () => {
    world.script.values.set(receiverId, { last_name: "Okafor", bank_account_number: "0000" })
    const fields = { transaction: { ...goodPost.fields.transaction, undeclared: "dropped" } }
    const row = await rowOf((await post({ fields })).body)
    const destination = await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        const [sealed] = yield* storage.sealed([row.destination as SealedId])
        if (sealed === undefined) return yield* Effect.die(new Error("no destination was sealed"))
        return yield* openDestination(sealed).pipe(Effect.provide(PlainVault))
      })
    )

    expect(destination).toEqual({
      receiver: { last_name: "Okafor", bank_account_number: "0000" },
      fields: goodPost.fields.transaction
    })
    expect(JSON.stringify(row)).not.toMatch(/Okafor|021000021|canary/)
  })

  it("gives every transaction a memo of its own (S31-MEMO-02, SEC-30)", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post()))
    const memos = answers.map(({ body }) => (body as { readonly stellar_memo: string }).stellar_memo)

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
    expect(new Set(memos).size).toBe(20)
  })

  it("two equal posts are two transactions (S31-POST-22)", async () => {
    const [first, second] = [await post(), await post()]

    expect((first.body as { readonly id: string }).id).not.toBe((second.body as { readonly id: string }).id)
  })

  it.each([
    ["a token with a memo", `${sendingAnchor}:1`],
    ["a muxed token", muxedAnchor]
  ])("%s speaks for the base account (S31-AUTH-04, H-06)", async (_, subject) => {
    expect((await post({}, await world.token(subject))).status).toBe(201)
  })

  it("takes an amount given as a JSON number digit by digit (S31-POST-03)", async () => {
    const text = JSON.stringify(goodPost).replace('"100"', "9999.9999999")
    const { body, status } = await world.ask("POST", "/sep31/transactions", { body: text })

    expect(status).toBe(201)
    expect((await rowOf(body)).terms.expected).toBe("9999.9999999")
  })

  it("takes the method from fields.transaction.type where a 1.x client says it there (S31-POST-08)", async () => {
    const transaction = { ...goodPost.fields.transaction, type: "SWIFT" }
    const { body } = await world.ask("POST", "/sep31/transactions", {
      body: { ...without("funding_method"), fields: { transaction } }
    })

    expect((await rowOf(body)).fundingMethod).toBe("SWIFT")
  })

  it("reads a body without content type as JSON (S31-GEN-06)", async () => {
    expect((await world.ask("POST", "/sep31/transactions", { body: goodPost, type: null })).status).toBe(201)
  })
})

describe("sep31 POST /transactions refuses", () => {
  const raw = (body: string) => ({ body })
  const changed = (change: Readonly<Record<string, unknown>>) => ({ body: { ...goodPost, ...change } })

  it.each([
    ["no JSON", raw("amount=100"), 400, /not valid JSON/],
    ["nothing", raw(""), 400, /too early/],
    ["an array", raw("[]"), 400, /JSON object/],
    ["a key given twice (SEC-43)", raw('{"amount":"1","amount":"2"}'), 400, /twice/],
    ["the key __proto__ (SEC-43)", raw('{"__proto__":{}}'), 400, /__proto__/],
    ["a body that is too deep (SEC-42)", raw(`{"a":${"[".repeat(60)}${"]".repeat(60)}}`), 400, /deeper/],
    ["half a surrogate pair", raw(String.raw`{"amount":"1","asset_code":"\ud800"}`), 400, /surrogate/],
    [
      "a form (S31-GEN-06)",
      { body: "amount=100", type: "application/x-www-form-urlencoded" },
      415,
      /application\/json/
    ],
    ["an amount left out (S31-POST-01)", { body: without("amount") }, 400, /amount is missing/],
    ["an asset left out (S31-POST-01)", { body: without("asset_code") }, 400, /asset_code is missing/],
    ["an exponent (S31-POST-02)", raw('{"amount":1e2,"asset_code":"USDC"}'), 400, /decimal/],
    ["eight decimals (S31-POST-02)", changed({ amount: "1.00000001" }), 400, /7 decimals/],
    ["zero (S31-POST-02)", changed({ amount: 0 }), 400, /more than 0/],
    ["a negative amount (S31-POST-02)", changed({ amount: -1 }), 400, /decimal/],
    ["too little (S31-POST-04)", changed({ amount: "0.5" }), 400, /minimum of 1 USDC/],
    ["too much (S31-POST-04)", changed({ amount: "10000.0000001" }), 400, /maximum of 10000 USDC/],
    ["an unknown asset (S31-POST-05)", changed({ asset_code: "EURC" }), 400, /EURC/],
    ["another issuer (S31-POST-05)", changed({ asset_issuer: otherAnchor }), 400, /issuer/],
    ["an unknown method (S31-POST-07)", changed({ funding_method: "PIX" }), 400, /PIX/],
    [
      "no method to infer (S31-POST-08)",
      { body: { ...without("funding_method", "fields") } },
      400,
      /funding_method/
    ],
    ["a quote (S31-POST-18)", changed({ quote_id: "q" }), 400, /quote_id/],
    ["a conversion (S31-POST-15)", changed({ destination_asset: "iso4217:EUR" }), 400, /destination_asset/],
    ["half a refund memo (S31-POST-11)", changed({ refund_memo: "7" }), 400, /refund_memo_type/],
    ["a lang that is none (S31-GEN-10)", changed({ lang: "english please" }), 400, /lang/],
    ["a sender_id that is no text (S31-POST-09)", changed({ sender_id: 7 }), 400, /sender_id/],
    [
      "a field that is no text (S31-POST-14)",
      changed({ fields: { transaction: { account_number: 7 } } }),
      400,
      /string/
    ],
    [
      "a value outside its choices (S31-POST-14)",
      changed({ fields: { transaction: { ...goodPost.fields.transaction, type: "PIX" } } }),
      400,
      /type must be one of/
    ]
  ])("%s", async (_, request, status, sentence) => {
    const before = (await stored()).length
    const answer = await world.ask("POST", "/sep31/transactions", request)

    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: like(sentence) })
    expect((await stored()).length).toBe(before)
  })

  it("a body that is too large (SEC-42)", async () => {
    const answer = await world.ask("POST", "/sep31/transactions", { body: { note: "x".repeat(70_000) } })

    expect(answer.status).toBe(413)
    expect(answer.body).toEqual({ error: someText })
  })

  it.each([
    ["unknown", { sender_id: "0190a000-0000-7000-8000-00000000ffff" }, "sep31-sender"],
    ["no id at all", { receiver_id: "../../etc/passwd" }, "sep31-receiver"],
    ["another Sending Anchor's", { receiver_id: "0190a000-0000-7000-8000-00000000c001" }, "sep31-receiver"]
  ])(
    "a customer that is %s with customer_info_needed and its type (S31-ERR-02, S31-POST-10)",
    async (_, change, type) => {
      await world.run(
        register(
          "0190a000-0000-7000-8000-00000000c001" as CustomerId,
          "sep31-receiver",
          "ACCEPTED",
          otherAnchor
        )
      )
      const answer = await post(change)

      expect(answer.status).toBe(400)
      expect(answer.body).toEqual({ error: "customer_info_needed", type })
    }
  )

  it("a rejected customer plainly (S31-ERR-04, S31-ERR-01)", async () => {
    const id = "0190a000-0000-7000-8000-00000000c003" as CustomerId
    await world.run(register(id, "sep31-receiver", "REJECTED"))

    expect((await post({ receiver_id: id })).body).toEqual({
      error: "the receiver cannot take part in payments here"
    })
  })

  it("missing fields with transaction_info_needed and only those (S31-ERR-03, S31-POST-13)", async () => {
    const answer = await post({ fields: { transaction: { type: "SEPA", account_number: "1" } } })

    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      error: "transaction_info_needed",
      fields: {
        transaction: { routing_number: { description: "routing number of the destination bank account" } }
      }
    })
  })

  it("one thing after another, in the order of the checks (S31-ERR-05)", async () => {
    const wrong = {
      amount: "1e3",
      asset_code: "USDC",
      funding_method: "PIX",
      quote_id: "q",
      refund_memo: "x",
      sender_id: "nobody",
      receiver_id: receiverId,
      fields: { transaction: {} }
    }
    const said = async (change: Readonly<Record<string, unknown>>) =>
      (
        (await world.ask("POST", "/sep31/transactions", { body: { ...wrong, ...change } })).body as {
          error: string
        }
      ).error

    expect(await said({ amount: true })).toContain("amount is a boolean")
    expect(await said({})).toContain("amount")
    expect(await said({ amount: "100" })).toContain("funding_method")
    expect(await said({ amount: "100", funding_method: "SEPA" })).toContain("quote_id")
    const quoteless = { amount: "100", funding_method: "SEPA", quote_id: undefined }
    expect(await said(quoteless)).toContain("refund_memo")
    expect(await said({ ...quoteless, refund_memo: undefined })).toBe("customer_info_needed")
    expect(await said({ ...quoteless, refund_memo: undefined, sender_id: senderId })).toBe(
      "transaction_info_needed"
    )
  })

  it("while some receiving account is not watched: 503 with Retry-After", async () => {
    world.script.accepting = false
    const answer = await post()

    expect(answer.status).toBe(503)
    expect(answer.headers.get("retry-after")).toBe("10")
    expect((await post({}, null)).status).toBe(403)
  })
})

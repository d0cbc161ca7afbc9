// GET and PATCH /sep31/transactions/:id over a real listener, with payments and payouts that really happen below.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { ProposedUpdate } from "../../../src/ports/BusinessHooks.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { having, like, someText } from "../../support/matchers.ts"
import { issuer, otherAnchor, receiverId, sendingAnchor } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.hooks = {}
  world.script.outcomes.clear()
  world.script.values.clear()
})

const create = async (accountNumber: string): Promise<string> => {
  const transaction = { ...goodPost.fields.transaction, account_number: accountNumber }
  const { body } = await world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, fields: { transaction } }
  })
  return (body as { readonly id: string }).id
}
const rowOf = (id: string) =>
  world.run(
    Effect.flatMap(Storage, (storage) => storage.transactions([id as TransactionId])).pipe(
      Effect.flatMap(([row]) =>
        row === undefined ? Effect.die(new Error(`no transaction ${id}`)) : Effect.succeed(row)
      )
    )
  )
const paid = async (id: string, value = "100") => world.run(pay(await rowOf(id), value))
const get = async (id: string, as?: string) =>
  world.ask("GET", `/sep31/transactions/${id}`, as === undefined ? {} : { as })
const transaction = async (id: string) =>
  ((await get(id)).body as { readonly transaction: Readonly<Record<string, unknown>> }).transaction
const untilStatus = (id: string, status: string) =>
  waitFor(`${id} to be ${status}`, async () => {
    const found = await transaction(id)
    return found["status"] === status ? found : undefined
  })
const patch = (id: string, values: unknown, as?: string) =>
  world.ask("PATCH", `/sep31/transactions/${id}`, {
    body: { fields: { transaction: values } },
    ...(as === undefined ? {} : { as })
  })
const askFor: PayoutOutcome = {
  _tag: "TransactionInfoNeeded",
  fields: { account_number: { description: "an account that is open" } },
  message: "the account is closed"
}
/** A funded transaction whose rail wants another account number. */
const waiting = async (number: string): Promise<string> => {
  world.script.outcomes.set(number, askFor)
  const id = await create(number)
  await paid(id)
  await untilStatus(id, "pending_transaction_info_update")
  return id
}

describe("sep31 GET /transactions/:id", () => {
  it("answers the one member transaction (S31-GET-01, S31-GET-03)", async () => {
    const id = await create("1")
    const { body, status } = await get(id)
    const asset = `stellar:USDC:${issuer}`

    expect(status).toBe(200)
    expect(body).toEqual({
      transaction: having({
        id,
        status: "pending_sender",
        amount_in: "100",
        amount_in_asset: asset,
        amount_out: "98",
        amount_fee: "2",
        fee_details: { total: "2", asset },
        refunded: false,
        started_at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      })
    })
  })

  it("shows the amount received, the hash that brought it and the rail's id when delivered (S31-PAY-13, S31-AMT-09)", async () => {
    const id = await create("2")
    await paid(id, "50")
    const done = await untilStatus(id, "completed")

    expect(done).toMatchObject({
      amount_in: "50",
      amount_fee: "1.5",
      amount_out: "48.5",
      stellar_transaction_id: like(/^[0-9a-f]{64}$/),
      external_transaction_id: like(/^bank-/),
      completed_at: someText
    })
  })

  it("shows a full refund made by the integrator (S31-REF-01, S31-REF-09)", async () => {
    world.script.outcomes.set("3", {
      _tag: "RefundedByIntegrator",
      amount: "100",
      stellarTransactionHash: "c".repeat(64),
      reason: "the bank is closed"
    })
    const id = await create("3")
    await paid(id)

    expect(await untilStatus(id, "refunded")).toMatchObject({
      refunded: true,
      status_message: "the bank is closed",
      refunds: {
        amount_refunded: "100",
        amount_fee: "0",
        payments: [{ id: "c".repeat(64), amount: "100", fee: "0" }]
      }
    })
  })

  it("shows the accepted amount while a part is owed back (S31-AMT-02)", async () => {
    world.script.outcomes.set("4", { _tag: "PartlyRefused", refused: "10", rest: "delivered" })
    const id = await create("4")
    await paid(id)
    const owed = await waitFor("a part to be owed", async () => {
      const found = await transaction(id)
      return found["amount_in"] === "90" ? found : undefined
    })

    expect(owed).toMatchObject({
      status: "pending_receiver",
      amount_out: "88",
      amount_fee: "2",
      refunded: false
    })
  })

  it("keeps to itself why a payout is held (S31-GET-08)", async () => {
    world.script.outcomes.set("5", { _tag: "Unknown", reason: "timeout at bank.internal" })
    const id = await create("5")
    await paid(id)
    await waitFor("the payout to be held", async () => (await rowOf(id)).state === "pending_receiver.held")
    const text = JSON.stringify(await transaction(id))

    expect(text).not.toContain("bank.internal")
    expect(text).not.toContain(receiverId)
  })

  it.each([
    ["an unknown id", "0190a000-0000-7000-8000-00000000ffff"],
    ["no id at all", "not-an-id"],
    ["an id in capitals", "0190A000-0000-7000-8000-000000000001"],
    ["an id too long for anything", "a".repeat(5000)],
    ["an encoded path", "..%2F..%2Fetc"],
    ["a NUL", "%00"]
  ])("%s is 404 (S31-GET-02)", async (_, id) => {
    expect(await get(id)).toMatchObject({ status: 404, body: { error: someText } })
  })

  it("another's transaction answers as an unknown one, word for word (S31-AUTH-07, S31-PATCH-02, SEC-20)", async () => {
    const id = await create("6")
    const other = await world.token(otherAnchor)
    const unknown = "0190a000-0000-7000-8000-00000000ffff"
    world.script.outcomes.set("6", askFor)
    await paid(id)
    await untilStatus(id, "pending_transaction_info_update")

    expect(await get(id, other)).toMatchObject({
      status: 404,
      body: (await get(unknown, other)).body as object
    })
    expect(await patch(id, { account_number: "7" }, other)).toMatchObject({
      status: 404,
      body: (await patch(unknown, { account_number: "7" }, other)).body as object
    })
    expect(await transaction(id)).toMatchObject({ status: "pending_transaction_info_update" })
  })

  it("a token with a memo sees what the base account made, and the reverse (S31-AUTH-08)", async () => {
    const id = await create("7")

    expect((await get(id, await world.token(`${sendingAnchor}:9`))).status).toBe(200)
  })

  it("many readers at once are all answered (S31-GET-01)", async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => create(`8${n}`)))
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => transaction(ids[n % 5] ?? "")))

    expect(answers.map((found) => found["id"])).toEqual(Array.from({ length: 60 }, (_, n) => ids[n % 5]))
  })
})

describe("sep31 PATCH /transactions/:id", () => {
  it("asks for the fields a rail sent back, and takes them (S31-PATCH-05, S31-PATCH-06, S31-GET-07)", async () => {
    const id = await waiting("closed-1")
    expect(await transaction(id)).toMatchObject({
      required_info_message: "the account is closed",
      required_info_updates: { transaction: { account_number: { description: "an account that is open" } } }
    })

    const { body, status } = await patch(id, { account_number: "open-1" })

    expect(status).toBe(200)
    expect(body).toEqual({ transaction: having({ id, amount_in: "100" }) })
    expect(body).not.toHaveProperty("transaction.required_info_updates")
    expect(body).not.toHaveProperty("transaction.required_info_message")
    expect((await untilStatus(id, "completed"))["status"]).toBe("completed")
  })

  it("pays the next attempt to the merged fields and the customer as it is now (SEC-34)", async () => {
    world.script.values.set(receiverId, { last_name: "Before" })
    const id = await waiting("closed-2")
    world.script.values.set(receiverId, { last_name: "After" })
    await patch(id, { account_number: "open-2" })
    await untilStatus(id, "completed")
    const attempts = world.paid.filter((payout) => payout.transactionId === id)

    expect(attempts.map((payout) => payout.receiver["last_name"])).toEqual(["Before", "After"])
    expect(attempts[1]).toMatchObject({
      payoutId: `${id}:2`,
      fields: { ...goodPost.fields.transaction, account_number: "open-2" }
    })
  })

  it("pays by the last snapshot while the customer's new values are not ACCEPTED (SEC-34)", async () => {
    const judge = (status: string) =>
      world.run(
        Effect.flatMap(Storage, (storage) =>
          storage.recordVerdict({
            id: receiverId,
            type: "sep31-receiver",
            status,
            message: null,
            askAgainInSeconds: null,
            put: []
          })
        )
      )
    world.script.values.set(receiverId, { last_name: "Before" })
    const id = await waiting("closed-unjudged")
    world.script.values.set(receiverId, { last_name: "Unjudged" })
    await judge("PROCESSING")
    await patch(id, { account_number: "open-unjudged" })
    await untilStatus(id, "completed")
    await judge("ACCEPTED")

    expect(world.paid.filter((payout) => payout.transactionId === id)[1]?.receiver).toEqual({
      last_name: "Before"
    })
  })

  it("pays an erased customer by the last snapshot", async () => {
    world.script.values.set(receiverId, { last_name: "Before" })
    const id = await waiting("closed-3")
    world.script.values.clear()
    await patch(id, { account_number: "open-3" })
    await untilStatus(id, "completed")

    expect(world.paid.filter((payout) => payout.transactionId === id)[1]?.receiver).toEqual({
      last_name: "Before"
    })
  })

  it.each([
    ["no JSON", "fields", "application/json", 400],
    ["an array", "[]", "application/json", 400],
    ["no fields", "{}", "application/json", 400],
    ["an empty update", '{"fields":{"transaction":{}}}', "application/json", 400],
    [
      "a field not asked for",
      '{"fields":{"transaction":{"account_number":"1","type":"SEPA"}}}',
      "application/json",
      400
    ],
    ["another field", '{"fields":{"transaction":{"type":"SEPA"}}}', "application/json", 400],
    ["a blank value", '{"fields":{"transaction":{"account_number":" "}}}', "application/json", 400],
    ["a number", '{"fields":{"transaction":{"account_number":1}}}', "application/json", 400],
    ["a form", "a=b", "application/x-www-form-urlencoded", 415]
  ])("refuses %s and changes nothing (S31-PATCH-04, S31-PATCH-07, A13)", async (name, body, type, status) => {
    const id = await waiting(`closed-${name}`)
    const before = await rowOf(id)
    const answer = await world.ask("PATCH", `/sep31/transactions/${id}`, { body, type })

    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: someText })
    expect(await rowOf(id)).toEqual(before)
  })

  it("refuses an update that nothing waits for (S31-PATCH-03)", async () => {
    const id = await create("9")

    expect(await patch(id, { account_number: "1" })).toMatchObject({
      status: 400,
      body: { error: "the transaction waits for no update: its status is pending_sender" }
    })
  })

  it("takes one of two updates at once (S31-PATCH-09, A14)", async () => {
    const id = await waiting("closed-4")
    const answers = await Promise.all([
      patch(id, { account_number: "a" }),
      patch(id, { account_number: "b" })
    ])

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400])
    await untilStatus(id, "completed")
    expect(world.paid.filter((payout) => payout.transactionId === id)).toHaveLength(2)
  })
})

describe("process_patch_request", () => {
  it("gets the values with what the transaction was made with", async () => {
    let asked: ProposedUpdate | undefined
    world.script.hooks = {
      validateTransaction: () =>
        Effect.succeed({ _tag: "Accepted", reference: "order-1", metadata: { a: "b" } }),
      acceptUpdate: (update) => Effect.sync(() => ((asked = update), { _tag: "Accepted" as const }))
    }
    const id = await waiting("closed-5")
    await patch(id, { account_number: "open-5" })

    expect(asked).toEqual({
      transactionId: id,
      sendingAnchor,
      fields: { account_number: "open-5" },
      reference: "order-1",
      metadata: { a: "b" },
      lang: "en"
    })
  })

  it("ValueError → 400 with its message, and nothing changes (S31-PATCH-08)", async () => {
    world.script.hooks = {
      acceptUpdate: () => Effect.succeed({ _tag: "Refused", error: "invalid account_number" })
    }
    const id = await waiting("closed-6")
    const before = await rowOf(id)

    expect(await patch(id, { account_number: "bad" })).toMatchObject({
      status: 400,
      body: { error: "invalid account_number" }
    })
    expect(await rowOf(id)).toEqual(before)
  })

  it.each([
    ["dies", Effect.die(new Error("a secret of the integrator"))],
    ["fails", Effect.fail("down")],
    ["answers nothing", Effect.void as unknown as Effect.Effect<never>]
  ] as const)("that %s is our 500, and nothing changes (S31-ERR-06)", async (name, answer) => {
    world.script.hooks = { acceptUpdate: () => answer }
    const id = await waiting(`closed-hook-${name}`)
    const before = await rowOf(id)

    expect(await patch(id, { account_number: "x" })).toMatchObject({
      status: 500,
      body: { error: "internal error" }
    })
    expect(await rowOf(id)).toEqual(before)
  })
})

it("no line of the log holds a customer's data or a field's value (SEC-21)", async () => {
  world.script.values.set(receiverId, { last_name: "value-canary" })
  const id = await create("field-canary")
  world.script.hooks = { acceptUpdate: () => Effect.die(new Error("hook-canary")) }
  world.script.outcomes.set("field-canary", askFor)
  await paid(id)
  await untilStatus(id, "pending_transaction_info_update")
  await patch(id, { account_number: "patch-canary" })

  expect(world.lines.length).toBeGreaterThan(0)
  expect(world.lines.filter((line) => line.includes("canary"))).toEqual([])
})

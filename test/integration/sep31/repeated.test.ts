// Idempotency-Key: a POST whose answer was lost may be sent again, and makes nothing twice.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { like } from "../../support/matchers.ts"
import { otherAnchor, receiverId, sendingAnchor } from "../../support/sep31.ts"
import { goodPost, register, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())

const post = (key: string | null, change: Readonly<Record<string, unknown>> = {}, as?: string) =>
  world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, ...change },
    headers: key === null ? {} : { "idempotency-key": key },
    ...(as === undefined ? {} : { as })
  })
const stored = () =>
  world.run(
    Effect.map(
      Effect.flatMap(Storage, (storage) => storage.list({ limit: 1000 })),
      (rows) => rows.length
    )
  )

describe("a POST with an Idempotency-Key", () => {
  it("is answered as the first time when it comes again (S31-POST-22, A1)", async () => {
    const first = await post("order-1")
    const count = await stored()
    const again = await post("order-1")

    expect(first.status).toBe(201)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(await stored()).toBe(count)
  })

  it("is the same request however it is written (S31-POST-22)", async () => {
    const first = await post("order-2", { amount: "100", lang: "en" })
    const { fields, ...rest } = goodPost
    const transaction = Object.fromEntries(Object.entries(fields.transaction).reverse())
    const again = await world.ask("POST", "/sep31/transactions", {
      body: `{"unknown":1,"fields":${JSON.stringify({ transaction })},${JSON.stringify({ ...rest, amount: 0 })
        .slice(1)
        .replace('"amount":0', '"amount":100.000')}`,
      headers: { "idempotency-key": "order-2" }
    })

    expect([again.status, again.body]).toEqual([201, first.body])
  })

  it.each([
    ["amount", { amount: "101" }],
    ["method", { funding_method: "SWIFT" }],
    ["field", { fields: { transaction: { ...goodPost.fields.transaction, account_number: "other" } } }],
    ["language", { lang: "es" }]
  ])("of another request, by its %s, is refused, and says why (S31-POST-22, A1)", async (name, change) => {
    await post(`used-${name}`)
    const count = await stored()
    const answer = await post(`used-${name}`, change)

    expect(answer).toMatchObject({ status: 400, body: { error: like(/Idempotency-Key/) } })
    expect(await stored()).toBe(count)
  })

  it("makes one transaction of many at the same time (S31-POST-22, A1)", async () => {
    const before = await stored()
    const answers = await Promise.all(Array.from({ length: 10 }, () => post("order-3")))

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(await stored()).toBe(before + 1)
  })

  it("is the Sending Anchor's own: another may use the same (S31-POST-22, SEC-20)", async () => {
    const mine = await post("order-4")
    const theirs = await post(
      "order-4",
      { sender_id: undefined, receiver_id: undefined },
      await world.token(otherAnchor)
    )

    expect(theirs.status).toBe(201)
    expect((theirs.body as { readonly id: string }).id).not.toBe((mine.body as { readonly id: string }).id)
  })

  it("is not used up by a refusal (S31-POST-22, S31-POST-23)", async () => {
    expect((await post("order-5", { amount: "0" })).status).toBe(400)
    expect((await post("order-5")).status).toBe(201)
  })

  it("repeats an answer without account and memo even after they are told elsewhere (S31-POST-22, S31-RESP-03)", async () => {
    const id = "0190a000-0000-7000-8000-0000000f0001" as CustomerId
    world.script.verdicts.set(id, "PROCESSING")
    await world.run(register(id, "sep31-sender", "PROCESSING", sendingAnchor))
    const first = await post("order-6", { sender_id: id })
    const { id: transaction } = first.body as { readonly id: string }
    await world.run(
      Effect.flatMap(Customers, (service) => service.report(id, "sep31-sender", { status: "ACCEPTED" }))
    )
    await waitFor("the transaction to be ready", async () => {
      const { body } = await world.ask("GET", `/sep31/transactions/${transaction}`)
      return (body as { transaction: { status: string } }).transaction.status === "pending_sender"
    })
    const again = await post("order-6", { sender_id: id })

    expect(first.body).toEqual({ id: transaction })
    expect([again.status, again.body]).toEqual([201, first.body])
  })

  it.each([
    ["an empty one", ""],
    ["one with a space", "a b"],
    ["one that is too long", "k".repeat(201)]
  ])("that is %s is refused (S31-POST-22)", async (_, key) => {
    expect(await post(key)).toMatchObject({ status: 400, body: { error: like(/Idempotency-Key/) } })
  })

  it("leaves nothing of the request to be read: what is kept is a keyed digest (SEC-21)", async () => {
    await post("order-7")
    const kept = await world.run(
      Effect.flatMap(Storage, (storage) => storage.repeated(sendingAnchor, "order-7"))
    )

    expect(kept?.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(kept?.transaction.receiverId).toBe(receiverId)
  })
})

describe("without one", () => {
  it("two equal posts are two transactions (S31-POST-22)", async () => {
    const [first, second] = [await post(null), await post(null)]

    expect(first.body).not.toEqual(second.body)
  })
})

// Does the rail behave towards each account number as the table of triggers says, and does its book tell the truth?
// Over loopback; where the rail cuts the line the client sees what a client of a bank sees: nothing.
import { describe, expect, it } from "vitest"
import type { Sandbox } from "../../../adapters/sandbox/SandboxServer.ts"
import { startWorld } from "./world.ts"

interface Order {
  readonly payoutId?: string
  readonly transactionId?: string
  readonly amount?: string
  readonly customer?: string | null
  readonly transaction?: string | null
}

interface Reply {
  readonly status: number
  readonly body: unknown
}

const replyOf = async (response: Response): Promise<Reply> => ({
  status: response.status,
  body: await response.json()
})

const post = async (sandbox: Sandbox, path: string, body: object, signal?: AbortSignal): Promise<Reply> =>
  replyOf(
    await fetch(`${sandbox.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal })
    })
  )

const pay = (
  sandbox: Sandbox,
  { payoutId = "t1:1", transactionId = "t1", amount = "100", customer = null, transaction = null }: Order,
  signal?: AbortSignal
): Promise<Reply> =>
  post(
    sandbox,
    "/rail/payouts",
    {
      payoutId,
      transactionId,
      amount,
      asset: "iso4217:BRL",
      fundingMethod: "bank_account",
      customerAccountNumber: customer,
      transactionAccountNumber: transaction
    },
    signal
  )

const lookUp = async (sandbox: Sandbox, payoutId = "t1:1"): Promise<Reply> =>
  replyOf(await fetch(`${sandbox.url}/rail/payouts/${encodeURIComponent(payoutId)}`))

const bookOf = async (
  sandbox: Sandbox
): Promise<ReadonlyArray<readonly [payoutId: string, amount: string]>> =>
  sandbox.rail.book.entries.map(({ payoutId, amount }) => [payoutId, amount])

describe("rail POST /rail/payouts", () => {
  it("anything else: delivers at once and writes its book", async () => {
    const { sandbox } = await startWorld()

    const reply = await pay(sandbox, { customer: "5550199", amount: "100.50" })

    expect(reply).toMatchObject({ status: 200, body: { outcome: "delivered", amount: "100.5" } })
    const book = await replyOf(await fetch(`${sandbox.url}/rail/book?transaction_id=t1`))
    expect(book).toMatchObject({
      body: {
        entries: [{ payoutId: "t1:1", transactionId: "t1", amount: "100.5", account: "5550199" }]
      }
    })
  })

  it("no account number at all: delivers", async () => {
    const { sandbox } = await startWorld()

    expect(await pay(sandbox, {})).toMatchObject({ body: { outcome: "delivered" } })
  })

  it("0001: is pending until it is settled, for polls and look-ups alike", async () => {
    const { sandbox } = await startWorld({ railSettleAfterMs: 3_600_000 })
    const accepted = await pay(sandbox, { customer: "0001" })
    const early = await post(sandbox, "/rail/poll", { payoutIds: ["t1:1", "t9:1"] })

    await post(sandbox, "/rail/settle", {})

    expect(accepted).toMatchObject({ status: 200, body: { outcome: "pending" } })
    expect(early.body).toMatchObject({
      answers: [
        { payoutId: "t1:1", outcome: "pending" },
        { payoutId: "t9:1", outcome: "unknown" }
      ]
    })
    expect(await post(sandbox, "/rail/poll", { payoutIds: ["t1:1"] })).toMatchObject({
      body: { answers: [{ payoutId: "t1:1", outcome: "delivered", amount: "100" }] }
    })
    expect(await lookUp(sandbox)).toMatchObject({ status: 200, body: { outcome: "delivered" } })
  })

  it("0001: settles by itself after the time set", async () => {
    const clock = { now: 1_800_000_000_000 }
    const { sandbox } = await startWorld({ railSettleAfterMs: 2000, now: () => clock.now })
    await pay(sandbox, { customer: "0001" })
    clock.now += 1999
    const early = await lookUp(sandbox)
    clock.now += 1

    expect(early.body).toMatchObject({ outcome: "pending" })
    expect((await lookUp(sandbox)).body).toMatchObject({ outcome: "delivered" })
  })

  it("0002: asks for another account number and takes nothing; the number given with the transaction wins", async () => {
    const { sandbox } = await startWorld()

    const asked = await pay(sandbox, { customer: "0002" })
    const corrected = await pay(sandbox, { payoutId: "t1:2", customer: "0002", transaction: "5550123" })

    expect(asked.body).toMatchObject({ outcome: "transaction_info_needed", fields: ["account_number"] })
    expect(corrected.body).toMatchObject({ outcome: "delivered" })
    expect(await bookOf(sandbox)).toEqual([["t1:2", "100"]])
  })

  it("0003: asks for other customer data, but only where the number is the customer's", async () => {
    const { sandbox } = await startWorld()

    const customers = await pay(sandbox, { customer: "0003" })
    const transactions = await pay(sandbox, { payoutId: "t1:2", customer: "0003", transaction: "0003" })

    expect(customers.body).toMatchObject({
      outcome: "customer_info_needed",
      party: "receiver",
      fields: ["bank_account_number"]
    })
    expect(transactions.body).toMatchObject({ outcome: "delivered" })
  })

  it("0004 and 0008: rejects, or fails, and takes nothing", async () => {
    const { sandbox } = await startWorld()

    expect(await pay(sandbox, { customer: "0004" })).toMatchObject({ body: { outcome: "rejected" } })
    expect(await pay(sandbox, { customer: "0008" })).toMatchObject({ body: { outcome: "failed" } })
    expect(await bookOf(sandbox)).toEqual([])
  })

  it("0005: is unavailable twice to a transaction, whatever its keys, then delivers once", async () => {
    const { sandbox } = await startWorld()

    const replies = [
      await pay(sandbox, { payoutId: "t1:1", customer: "0005" }),
      await pay(sandbox, { payoutId: "t1:2", customer: "0005" }),
      await pay(sandbox, { payoutId: "t1:2", customer: "0005" })
    ]

    expect(replies).toMatchObject([
      { status: 503, body: { accepted: false } },
      { status: 503, body: { accepted: false } },
      { status: 200, body: { outcome: "delivered" } }
    ])
    expect(await bookOf(sandbox)).toEqual([["t1:2", "100"]])
  })

  it("0006: accepts, loses its reply, and says delivered when looked up", async () => {
    const { sandbox } = await startWorld()

    await expect(pay(sandbox, { customer: "0006" })).rejects.toThrow("fetch failed")

    expect((await lookUp(sandbox)).body).toMatchObject({ outcome: "delivered", amount: "100" })
    expect(await bookOf(sandbox)).toEqual([["t1:1", "100"]])
  })

  it("0007: accepts and never answers, and says delivered when looked up", async () => {
    const { sandbox } = await startWorld()

    await expect(pay(sandbox, { customer: "0007" }, AbortSignal.timeout(200))).rejects.toThrow("timeout")

    expect((await lookUp(sandbox)).body).toMatchObject({ outcome: "delivered" })
    expect(await bookOf(sandbox)).toEqual([["t1:1", "100"]])
  })

  it.each([
    ["100", "99", "1"],
    ["1.5", "0.75", "0.75"],
    ["0.0000003", "0.0000002", "0.0000001"]
  ])("0009: of %s delivers %s and refuses %s", async (amount, deliveredAmount, refusedAmount) => {
    const { sandbox } = await startWorld()

    const reply = await pay(sandbox, { customer: "0009", amount })

    expect(reply.body).toMatchObject({ outcome: "partly_refused", deliveredAmount, refusedAmount })
    expect((await lookUp(sandbox)).body).toEqual(reply.body)
    expect(await bookOf(sandbox)).toEqual([["t1:1", deliveredAmount]])
  })

  it("0010: accepts, loses its reply, and does not know when looked up or polled", async () => {
    const { sandbox } = await startWorld()

    await expect(pay(sandbox, { customer: "0010" })).rejects.toThrow("fetch failed")

    expect(await lookUp(sandbox)).toEqual({ status: 200, body: { outcome: "unknown" } })
    expect((await post(sandbox, "/rail/poll", { payoutIds: ["t1:1"] })).body).toEqual({
      answers: [{ payoutId: "t1:1", outcome: "unknown" }]
    })
    expect(await bookOf(sandbox)).toEqual([["t1:1", "100"]])
  })

  it("pays the same key twice when asked twice, and the book shows it", async () => {
    const { sandbox } = await startWorld()

    await pay(sandbox, { customer: "5550199" })
    await pay(sandbox, { customer: "5550199" })

    expect(await bookOf(sandbox)).toEqual([
      ["t1:1", "100"],
      ["t1:1", "100"]
    ])
  })

  it("refuses what is no order, and says that it took nothing", async () => {
    const { sandbox } = await startWorld()

    expect(await post(sandbox, "/rail/payouts", { payoutId: "t1:1" })).toMatchObject({
      status: 400,
      body: { accepted: false }
    })
    expect(await pay(sandbox, { amount: "-5" })).toMatchObject({ status: 400, body: { accepted: false } })
    expect(await pay(sandbox, { amount: "0" })).toMatchObject({ status: 400, body: { accepted: false } })
    expect(await bookOf(sandbox)).toEqual([])
  })
})

describe("rail GET /rail/payouts/:payoutId", () => {
  it("voids a key that was never accepted, so that a late order under it is never paid", async () => {
    const { sandbox } = await startWorld()

    const asked = await lookUp(sandbox)
    const late = await pay(sandbox, { customer: "5550199" })

    expect(asked).toEqual({ status: 404, body: { accepted: false } })
    expect(late).toMatchObject({ status: 409, body: { accepted: false, voided: true } })
    expect(await bookOf(sandbox)).toEqual([])
  })

  it("voids the key of an order that is still on its way", async () => {
    const { sandbox } = await startWorld({ railLatencyMs: 100 })

    const underway = pay(sandbox, { customer: "5550199" })
    const asked = await lookUp(sandbox)

    expect(asked.status).toBe(404)
    expect((await underway).status).toBe(409)
    expect(await bookOf(sandbox)).toEqual([])
  })

  it("of a poll, leaves a key that was never accepted usable", async () => {
    const { sandbox } = await startWorld()

    await post(sandbox, "/rail/poll", { payoutIds: ["t1:1"] })

    expect((await pay(sandbox, { customer: "5550199" })).status).toBe(200)
  })
})

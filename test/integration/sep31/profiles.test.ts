// The three generations of clients: who is told at once what is missing, whose transaction waits, and what each is shown.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { CustomerId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { Profile } from "../../../src/KedgeConfig.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { like } from "../../support/matchers.ts"
import { otherAnchor, receiverId, receivingAccount, sendingAnchor } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

const whereToPay = ["stellar_account_id", "stellar_memo_type", "stellar_memo"]
const trio = {
  stellar_account_id: receivingAccount,
  stellar_memo_type: "id",
  stellar_memo: like(/^[0-9]+$/)
}

const worldOf = async (profile: Profile | undefined) => {
  const world = await startSep31({
    settings: {
      sendingAnchors: [
        { account: sendingAnchor, name: "one", ...(profile === undefined ? {} : { profile }) },
        { account: otherAnchor, name: "two" }
      ]
    }
  })
  await world.run(registerBoth)
  let customers = 0
  /** Another sender, known and not judged yet; the provider answers `status` when asked. */
  const sender = async (status?: "ACCEPTED" | "PROCESSING" | "REJECTED") => {
    customers += 1
    const id = `0190a000-0000-7000-8000-0000000e${customers.toString().padStart(4, "0")}` as CustomerId
    if (status !== undefined) world.script.verdicts.set(id, status)
    await world.run(
      Effect.flatMap(Storage, (storage) =>
        storage.createCustomer({
          id,
          owner: sendingAnchor,
          account: sendingAnchor,
          memo: { type: "text", value: `e${customers}` }
        })
      )
    )
    return id
  }
  const post = (change: Readonly<Record<string, unknown>> = {}) =>
    world.ask("POST", "/sep31/transactions", { body: { ...goodPost, ...change } })
  const created = async (change: Readonly<Record<string, unknown>> = {}) => {
    const { body, status } = await post(change)
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
    return (body as { readonly id: TransactionId }).id
  }
  const get = async (id: string) =>
    (
      (await world.ask("GET", `/sep31/transactions/${id}`)).body as {
        readonly transaction: Readonly<Record<string, unknown>>
      }
    ).transaction
  const rowOf = async (id: TransactionId) => {
    const [row] = await world.run(Effect.flatMap(Storage, (storage) => storage.transactions([id])))
    if (row === undefined) throw new Error(`no transaction ${id}`)
    return row
  }
  const until = (id: TransactionId, state: string) =>
    waitFor(`${id} to be ${state}`, async () => (await rowOf(id)).state === state)
  const judge = (id: CustomerId, status: "ACCEPTED" | "PROCESSING" | "REJECTED") => {
    world.script.verdicts.set(id, status)
    return world.run(Effect.flatMap(Customers, (service) => service.report(id, "sep31-sender", { status })))
  }
  return { ...world, sender, post, created, get, rowOf, until, judge }
}
type World = Awaited<ReturnType<typeof worldOf>>

describe.each(["v1", "v2"] as const)("a %s client", (profile) => {
  let world: World
  beforeAll(async () => {
    world = await worldOf(profile)
  })
  afterAll(() => world.stop())

  it.each([
    ["missing", async () => undefined],
    ["incomplete", () => world.sender()]
  ])("is told of a customer that is %s, with its type (S31-ERR-02, S31-DUAL-04)", async (_, sender) => {
    expect(await world.post({ sender_id: await sender() })).toMatchObject({
      status: 400,
      body: { error: "customer_info_needed", type: "sep31-sender" }
    })
  })

  it("with accepted customers is told at once where to pay (S31-RESP-09, S31-RESP-03)", async () => {
    const { body } = await world.post()

    expect(body).toEqual({ id: like(/^[0-9a-f-]{36}$/), ...trio })
  })

  it("is refused plainly for a rejected customer (S31-ERR-04)", async () => {
    const { body, status } = await world.post({ sender_id: await world.sender("REJECTED") })

    expect([status, body]).toEqual([400, { error: "the sender cannot take part in payments here" }])
  })
})

describe("a v1 client whose customer is still being judged", () => {
  let world: World
  beforeAll(async () => {
    world = await worldOf("v1")
  })
  afterAll(() => world.stop())

  it("gets account and memo, which are reserved, and polls for pending_sender (S31-DUAL-05)", async () => {
    const sender = await world.sender("PROCESSING")
    const { body, status } = await world.post({ sender_id: sender })
    const { id } = body as { readonly id: TransactionId }

    expect(status).toBe(201)
    expect(body).toEqual({ id, ...trio })
    expect(await world.get(id)).toMatchObject({ status: "pending_receiver", ...trio })

    await world.judge(sender, "ACCEPTED")
    await world.until(id, "pending_sender.awaitingPayment")
    expect(await world.get(id)).toMatchObject({ ...(body as object), status: "pending_sender" })
  })

  it("that pays too early finds its payment parked, and nothing paid out (S31-PAY-12, S31-ST-02)", async () => {
    const id = await world.created({ sender_id: await world.sender("PROCESSING") })
    await world.run(pay(await world.rowOf(id), "100"))
    const { payments } = await world.run(Effect.flatMap(Storage, (storage) => storage.history(id)))

    expect(payments.map(({ reason, state }) => [state, reason])).toEqual([["parked", "early"]])
    expect((await world.rowOf(id)).state).toBe("pending_receiver.checking")
    expect(world.paid.filter((payout) => payout.transactionId === id)).toEqual([])
  })
})

describe("a v2 client whose customer is still being judged", () => {
  it("is not told where to pay before it is accepted (S31-DUAL-05, S31-RESP-04)", async () => {
    const world = await worldOf("v2")
    const sender = await world.sender("PROCESSING")
    const { body } = await world.post({ sender_id: sender })
    const { id } = body as { readonly id: TransactionId }

    expect(body).toEqual({ id })
    for (const member of whereToPay) expect(await world.get(id)).not.toHaveProperty(member)

    await world.judge(sender, "ACCEPTED")
    await world.until(id, "pending_sender.awaitingPayment")
    expect(await world.get(id)).toMatchObject({ status: "pending_sender", ...trio })
    await world.stop()
  })
})

describe("a v3 client, as every one is whose profile nobody set (S31-DUAL-01)", () => {
  let world: World
  beforeAll(async () => {
    world = await worldOf(undefined)
  })
  afterAll(() => world.stop())
  beforeEach(() => {
    world.script.hooks = {}
  })

  it.each([
    ["without customers", async () => ({ sender_id: undefined, receiver_id: undefined })],
    ["with one that lacks data", async () => ({ sender_id: await world.sender() })]
  ])(
    "posts first, %s: 201 with nothing but an id, and the customers are asked for (S31-DUAL-04, S31-RESP-02, S31-RESP-08)",
    async (_, change) => {
      const { body, status } = await world.post(await change())
      const { id } = body as { readonly id: TransactionId }

      expect(status).toBe(201)
      expect(body).toEqual({ id })
      await world.until(id, "pending_customer_info_update.awaitingData")
      const shown = await world.get(id)
      expect(shown).toMatchObject({
        status: "pending_customer_info_update",
        status_message: like(/information about the customers is missing/)
      })
      for (const member of whereToPay) expect(shown).not.toHaveProperty(member)
    }
  )

  it("whose customer is being judged waits for the verdict (S31-DUAL-05, S31-KYC-04)", async () => {
    const sender = await world.sender("PROCESSING")
    const id = await world.created({ sender_id: sender })

    expect(await world.get(id)).toMatchObject({
      status: "pending_receiver",
      status_message: like(/being checked/)
    })
    await world.judge(sender, "ACCEPTED")
    await world.until(id, "pending_sender.awaitingPayment")
    expect(await world.get(id)).toMatchObject(trio)
  })

  it("is told where to pay at once where everybody is accepted (S31-RESP-09, S31-RESP-05, S31-RESP-06)", async () => {
    expect((await world.post()).body).toEqual({ id: like(/^[0-9a-f-]{36}$/), ...trio })
  })

  it("whose customer is rejected while it waits is given up, and must not pay (S31-KYC-07)", async () => {
    const sender = await world.sender("PROCESSING")
    const id = await world.created({ sender_id: sender })
    await world.judge(sender, "REJECTED")
    await world.until(id, "error")
    const shown = await world.get(id)

    expect(shown).toMatchObject({ status: "error", status_message: like(/do not pay/) })
    for (const member of whereToPay) expect(shown).not.toHaveProperty(member)
  })

  it("is paid out to the receiver's data as accepted, with the fields of its POST (S31-KYC-04, SEC-34)", async () => {
    const sender = await world.sender("PROCESSING")
    world.script.values.set(receiverId, { last_name: "Before" })
    const id = await world.created({ sender_id: sender })
    world.script.values.set(receiverId, { last_name: "Accepted" })
    await world.judge(sender, "ACCEPTED")
    await world.until(id, "pending_sender.awaitingPayment")
    await world.run(pay(await world.rowOf(id), "100"))
    await world.until(id, "completed")

    expect(world.paid.find((payout) => payout.transactionId === id)).toMatchObject({
      receiver: { last_name: "Accepted" },
      fields: goodPost.fields.transaction,
      senderId: sender
    })
  })

  it("still hears of a customer that does not exist (S31-ERR-02)", async () => {
    expect(await world.post({ receiver_id: "0190a000-0000-7000-8000-00000000ffff" })).toMatchObject({
      status: 400,
      body: { error: "customer_info_needed", type: "sep31-receiver" }
    })
  })
})

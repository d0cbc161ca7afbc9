// Erasing customers while payments of theirs are under way: what goes at once, what stays until the last one is final.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CustomerId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Payouts } from "../../../src/payouts/Payouts.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { sealDestination } from "../../../src/runtime/Destination.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { ErasureSweeper } from "../../../src/sep12/ErasureSweeper.ts"
import { birth, bringPayments, payment, transactionId, untilState } from "../../support/runtimeWorld.ts"
import { anchorA, receiver, sender, type Sep12World, startSep12 } from "../../support/sep12World.ts"

const canary = "Zyzzyva-canary"
const paidTo: Array<string | undefined> = []
let world: Sep12World
beforeAll(async () => {
  world = await startSep12({
    execute: ({ receiver: to }) =>
      Effect.sync((): PayoutOutcome => {
        paidTo.push(to["bank_account_number"])
        return { _tag: "Pending", externalId: "e" }
      })
  })
})
afterAll(() => world.stop())

const erase = (memo: string) =>
  world.ask("DELETE", `/sep12/customer/${anchorA}`, { body: { memo, memo_type: "id" } })
const sweep = () => world.run(Effect.flatMap(ErasureSweeper, ({ runOnce }) => runOnce))
const valuesOf = (id: string) => [...(world.tables.customerValues.get(id as CustomerId)?.keys() ?? [])]

/** A funded transaction under way between two new customers of memos `n0` and `n1`. */
const underWay = async (n: number) => {
  const senderId = (await world.register({ ...sender, last_name: canary, memo: `${n}0` })) as CustomerId
  const receiverId = (await world.register({ ...receiver, memo: `${n}1` })) as CustomerId
  await world.run(
    Effect.gen(function* () {
      const actors = yield* Actors
      const customers = yield* Customers
      const destination = yield* sealDestination({
        receiver: yield* customers.values(receiverId),
        fields: {}
      })
      const sides = { senderType: "sep31-sender", receiverType: "sep31-receiver" }
      yield* actors.bear(birth(n, { senderId, receiverId, ...sides, destination }))
    })
  )
  return { senderId, receiverId }
}
const pay = (n: number) =>
  world.run(
    Effect.gen(function* () {
      yield* bringPayments([payment(n)])
      return yield* untilState(n, "pending_external.confirming")
    })
  )
const end = (id: TransactionId) =>
  world.run(
    Effect.flatMap(Storage, (storage) => storage.transactions([id])).pipe(Effect.map(([row]) => row?.status))
  )

/** Sealed rows that the transaction refers to and that are still there. */
const sealedOf = (id: TransactionId) =>
  world.run(
    Effect.gen(function* () {
      const storage = yield* Storage
      const [row] = yield* storage.transactions([id])
      const { payouts } = yield* storage.history(id)
      const sent = payouts.flatMap(({ sealed }) => (sealed === null ? [] : [sealed.id]))
      const destination = row?.destination ?? null
      return (yield* storage.sealed(destination === null ? sent : [destination, ...sent])).length
    })
  )

describe("sep12 DELETE with payments under way", () => {
  it("the customer is unknown at once, its name free and its files gone; its values go when the last payment is final (S12-DEL-05, SEC-22, H-39)", async () => {
    const { receiverId, senderId } = await underWay(1)
    const lines = world.lines.length

    expect((await erase("10")).status).toBe(200)
    expect((await world.get({ id: senderId })).status).toBe(404)
    expect((await world.get({ memo: "10" })).body).not.toHaveProperty("id")
    expect((await erase("10")).status).toBe(404)
    expect(await world.register({ ...sender, memo: "10" })).not.toBe(senderId)
    expect(valuesOf(senderId)).toContain("last_name")
    expect(await sweep()).toBe(0)
    expect(world.lines.slice(lines).join("\n")).toContain(senderId)
    expect(world.lines.slice(lines).join("\n")).not.toContain(canary)

    expect(await pay(1)).toBe("pending_external.confirming")
    expect(await sweep()).toBe(0)
    expect(await sealedOf(transactionId(1))).toBeGreaterThan(0)
    await world.run(
      Effect.flatMap(Payouts, (payouts) =>
        payouts.report(`${transactionId(1)}:1` as never, { _tag: "Delivered", externalId: "bank" })
      )
    )
    expect(await end(transactionId(1))).toBe("completed")
    expect(await sweep()).toBe(1)
    expect(valuesOf(senderId)).toEqual([])
    expect(valuesOf(receiverId)).not.toEqual([])
    expect(await sweep()).toBe(0)
    expect(await sealedOf(transactionId(1))).toBe(0)
    expect(world.lines.slice(lines).join("\n")).toContain("its last payment has ended")
    expect(world.lines.join("\n")).not.toContain(canary)
  })

  it("a destination that was replaced before any payout went to it is forgotten with the others (S12-DEL-04, SEC-22)", async () => {
    const senderId = (await world.register({ ...sender, memo: "50" })) as CustomerId
    const receiverId = (await world.register({ ...receiver, memo: "51" })) as CustomerId
    const id = transactionId(5)
    const first = await world.run(
      Effect.gen(function* () {
        const actors = yield* Actors
        const customers = yield* Customers
        const destination = yield* sealDestination({ receiver: {}, fields: { account_number: canary } })
        const template = birth(5)
        yield* actors.bear({
          ...template,
          leaf: "pending_receiver.checking",
          context: { ...template.context, unready: true },
          dueInSeconds: 60,
          senderId,
          receiverId,
          senderType: "sep31-sender",
          receiverType: "sep31-receiver",
          destination
        })
        yield* customers.askAgain({ id })
        return destination.id
      })
    )
    const isThere = () =>
      world.run(
        Effect.flatMap(Storage, (storage) => storage.sealed([first])).pipe(Effect.map((rows) => rows.length))
      )
    await pay(5)
    await world.run(
      Effect.flatMap(Payouts, (payouts) =>
        payouts.report(`${id}:1` as never, { _tag: "Delivered", externalId: "bank" })
      )
    )
    expect([await end(id), await isThere()]).toEqual(["completed", 1])

    await erase("51")
    expect([await isThere(), await sealedOf(id)]).toEqual([0, 0])
  })

  it("a receiver erased before the payment is still paid where its Sending Anchor was told (S12-DEL-05, S12-PUT-14)", async () => {
    const { receiverId } = await underWay(2)
    await erase("21")

    expect(await pay(2)).toBe("pending_external.confirming")
    expect(paidTo.at(-1)).toBe("12345")
    expect((await world.get({ id: receiverId })).status).toBe(404)
  })

  it("an erasure that dies when the record is closed is finished when the payments end (S12-DEL-05, SEC-22)", async () => {
    const { senderId } = await underWay(4)
    await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        yield* storage.deferErasure(senderId)
        yield* storage.eraseCustomer(senderId)
      })
    )
    expect(await sweep()).toBe(0)
    await pay(4)
    await world.run(
      Effect.flatMap(Payouts, (payouts) =>
        payouts.report(`${transactionId(4)}:1` as never, { _tag: "Delivered", externalId: "bank" })
      )
    )

    expect(await sweep()).toBe(1)
    expect(valuesOf(senderId)).toEqual([])
    expect(await sweep()).toBe(0)
  })

  it("without a payment under way everything goes at once (S12-DEL-04)", async () => {
    const id = await world.register({ ...sender, memo: "30", last_name: canary })
    await erase("30")

    expect(valuesOf(id)).toEqual([])
    expect(world.tables.customers.get(id as CustomerId)).toMatchObject({ erased: true, statuses: {} })
    expect(await sweep()).toBe(0)
  })
})

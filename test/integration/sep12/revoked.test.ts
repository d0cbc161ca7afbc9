// A Sending Anchor whose agreement has ended, with tokens that live on and customers that payments depend on.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { birth, bringPayments, payment, statusOf, untilState } from "../../support/runtimeWorld.ts"
import {
  anchorA,
  anchorB,
  nobody,
  receiver,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

const revoked = new Set<string>()
const type = "sep31-receiver"
const awaiting = "pending_customer_info_update.awaitingCustomer"
let isBroken = false
let world: Sep12World
beforeAll(async () => {
  world = await startSep12({
    settings: { sendingAnchors: [{ account: anchorA, name: "A" }] },
    hooks: {
      isSendingAnchor: (account) =>
        isBroken ? Effect.die(new Error("the registry is down")) : Effect.succeed(!revoked.has(account))
    },
    execute: () =>
      Effect.succeed({ _tag: "CustomerInfoNeeded", party: "receiver", fields: ["bank_account_number"] })
  })
})
afterAll(() => world.stop())

/** A funded transaction whose payout bounced for the data of a receiver of this account. */
const bounced = async (n: number, as: string) => {
  const senderId = (await world.register({ ...sender, memo: `${n}0` }, as)) as CustomerId
  const receiverId = (await world.register({ ...receiver, memo: `${n}1` }, as)) as CustomerId
  await world.run(
    Effect.gen(function* () {
      const sides = { senderType: "sep31-sender", receiverType: type, sendingAnchor: as }
      yield* (yield* Actors).bear(birth(n, { senderId, receiverId, ...sides }))
      yield* bringPayments([payment(n)])
      expect(yield* untilState(n, awaiting)).toBe(awaiting)
    })
  )
  return receiverId
}
/** Every way to change the customer. */
const changes = async (id: string, memo: string, as: string) => {
  const answers = [
    await world.put({ id, type, bank_account_number: "666" }, as),
    await world.put({ memo, type, bank_account_number: "666" }, as),
    await world.ask("PUT", "/sep12/customer/verification", {
      as,
      body: { id, mobile_number_verification: "1" }
    }),
    await world.ask("PUT", "/sep12/customer/callback", { as, body: { id, url: "https://x.example/" } }),
    await world.ask("DELETE", `/sep12/customer/${as}`, { as, body: { memo } })
  ]
  return answers.map(({ status }) => status)
}

describe("sep12 a revoked Sending Anchor", () => {
  it("changes no customer by a token that lives on, and redirects no payout (SEC-14, S31-AUTH-03)", async () => {
    const id = await bounced(1, anchorA)
    const before = world.tables.customers.get(id)
    revoked.add(anchorA)
    expect(await changes(id, "11", anchorA)).toEqual([403, 403, 403, 403, 403])
    revoked.clear()
    isBroken = true
    expect(await changes(id, "11", anchorA)).toEqual([403, 403, 403, 403, 403])
    isBroken = false

    expect(world.tables.customers.get(id)).toEqual(before)
    expect(await world.run(statusOf(1))).toBe(awaiting)
    expect((await world.put({ id, type, bank_account_number: "4711" })).status).toBe(202)
  })

  it("taken out of the registry changes no customer that stands in a payment (SEC-14)", async () => {
    const id = await bounced(2, anchorB)
    expect(await changes(id, "21", anchorB)).toEqual([403, 403, 403, 403, 403])
    expect(await world.run(statusOf(2))).toBe(awaiting)
  })

  it("is nobody to others: their own customers, in no payment, stay theirs (S12-GEN-05)", async () => {
    revoked.add(nobody)
    const id = await world.register({ ...sender, memo: "1" }, nobody)
    expect((await world.put({ id, last_name: "Hopper" }, nobody)).status).toBe(202)
    expect(
      (await world.ask("DELETE", `/sep12/customer/${nobody}`, { as: nobody, body: { memo: "1" } })).status
    ).toBe(200)
  })
})

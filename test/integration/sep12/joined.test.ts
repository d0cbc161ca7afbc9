// KYC after POST /transactions: customers that come to a transaction by its id, requirements that depend on it, and what the
// transaction becomes by them, before any payment.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import type { CustomerId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { Birth } from "../../../src/ports/rows.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { openDestination } from "../../../src/runtime/Destination.ts"
import { openNote } from "../../../src/runtime/Note.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import {
  asset,
  birth,
  bringPayments,
  payment,
  testSettings,
  transactionId
} from "../../support/runtimeWorld.ts"
import {
  anchorA,
  anchorB,
  customerTypes,
  nobody,
  person,
  receiver,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

const checking = "pending_receiver.checking"
const awaitingData = "pending_customer_info_update.awaitingData"
const awaitingPayment = "pending_sender.awaitingPayment"

let world: Sep12World
beforeAll(async () => {
  const [usdc] = testSettings.assets
  if (usdc === undefined) throw new Error("the settings have no asset")
  const large = { description: "tax identifier", optional: false, choices: null, fromAmount: amount("500") }
  world = await startSep12({
    settings: {
      assets: [{ ...usdc, senderTypes: ["sep31-sender"], receiverTypes: ["sep31-receiver"] }],
      customerTypes: {
        ...customerTypes,
        "sep31-sender": {
          description: "a person who sends money",
          fields: { ...customerTypes["sep31-sender"]?.fields, tax_id: large }
        },
        "sep24-customer": { description: "of another protocol", fields: {} }
      }
    }
  })
})
afterAll(() => world.stop())

let births = 0
/** A transaction of `anchorA` as POST leaves it: waiting for whoever is not named. */
const born = async (over: Partial<Birth> = {}): Promise<TransactionId> => {
  births += 1
  const id = transactionId(births)
  const template = birth(births)
  await world.run(
    Effect.gen(function* () {
      const actors = yield* Actors
      const customers = yield* Customers
      yield* actors.bear(
        birth(births, {
          leaf: checking,
          context: { ...template.context, unready: true },
          dueInSeconds: 60,
          senderType: "sep31-sender",
          receiverType: "sep31-receiver",
          sendingAnchor: anchorA,
          ...over
        })
      )
      yield* customers.askAgain({ id })
    })
  )
  return id
}
const row = (id: TransactionId) =>
  world.run(
    Effect.gen(function* () {
      const [found] = yield* (yield* Storage).transactions([id])
      return found ?? (yield* Effect.die(new Error("no such transaction")))
    })
  )
const stateOf = async (id: TransactionId) => (await row(id)).state
const sent = (transaction_id: string, side: "sender" | "receiver") => ({
  transaction_id,
  type: `sep31-${side}`
})

describe("sep12 customers of a transaction", () => {
  it("a transaction nobody stands in yet asks for data; GET tells which, without an id (S31-KYC-01, S31-KYC-03)", async () => {
    const id = await born()
    const { body, status } = await world.get(sent(id, "receiver"))

    expect(await stateOf(id)).toBe(awaitingData)
    expect([status, body["status"]]).toEqual([200, "NEEDS_INFO"])
    expect(body["fields"]).toHaveProperty("bank_account_number")
    expect(body).not.toHaveProperty("id")
  })

  it("a PUT makes the customer of that side, links it and answers its id, the same the next time (S31-KYC-03, S12-PUT-12)", async () => {
    const id = await born()
    const first = await world.put({ ...sent(id, "sender"), ...person })
    const again = await world.put({ ...sent(id, "sender"), ...person })
    const other = await world.put({ ...sent(id, "receiver"), first_name: "Eve" })
    const { receiverId, senderId } = await row(id)

    expect([first.status, again.status]).toEqual([202, 202])
    expect([first.body["id"], again.body["id"]]).toEqual([senderId, senderId])
    expect(other.body["id"]).toBe(receiverId)
    expect(receiverId).not.toBe(senderId)
    expect((await world.get(sent(id, "sender"))).body["id"]).toBe(senderId)
    expect((await world.get({ id: senderId ?? "", type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
  })

  it("both accepted, it is ready for funds, with the destination as it was judged (S31-KYC-04, S31-ST-08)", async () => {
    const id = await born()
    await world.register({ ...sent(id, "sender"), ...person })
    expect(await stateOf(id)).toBe(awaitingData)
    await world.register({ ...receiver, ...sent(id, "receiver"), bank_account_number: "4711" })
    const destination = await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        const [found] = yield* storage.transactions([id])
        const [sealed] = yield* storage.sealed(
          typeof found?.destination === "string" ? [found.destination] : []
        )
        return sealed === undefined ? null : yield* openDestination(sealed)
      })
    )

    expect(await stateOf(id)).toBe(awaitingPayment)
    expect((await row(id)).context).not.toHaveProperty("unready")
    expect(destination?.receiver).toMatchObject({ bank_account_number: "4711", last_name: "Okafor" })
  })

  it("a verdict still open keeps it in pending_receiver until it is reported (S31-KYC-04, S31-ST-08)", async () => {
    const id = await born()
    await world.register({ ...receiver, ...sent(id, "receiver") })
    const senderId = await world.register({ ...sent(id, "sender"), ...person, last_name: "PROCESSING" })
    expect(await stateOf(id)).toBe(checking)

    await world.register({ ...sent(id, "sender"), last_name: "Okafor" })
    expect(senderId).toBe((await row(id)).senderId)
    expect(await stateOf(id)).toBe(awaitingPayment)
  })

  it("data found wanting while it is checked asks for more again (S31-ST-07)", async () => {
    const id = await born()
    await world.register({ ...receiver, ...sent(id, "receiver") })
    await world.register({ ...sent(id, "sender"), ...person, last_name: "PROCESSING" })
    expect(await stateOf(id)).toBe(checking)

    await world.register({ ...sent(id, "sender"), last_name: "NEEDSINFO" })
    expect(await stateOf(id)).toBe(awaitingData)
    const { body } = await world.get(sent(id, "sender"))
    expect(body["status"]).toBe("NEEDS_INFO")
    expect(body["fields"]).toHaveProperty("last_name")
    expect(body["provided_fields"]).toMatchObject({ first_name: { status: "ACCEPTED" } })
  })

  it("one rejected before the payment ends it in error, with the words of the verdict (S31-KYC-07)", async () => {
    const id = await born()
    const customer = (await world.register({ ...sent(id, "sender"), ...person })) as CustomerId
    const said = await world.run(
      Effect.gen(function* () {
        const customers = yield* Customers
        const storage = yield* Storage
        yield* customers.report(customer, "sep31-sender", { status: "REJECTED", message: "sanctioned" })
        const [found] = yield* storage.transactions([id])
        const notes = found?.context.note === undefined ? [] : yield* storage.sealed([found.context.note])
        return notes[0] === undefined ? null : yield* openNote(notes[0])
      })
    )

    expect(await stateOf(id)).toBe("error")
    expect(said).toEqual({ message: "sanctioned" })
  })

  it("one rejected after both were accepted ends the unpaid transaction in error, with the words of the verdict (S31-KYC-07)", async () => {
    const id = await born()
    const customer = (await world.register({ ...sent(id, "sender"), ...person })) as CustomerId
    await world.register({ ...receiver, ...sent(id, "receiver") })
    const otherSide = await born({ receiverId: customer, senderType: null, receiverType: null })
    const paid = await born({ senderId: customer, receiverId: (await row(id)).receiverId })
    const before = [await stateOf(id), await stateOf(otherSide), await stateOf(paid)]
    await world.run(bringPayments([payment(births)]))
    const said = await world.run(
      Effect.gen(function* () {
        const customers = yield* Customers
        const storage = yield* Storage
        yield* customers.report(customer, "sep31-sender", { status: "REJECTED", message: "sanctioned" })
        const [found] = yield* storage.transactions([id])
        const notes = found?.context.note === undefined ? [] : yield* storage.sealed([found.context.note])
        return notes[0] === undefined ? null : yield* openNote(notes[0])
      })
    )

    expect(before).toEqual([awaitingPayment, awaitingPayment, awaitingPayment])
    expect([await stateOf(id), await stateOf(otherSide)]).toEqual(["error", awaitingPayment])
    expect(await stateOf(paid)).toMatch(/^(?:pending_receiver\.payingOut|completed)$/)
    expect(said).toEqual({ message: "sanctioned" })
  })

  it("one accepted whose data is found wanting afterwards leaves the transaction ready, to the judged destination (S31-KYC-04)", async () => {
    const id = await born()
    await world.register({ ...sent(id, "sender"), ...person })
    await world.register({ ...receiver, ...sent(id, "receiver") })
    const before = await row(id)
    await world.register({ ...sent(id, "receiver"), last_name: "NEEDSINFO", bank_account_number: "666" })

    expect(await stateOf(id)).toBe(awaitingPayment)
    expect((await row(id)).destination).toBe(before.destination)
    expect((await world.get(sent(id, "receiver"))).body["status"]).toBe("NEEDS_INFO")
  })

  it("customers named at POST settle it at once, and stay the customers of their sides (S31-KYC-02)", async () => {
    const senderId = (await world.register({ ...sender, memo: "31" })) as CustomerId
    const receiverId = (await world.register({ ...receiver, memo: "32" })) as CustomerId
    const other = await world.register({ ...receiver, memo: "33" })
    const id = await born({ senderId, receiverId })

    expect(await stateOf(id)).toBe(awaitingPayment)
    expect((await world.get(sent(id, "receiver"))).body["id"]).toBe(receiverId)
    expect((await world.get({ ...sent(id, "receiver"), memo: "32" })).body["id"]).toBe(receiverId)
    for (const naming of [{ id: other }, { memo: "33" }, { id: senderId }]) {
      const answer = await world.put({ ...sent(id, "receiver"), ...naming, first_name: "Eve" })
      expect([answer.status, answer.body["error"]]).toEqual([
        400,
        "the transaction has another customer on this side"
      ])
    }
  })

  it("a registered customer comes to a side that has none by id or memo (S12-PUT-12, S31-KYC-03)", async () => {
    const id = await born()
    const known = await world.register({ ...receiver, memo: "41" })
    await world.register({ ...sent(id, "receiver"), id: known })
    await world.register({ ...sent(id, "sender"), memo: "42", ...person })

    expect((await row(id)).receiverId).toBe(known)
    expect((await world.get({ memo: "42" })).body["id"]).toBe((await row(id)).senderId)
    expect(await stateOf(id)).toBe(awaitingPayment)
  })

  it("two PUTs at once for a side make one customer of it (S12-PUT-17)", async () => {
    const id = await born()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => world.put({ ...sent(id, "sender"), ...person }))
    )
    const { senderId } = await row(id)

    expect(answers.map(({ body, status }) => [status, body["id"]])).toEqual(
      answers.map(() => [202, senderId])
    )
  })

  it("a type of neither side is refused, and a transaction that waits for nobody takes none (S31-KYC-02, S12-GET-10)", async () => {
    const id = await born({ receiverType: null })
    await world.register({ ...sent(id, "sender"), ...person })
    expect(await stateOf(id)).toBe(awaitingPayment)

    expect((await world.get({ transaction_id: id, type: "sep24-customer" })).status).toBe(400)
    expect((await world.get({ transaction_id: id, type: "constructor" })).status).toBe(400)
    const late = await world.put({ ...receiver, ...sent(id, "receiver") })
    expect([late.status, late.body["error"]]).toEqual([400, "the transaction takes no customer any more"])
    expect((await row(id)).receiverId).toBeNull()
  })
})

describe("sep12 a transaction is its Sending Anchor's alone", () => {
  it("unknown, malformed and another's transaction are not found, in the same words (S31-KYC-06, S12-GET-13, S12-ID-12)", async () => {
    const id = await born()
    const unknown = await world.get(sent("0190a000-0000-7000-8000-00000000dead", "sender"))
    const [malformed, foreign, noAnchor] = [
      await world.get(sent("' or 1=1", "sender")),
      await world.get(sent(id, "sender"), anchorB),
      await world.get(sent(id, "sender"), nobody)
    ]
    const put = await world.put({ ...sent(id, "sender"), ...person }, anchorB)

    expect(unknown.status).toBe(404)
    for (const answer of [malformed, foreign, noAnchor, put]) {
      expect([answer.status, answer.text]).toEqual([404, unknown.text])
    }
    expect((await row(id)).senderId).toBeNull()
    const once = await born({ sendingAnchor: nobody })
    expect((await world.get(sent(once, "sender"), nobody)).text).toBe(unknown.text)
  })

  it("a customer of its side is reached through it by its owner alone (S12-ID-12, H-07)", async () => {
    const senderId = (await world.register({ ...sender, memo: "51" })) as CustomerId
    const theirs = await world.register(sender, `${anchorB}:51`)
    const id = await born({ senderId })

    expect((await world.get(sent(id, "sender"), `${anchorA}:51`)).body["id"]).toBe(senderId)
    expect((await world.get(sent(id, "sender"), `${anchorA}:52`)).status).toBe(404)
    expect((await world.put({ ...sent(id, "receiver"), id: theirs })).status).toBe(404)
  })
})

describe("sep12 requirements of a transaction", () => {
  it("a large one wants more of the same customer than a small one, and than the type alone (S31-KYC-05, H-33)", async () => {
    const senderId = (await world.register({ ...sender, memo: "61" })) as CustomerId
    const receiverId = (await world.register({ ...receiver, memo: "62" })) as CustomerId
    const terms = birth(1).terms
    const large = await born({ senderId, receiverId, terms: { ...terms, expected: amount("500") } })
    const small = await born({ senderId, receiverId, terms: { ...terms, expected: amount("499.9999999") } })

    expect([await stateOf(large), await stateOf(small)]).toEqual([awaitingData, awaitingPayment])
    expect((await world.get({ id: senderId, type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
    expect((await world.get(sent(small, "sender"))).body["status"]).toBe("ACCEPTED")
    const { body } = await world.get(sent(large, "sender"))
    expect(body["status"]).toBe("NEEDS_INFO")
    expect(Object.keys(body["fields"] as object)).toContain("tax_id")

    await world.register({ ...sent(large, "sender"), tax_id: "DE123" })
    expect(await stateOf(large)).toBe(awaitingPayment)
    expect((await world.get(sent(large, "sender"))).body["status"]).toBe("ACCEPTED")
  })

  it("SEP-31 asks about a transaction to come by what it will be (S31-KYC-05)", async () => {
    const id = await world.register({ ...sender, memo: "63" })
    const about = {
      transactionId: transactionId(9_999),
      asset,
      fundingMethod: "SEPA",
      destinationAsset: null
    }
    const statusFor = (value: string) =>
      world.run(
        Effect.flatMap(Customers, (customers) =>
          customers.forTransaction({
            sendingAnchor: anchorA,
            id,
            type: "sep31-sender",
            about: { ...about, amount: amount(value) }
          })
        ).pipe(Effect.map(({ verdict }) => verdict.status))
      )

    expect([await statusFor("499"), await statusFor("500")]).toEqual(["ACCEPTED", "NEEDS_INFO"])
  })

  it("a rejection of the type holds for every tier of it (S31-KYC-07, H-33)", async () => {
    const senderId = (await world.register({ ...sender, memo: "64", tax_id: "DE1" })) as CustomerId
    const large = await born({ senderId, terms: { ...birth(1).terms, expected: amount("900") } })
    await world.run(
      Effect.flatMap(Customers, (customers) =>
        customers.report(senderId, "sep31-sender", { status: "REJECTED" })
      )
    )

    expect(await stateOf(large)).toBe("error")
  })
})

// A customer's status changes told to a URL: registered over HTTP, sent out of the outbox, signed, until the status is final.
import { Keypair } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import { Buffer } from "node:buffer"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import type { CustomerStatus } from "../../../src/ports/KycProvider.ts"
import { CustomerCallbacks } from "../../../src/sep12/CustomerCallbacks.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { birth, bringPayments, payment, untilState } from "../../support/runtimeWorld.ts"
import { scriptedOutbound } from "../../support/scriptedOutbound.ts"
import {
  anchorA,
  anchorB,
  keypair,
  person,
  receiver,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

const { outbound, script, sent } = scriptedOutbound()
let world: Sep12World
beforeAll(async () => {
  world = await startSep12({
    outbound,
    // Bounces every account number but one.
    execute: ({ receiver: to }) =>
      Effect.succeed(
        to["bank_account_number"] === "4711"
          ? { _tag: "Delivered", externalId: "e" }
          : { _tag: "CustomerInfoNeeded", party: "receiver", fields: ["bank_account_number"] }
      )
  })
})
afterAll(() => world.stop())
beforeEach(() => {
  sent.length = 0
  script.receives = () => 200
})

const url = "https://sender.example/kyc?user=7"
const type = "sep31-sender"
let memos = 0
const fresh = () => {
  memos += 1
  return { memo: String(memos) }
}
const registered = async () => (await world.register({ type, first_name: "Ada", ...fresh() })) as CustomerId
const listen = (body: unknown, as: string | null = anchorA) =>
  world.ask("PUT", "/sep12/customer/callback", { as, body })
const report = (id: CustomerId, status: CustomerStatus, under = type) =>
  world.run(Effect.flatMap(Customers, (customers) => customers.report(id, under, { status })))
const deliver = () => world.run(Effect.flatMap(CustomerCallbacks, ({ runOnce }) => runOnce))
const statuses = () => sent.map(({ json }) => (json as { status: string }).status)

describe("sep12 PUT /customer/callback", () => {
  it("is 404 for everybody where callbacks are not offered (S12-CB-01, S31-CB-03)", async () => {
    const without = await startSep12({ settings: { callbacks: false } })
    const id = await without.register({ type, first_name: "Ada", memo: "1" })
    const answer = await without.ask("PUT", "/sep12/customer/callback", { as: anchorA, body: { id, url } })
    const anonymous = await without.ask("PUT", "/sep12/customer/callback", { as: null, body: { id, url } })

    expect([answer.status, answer.body["error"]]).toEqual([404, "there is no such customer"])
    expect(anonymous.status).toBe(401)
    expect(without.tables.registrations.size).toBe(0)
    await without.stop()
  })

  it("is 200 for a customer named by id, memo or token (S12-CB-01, H-20)", async () => {
    const id = await registered()
    const byId = await listen({ id, url })
    const byMemo = await listen({ memo: String(memos), url })
    const own = await world.register(sender, `${anchorA}:991`)
    const byToken = await listen({ url }, `${anchorA}:991`)

    expect([byId.status, byMemo.status, byToken.status]).toEqual([200, 200, 200])
    expect(world.tables.registrations.get(own as CustomerId)?.url).toBe(url)
  })

  it("is 404 for nobody and another's, 401 without a token (S12-CB-01, S12-ID-11)", async () => {
    const id = await registered()
    const [unknown, foreign, nobody, anonymous] = [
      await listen({ id: "0190a000-0000-7000-8000-00000000dead", url }),
      await listen({ id, url }, anchorB),
      await listen({ memo: "123456789", url }),
      await listen({ id, url }, null)
    ]

    expect([unknown.status, foreign.status, nobody.status, anonymous.status]).toEqual([404, 404, 404, 401])
    expect(foreign.text).toBe(unknown.text)
    expect(world.tables.registrations.has(id)).toBe(false)
  })

  it("takes no URL that breaks the rules, and none at all (S12-CB-05, SEC-03)", async () => {
    const id = await registered()
    for (const bad of [
      "http://sender.example/",
      "https://user:pass@sender.example/",
      "https://sender.example/#part",
      "https://127.0.0.1/",
      "https://169.254.169.254/latest",
      "sender.example",
      ""
    ]) {
      const answer = await listen({ id, url: bad })
      expect([bad, answer.status, typeof answer.body["error"]]).toEqual([bad, 400, "string"])
    }
    expect((await listen({ id })).status).toBe(400)
    expect((await listen({ id, url: 7 })).status).toBe(400)
    expect(world.tables.registrations.has(id)).toBe(false)
  })
})

describe("sep12 customer callbacks", () => {
  it("each status change is told as the body of GET /customer, unwrapped (S12-CB-03, H-19)", async () => {
    const id = await registered()
    await listen({ id, url })
    await world.register({ id, type, last_name: "PROCESSING" })
    await deliver()
    const { body } = await world.get({ id, type })

    expect(statuses()).toEqual(["PROCESSING"])
    expect(sent[0]?.json).toEqual(body)
    expect(sent[0]?.request.url).toBe(url)
  })

  it("it is signed over its time, the host and its very bytes (S12-CB-05)", async () => {
    const id = await registered()
    await listen({ id, url })
    await world.register({ id, type, last_name: "Okafor" })
    await deliver()
    const request = sent[0]?.request
    const header = request?.headers.Signature ?? ""
    const [, time = "", signature = ""] = /^t=([0-9]+), s=(.+)$/.exec(header) ?? []
    const signed = Buffer.from(`${time}.sender.example.${Buffer.from(request?.body ?? []).toString("utf8")}`)

    expect(request?.headers["X-Stellar-Signature"]).toBe(header)
    expect(Keypair.fromPublicKey(keypair.publicKey()).verify(signed, Buffer.from(signature, "base64"))).toBe(
      true
    )
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60)
  })

  it("after ACCEPTED or REJECTED is delivered nothing more is told until somebody registers again (S12-CB-04)", async () => {
    const id = await registered()
    await listen({ id, url })
    await world.register({ id, type, last_name: "Okafor" })
    await deliver()
    await report(id, "PROCESSING")
    await deliver()
    expect(statuses()).toEqual(["ACCEPTED"])

    await listen({ id, url })
    await report(id, "REJECTED")
    await deliver()
    expect(statuses()).toEqual(["ACCEPTED", "REJECTED"])
    expect(world.tables.registrations.has(id)).toBe(false)
  })

  it("a second registration takes the place of the first (S12-CB-02)", async () => {
    const id = await registered()
    await listen({ id, url })
    await listen({ id, url: "https://other.example/" })
    await world.register({ id, type, last_name: "Okafor" })
    await deliver()

    expect(sent.map(({ request }) => request.url)).toEqual(["https://other.example/"])
  })

  it("the same data put again tells nothing (S12-PUT-02, S12-CB-03)", async () => {
    const id = (await world.register({ ...sender, ...fresh() })) as CustomerId
    await listen({ id, url })
    await world.register({ id, ...sender })
    await deliver()

    expect(sent).toEqual([])
    expect(world.tables.registrations.has(id)).toBe(true)
  })

  it("it carries the type under which the status changed (S12-CB-06, H-33)", async () => {
    const id = (await world.register({ ...sender, ...fresh() })) as CustomerId
    await listen({ id, url })
    await world.register({ id, ...person, type: "sep31-receiver" })
    await deliver()

    expect(statuses()).toEqual(["NEEDS_INFO"])
    expect(sent[0]?.json).toEqual((await world.get({ id, type: "sep31-receiver" })).body)
  })

  it("one that is not taken is sent again later, with the customer as it then is (S12-CB-03)", async () => {
    const id = await registered()
    await listen({ id, url })
    script.receives = () => 503
    await world.register({ id, type, last_name: "PROCESSING" })
    await deliver()
    expect(statuses()).toEqual(["PROCESSING"])

    script.receives = () => 200
    await world.register({ id, type, last_name: "Okafor" })
    for (const [key, row] of world.tables.customerCallbacks) {
      if (row.customerId === id) world.tables.customerCallbacks.set(key, { ...row, dueAtMillis: 0 })
    }
    await deliver()
    expect(statuses()).toEqual(["PROCESSING", "ACCEPTED"])
  })

  it("one that its receiver finds fault with is given up, and later ones are told (S12-CB-05)", async () => {
    const id = await registered()
    await listen({ id, url })
    script.receives = () => 400
    await world.register({ id, type, last_name: "PROCESSING" })
    await deliver()
    script.receives = () => 200
    await world.register({ id, type, last_name: "Okafor" })
    await deliver()

    expect(statuses()).toEqual(["PROCESSING", "ACCEPTED"])
  })

  it("data that a rail bounces is told as it is wanted again, and that it was taken (S12-CB-03, S12-GET-08)", async () => {
    const senderId = await registered()
    const receiverId = (await world.register({ ...receiver, ...fresh() })) as CustomerId
    await listen({ id: receiverId, url })
    await world.run(
      Effect.gen(function* () {
        yield* (yield* Actors).bear(birth(1, { senderId, receiverId, receiverType: "sep31-receiver" }))
        yield* bringPayments([payment(1)])
        yield* untilState(1, "pending_customer_info_update.awaitingCustomer")
      })
    )
    await deliver()
    expect(sent.map(({ json }) => json)).toEqual([
      (await world.get({ id: receiverId, type: "sep31-receiver" })).body
    ])
    expect(statuses()).toEqual(["NEEDS_INFO"])

    await world.register({ id: receiverId, type: "sep31-receiver", bank_account_number: "4711" })
    await deliver()
    expect(statuses()).toEqual(["NEEDS_INFO", "ACCEPTED"])
  })

  it("one whose status never settles is given up in the end (S31-CB-11, S12-CB-03)", async () => {
    const id = await registered()
    await listen({ id, url })
    await world.register({ id, type, last_name: "Okafor" })
    // Whoever stores values has died, and nobody sweeps.
    const marked = world.tables.customers.get(id)
    if (marked === undefined) throw new Error("no such customer")
    const mark = { status: "PROCESSING", message: "dead@0", askAgainAtMillis: null }
    world.tables.customers.set(id, { ...marked, statuses: { ...marked.statuses, "*": mark } })
    await deliver()
    const rows = () => [...world.tables.customerCallbacks.values()].filter((row) => row.customerId === id)
    expect(rows()).toMatchObject([{ state: "pending", tries: 1 }])

    for (const row of rows()) {
      const key = `${id}:${row.version}`
      world.tables.customerCallbacks.set(key, { ...row, dueAtMillis: 0, createdAtMillis: 0 })
    }
    await deliver()
    expect(rows()).toMatchObject([{ state: "dead", tries: 2 }])
    expect(sent).toEqual([])
  })

  it("an erased customer is told of no more (S12-DEL-04)", async () => {
    const id = await registered()
    await listen({ id, url })
    await world.register({ id, type, last_name: "Okafor" })
    await world.ask("DELETE", `/sep12/customer/${anchorA}`, { body: { memo: String(memos) } })
    await deliver()

    expect(sent).toEqual([])
  })
})

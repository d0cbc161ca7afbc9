// A payout the rail refuses for a customer's data: what SEP-12 shows, what a PUT does, and what the payout then uses.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import type { Payout } from "../../../src/ports/Rails.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { openDestination, sealDestination } from "../../../src/runtime/Destination.ts"
import { openNote } from "../../../src/runtime/Note.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { birth, bringPayments, payment, transactionId, untilState } from "../../support/runtimeWorld.ts"
import { receiver, sender, type Sep12World, startSep12 } from "../../support/sep12World.ts"

let world: Sep12World
const paid: Array<Payout> = []
let memos = 1000
beforeAll(async () => {
  world = await startSep12({
    // Bounces an account number that ends in 0003, as the sandbox's rail does.
    execute: (payout) =>
      Effect.sync(() => {
        paid.push(payout)
        return payout.receiver["bank_account_number"]?.endsWith("0003") === true
          ? {
              _tag: "CustomerInfoNeeded" as const,
              party: "receiver" as const,
              fields: ["bank_account_number"]
            }
          : { _tag: "Delivered" as const, externalId: "bank-1" }
      })
  })
})
afterAll(() => world.stop())

const fresh = () => {
  memos += 1
  return { memo: String(memos) }
}
const awaiting = "pending_customer_info_update.awaitingCustomer"

/** A funded transaction between two new customers, whose payout bounces. */
const bounced = async (n: number) => {
  const senderId = (await world.register({ ...sender, ...fresh() })) as CustomerId
  const receiverId = (await world.register({
    ...receiver,
    ...fresh(),
    bank_account_number: "990003"
  })) as CustomerId
  const state = await world.run(
    Effect.gen(function* () {
      const actors = yield* Actors
      const customers = yield* Customers
      const destination = yield* sealDestination({
        receiver: yield* customers.values(receiverId),
        fields: { reference_line: "invoice 7" }
      })
      yield* actors.bear(
        birth(n, {
          senderId,
          receiverId,
          senderType: "sep31-sender",
          receiverType: "sep31-receiver",
          destination
        })
      )
      yield* bringPayments([payment(n)])
      return yield* untilState(n, awaiting)
    })
  )
  expect(state).toBe(awaiting)
  return { senderId, receiverId }
}
const until = (n: number, state: string) => world.run(untilState(n, state))

describe("sep12 a contested field", () => {
  it("is wanted again and no longer held, until it is put (S12-GET-08, S12-GET-12)", async () => {
    const { receiverId, senderId } = await bounced(1)
    const { body } = await world.get({ id: receiverId, type: "sep31-receiver" })

    expect(body["status"]).toBe("NEEDS_INFO")
    expect(body["fields"]).toEqual({
      bank_account_number: { type: "string", description: "where the money goes" }
    })
    expect(body["provided_fields"]).not.toHaveProperty("bank_account_number")
    expect(body["provided_fields"]).toHaveProperty("last_name")
    expect((await world.get({ id: senderId, type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
  })

  it("put again lets the payout go on, to the new destination and with the transaction's own fields (S12-PUT-13, S12-PUT-14)", async () => {
    const { receiverId } = await bounced(2)
    const before = paid.length
    await world.register({ id: receiverId, bank_account_number: "4711", type: "sep31-receiver" })

    expect(await until(2, "completed")).toBe("completed")
    expect(paid.slice(before)).toMatchObject([
      {
        payoutId: `${transactionId(2)}:2`,
        receiver: { bank_account_number: "4711", last_name: "Okafor" },
        fields: { reference_line: "invoice 7" }
      }
    ])
    expect((await world.get({ id: receiverId, type: "sep31-receiver" })).body["status"]).toBe("ACCEPTED")
  })

  it("stays contested while other fields are put (S12-GET-08)", async () => {
    const { receiverId } = await bounced(3)
    await world.register({ id: receiverId, first_name: "Grace", type: "sep31-receiver" })

    expect((await world.get({ id: receiverId, type: "sep31-receiver" })).body["status"]).toBe("NEEDS_INFO")
    expect(await until(3, awaiting)).toBe(awaiting)
  })

  it("put wrong once more bounces once more, under a new attempt", async () => {
    const { receiverId } = await bounced(4)
    await world.register({ id: receiverId, bank_account_number: "880003", type: "sep31-receiver" })
    await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        while ((yield* storage.history(transactionId(4))).payouts.length < 2) yield* Effect.yieldNow
      })
    )

    expect(await until(4, awaiting)).toBe(awaiting)
    expect((await world.get({ id: receiverId })).body["status"]).toBe("NEEDS_INFO")
  })
})

describe("sep12 verdicts and waiting transactions", () => {
  it("a verdict REJECTED by report makes the money owed back, with its words sealed (S31-KYC-07)", async () => {
    const { senderId } = await bounced(5)
    const report = Effect.flatMap(Customers, (customers) =>
      customers.report(senderId, "sep31-sender", { status: "REJECTED", message: "canary words" })
    )
    await world.run(report)

    expect(await until(5, "pending_receiver.refundOwed")).toBe("pending_receiver.refundOwed")
    const said = await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        const [row] = yield* storage.transactions([transactionId(5)])
        const notes = row?.context.note === undefined ? [] : yield* storage.sealed([row.context.note])
        return notes[0] === undefined ? null : yield* openNote(notes[0])
      })
    )
    expect(said).toEqual({ message: "canary words" })
  })

  it("a report repeated changes nothing, and one about nobody fails (S12-PUT-02)", async () => {
    const id = (await world.register({ ...sender, ...fresh() })) as CustomerId
    const report = (about: string, type = "sep31-sender") =>
      world.run(
        Effect.gen(function* () {
          const customers = yield* Customers
          const storage = yield* Storage
          const failure = yield* customers
            .report(about as CustomerId, type, { status: "REJECTED" })
            .pipe(Effect.match({ onSuccess: () => null, onFailure: (error) => error._tag }))
          return { failure, version: (yield* storage.customer(id))?.version }
        })
      )
    const first = await report(id)

    expect(await report(id)).toEqual(first)
    expect((await report("0190a000-0000-7000-8000-00000000dead")).failure).toBe("CustomerNotFound")
    expect((await report(id, "sep24-customer")).failure).toBe("CustomerRequestRefused")
  })

  it("a waiting transaction asked again goes on once its customers are settled, whoever missed the news", async () => {
    const { receiverId } = await bounced(6)
    const sealedReceiver = await world.run(
      Effect.gen(function* () {
        const storage = yield* Storage
        const customers = yield* Customers
        // The process died between the record of the verdict and the telling.
        yield* storage.recordVerdict({
          id: receiverId,
          type: "sep31-receiver",
          status: "ACCEPTED",
          message: null,
          askAgainInSeconds: null,
          put: ["bank_account_number"]
        })
        const [actor] = yield* storage.actors([transactionId(6)])
        if (actor === undefined) return yield* Effect.die(new Error("no such actor"))
        yield* customers.askAgain(actor)
        const [now] = yield* storage.actors([transactionId(6)])
        const [sealed] =
          now === undefined || now.destination === null ? [] : yield* storage.sealed([now.destination])
        return sealed === undefined ? null : (yield* openDestination(sealed)).receiver
      })
    )

    expect(sealedReceiver).toMatchObject({ bank_account_number: "990003" })
  })

  it("a customer erased while money waits for its data has the money owed back, be it the sender or the receiver (S12-DEL-05, H-39)", async () => {
    const { receiverId } = await bounced(7)
    const memo = world.tables.customers.get(receiverId)?.memo?.value ?? ""
    const account = world.tables.customers.get(receiverId)?.account ?? ""
    const erased = await world.ask("DELETE", `/sep12/customer/${account}`, { body: { memo } })

    expect(erased.status).toBe(200)
    expect((await world.get({ id: receiverId })).status).toBe(404)
    expect(await until(7, "pending_receiver.refundOwed")).toBe("pending_receiver.refundOwed")

    const { senderId } = await bounced(8)
    const other = world.tables.customers.get(senderId)?.memo?.value ?? ""
    await world.ask("DELETE", `/sep12/customer/${account}`, { body: { memo: other } })
    expect(await until(8, "pending_receiver.refundOwed")).toBe("pending_receiver.refundOwed")
  })

  it("data bounced of a customer that was erased before has the money owed back when the transaction is due (S12-DEL-05)", async () => {
    const { receiverId } = await bounced(9)
    await world.run(
      Effect.gen(function* () {
        // The process died between the erasure and the telling.
        yield* (yield* Storage).eraseCustomer(receiverId)
        yield* (yield* Customers).askAgain({ id: transactionId(9) })
      })
    )

    expect(await until(9, "pending_receiver.refundOwed")).toBe("pending_receiver.refundOwed")
  })
})

describe("sep12 and SEP-31", () => {
  const forTransaction = (sendingAnchor: string, id: string, type: string) =>
    world.run(
      Effect.flatMap(Customers, (customers) => customers.forTransaction({ sendingAnchor, id, type })).pipe(
        Effect.match({
          onSuccess: ({ row, verdict }) => ({ status: verdict.status, version: row.version }),
          onFailure: (error) => error._tag
        })
      )
    )

  it("a transaction's customer is its Sending Anchor's, judged for the transaction's type (H-06, H-33)", async () => {
    const id = await world.register(sender, "GDFJHLAXAUMHA4OWPOB4P7YO72AQR2HMIUYFOXLXE2DZGM633K7HZDQP:12")
    const owner = "GDFJHLAXAUMHA4OWPOB4P7YO72AQR2HMIUYFOXLXE2DZGM633K7HZDQP"

    expect(await forTransaction(owner, id, "sep31-sender")).toMatchObject({ status: "ACCEPTED" })
    expect(await forTransaction(owner, id, "sep31-receiver")).toMatchObject({ status: "NEEDS_INFO" })
    expect(
      await forTransaction("GDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435DIAG", id, "sep31-sender")
    ).toBe("CustomerNotFound")
    expect(await forTransaction(owner, "not an id", "sep31-sender")).toBe("CustomerNotFound")
  })

  it("the version grows with every change, so that a commit can tell (S31-POST-10)", async () => {
    const id = await world.register({ ...sender, ...fresh() })
    const read = async () => {
      const row = world.tables.customers.get(id as CustomerId)
      return row?.version ?? 0
    }
    const before = await read()
    await world.register({ id, last_name: "Hopper", type: "sep31-sender" })

    expect(await read()).toBeGreaterThan(before)
  })
})

describe("sep12 and what may be read elsewhere", () => {
  it("no value of a customer is in a log line, an error or a row that is not sealed (SEC-21)", async () => {
    const canary = "Zyzzyva-canary"
    const id = await world.register({ ...receiver, ...fresh(), last_name: canary })
    const answers = [
      await world.get({ id, type: "sep31-receiver" }),
      await world.put({ id, last_name: canary, birth_date: `${canary}-date` }),
      await world.put({ id, [canary]: { nested: canary } }),
      await world.get({ id, type: canary }),
      await world.get({ id: canary }),
      await world.get({ memo: canary }),
      await world.ask("PUT", "/sep12/customer", { body: `{"last_name": "${canary}", ` }),
      await world.ask("DELETE", `/sep12/customer/${canary}`)
    ]
    const { customerValues: _sealed, sealed: _rows, ...plain } = world.tables
    const rows = JSON.stringify(plain, (_, value: unknown) => (value instanceof Map ? [...value] : value))

    for (const answer of answers) expect(answer.text).not.toContain(canary)
    expect(world.lines.join("\n")).not.toContain(canary)
    expect(rows).not.toContain(canary)
    expect(rows).toContain(id)
  })
})

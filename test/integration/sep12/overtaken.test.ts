// A customer's data is replaced just while a transaction that waited for it is told to go on.
import { Deferred, Effect, Layer } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { sealDestination } from "../../../src/runtime/Destination.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { birth, bringPayments, payment, transactionId, untilState } from "../../support/runtimeWorld.ts"
import { receiver, type Sep12World, sender, startSep12 } from "../../support/sep12World.ts"

const stored = make(emptyTables())
const paidTo: Array<string | undefined> = []
const putStored = Deferred.makeUnsafe<void>()
const transactionTold = Deferred.makeUnsafe<void>()
let whileRead: (() => Promise<unknown>) | null = null
let put: Promise<unknown> = Promise.resolve()

/** Once armed: the next reading of values happens after a PUT has stored new ones and before that PUT is judged. */
const storage: Storage["Service"] = {
  ...stored,
  customerValues: (id) =>
    Effect.suspend(() => {
      const begin = whileRead
      if (begin === null) return stored.customerValues(id)
      whileRead = null
      put = begin()
      return Deferred.await(putStored).pipe(Effect.andThen(stored.customerValues(id)))
    }),
  putCustomerValues: (id, rows) =>
    stored
      .putCustomerValues(id, rows)
      .pipe(
        Effect.andThen(
          Effect.suspend(() =>
            paidTo.length === 0
              ? Effect.void
              : Effect.andThen(Deferred.succeed(putStored, undefined), Deferred.await(transactionTold))
          )
        )
      )
}

let world: Sep12World
beforeAll(async () => {
  world = await startSep12({
    storage: Layer.succeed(Storage, storage),
    execute: ({ receiver: to }) =>
      Effect.sync(() => {
        paidTo.push(to["bank_account_number"])
        return {
          _tag: "CustomerInfoNeeded" as const,
          party: "receiver" as const,
          fields: ["bank_account_number"]
        }
      })
  })
})
afterAll(() => world.stop())

it("no payout goes to values that were stored after the verdict and not judged yet (S31-KYC-07, SEC-34)", async () => {
  const awaiting = "pending_customer_info_update.awaitingCustomer"
  const senderId = (await world.register({ ...sender, memo: "1" })) as CustomerId
  const receiverId = (await world.register({ ...receiver, memo: "2" })) as CustomerId
  await world.run(
    Effect.gen(function* () {
      const actors = yield* Actors
      const values = yield* Effect.flatMap(Customers, (customers) => customers.values(receiverId))
      const destination = yield* sealDestination({ receiver: values, fields: {} })
      yield* actors.bear(
        birth(1, {
          senderId,
          receiverId,
          senderType: "sep31-sender",
          receiverType: "sep31-receiver",
          destination
        })
      )
      yield* bringPayments([payment(1)])
      expect(yield* untilState(1, awaiting)).toBe(awaiting)
    })
  )
  expect(paidTo).toEqual(["12345"])

  await world.run(
    Effect.gen(function* () {
      const customers = yield* Customers
      const about = { id: receiverId, type: "sep31-receiver", message: null, askAgainInSeconds: null }
      yield* stored.recordVerdict({ ...about, status: "ACCEPTED", put: ["bank_account_number"] })
      const [actor] = yield* stored.actors([transactionId(1)])
      if (actor === undefined) return yield* Effect.die(new Error("no such actor"))
      whileRead = () =>
        world.put({
          id: receiverId,
          type: "sep31-receiver",
          last_name: "REJECTED",
          bank_account_number: "666"
        })
      yield* customers.askAgain(actor)
      yield* Deferred.succeed(transactionTold, undefined)
    })
  )
  await put
  const end = "pending_receiver.refundOwed"

  expect(await world.run(untilState(1, end))).toBe(end)
  expect(paidTo).toEqual(["12345"])
})

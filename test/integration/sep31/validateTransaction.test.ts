// process_post_request: the institution's own check of a POST, its four answers, and everything that is none of them.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { ProposedTransaction, Validation } from "../../../src/ports/BusinessHooks.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { containing } from "../../support/matchers.ts"
import { receiverId, senderId, sendingAnchor } from "../../support/sep31.ts"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.hooks = {}
})

const post = (change: Readonly<Record<string, unknown>> = {}) =>
  world.ask("POST", "/sep31/transactions", { body: { ...goodPost, ...change } })
const rowOf = (body: unknown) =>
  world.run(
    Effect.gen(function* () {
      const storage = yield* Storage
      const [row] = yield* storage.transactions([(body as { readonly id: TransactionId }).id])
      if (row === undefined) return yield* Effect.die(new Error("the transaction was not stored"))
      return row
    })
  )
const stored = () => world.run(Effect.flatMap(Storage, (storage) => storage.list({ limit: 10_000 })))
const validate = (answer: Validation) => {
  world.script.hooks = { validateTransaction: () => Effect.succeed(answer) }
}

describe("process_post_request", () => {
  it("None: the transaction is created, and keeps reference, metadata and fee of the answer (S31-AMT-04)", async () => {
    let asked: ProposedTransaction | undefined
    world.script.hooks = {
      validateTransaction: (proposed) => {
        asked = proposed
        return Effect.succeed({
          _tag: "Accepted",
          reference: "order-7",
          metadata: { desk: "a" },
          fee: { fixed: amount("0.5"), percent: amount("0") }
        })
      }
    }
    const { body } = await post({ lang: "fr" })
    const row = await rowOf(body)

    expect(asked).toEqual({
      transactionId: row.id,
      sendingAnchor,
      asset: row.asset,
      amount: "100",
      fundingMethod: "SEPA",
      senderId,
      receiverId,
      fields: goodPost.fields.transaction,
      conversion: null,
      lang: "fr"
    })
    expect(row).toMatchObject({
      reference: "order-7",
      metadata: { desk: "a" },
      terms: { fee: { fixed: "0.5", percent: "0" } }
    })
  })

  it.each([
    [
      "customer_info_needed with the type given",
      { _tag: "CustomerInfoNeeded", type: "sep31-large-amount-sender" },
      { error: "customer_info_needed", type: "sep31-large-amount-sender" }
    ],
    [
      "customer_info_needed without a type",
      { _tag: "CustomerInfoNeeded" },
      { error: "customer_info_needed" }
    ],
    [
      "transaction_info_needed with the fields given",
      {
        _tag: "TransactionInfoNeeded",
        fields: {
          sender_bank_account: { description: "Only required for large transactions.", optional: true }
        }
      },
      {
        error: "transaction_info_needed",
        fields: {
          transaction: {
            sender_bank_account: { description: "Only required for large transactions.", optional: true }
          }
        }
      }
    ],
    [
      "error with its text",
      { _tag: "Refused", error: "invalid 'x' format" },
      { error: "invalid 'x' format" }
    ],
    [
      "a fee that leaves nothing",
      { _tag: "Accepted", fee: { fixed: amount("100"), percent: amount("0") } },
      { error: containing("leaves nothing") }
    ]
  ] as ReadonlyArray<readonly [string, Validation, unknown]>)(
    "%s is 400 and nothing is stored (S31-POST-23)",
    async (_, answer, body) => {
      validate(answer)
      const before = (await stored()).length
      const refused = await post()

      expect(refused).toMatchObject({ status: 400, body })
      expect((await stored()).length).toBe(before)
    }
  )

  it.each([
    ["fails", Effect.fail("no ledger")],
    ["dies", Effect.die(new Error("a secret of the integrator"))],
    ["answers nothing", Effect.void],
    ["answers the seed's dictionary", Effect.succeed({ error: "customer_info_needed" })],
    ["answers a member too many", Effect.succeed({ _tag: "Accepted", metdata: {} })],
    ["answers text a database cannot hold", Effect.succeed({ _tag: "Accepted", reference: "a\0b" })],
    ["asks for no field", Effect.succeed({ _tag: "TransactionInfoNeeded", fields: {} })],
    ["answers a fee that is a number", Effect.succeed({ _tag: "Accepted", fee: { fixed: 1, percent: 0 } })]
  ])(
    "that %s is our 500, tells nothing and stores nothing (S31-ERR-06, S31-POST-23, A20)",
    async (_, answer) => {
      world.script.hooks = { validateTransaction: () => answer as Effect.Effect<Validation> }
      const before = (await stored()).length
      const failed = await post()

      expect(failed).toMatchObject({ status: 500, body: { error: "internal error" } })
      expect((await stored()).length).toBe(before)
    }
  )

  it("is not asked about what Kedge refuses itself", async () => {
    let asked = 0
    world.script.hooks = {
      validateTransaction: () => Effect.sync((): Validation => (asked++, { _tag: "Accepted" }))
    }
    await post({ amount: "0" })
    await post({ sender_id: "0190a000-0000-7000-8000-00000000ffff" })
    await post({ fields: {} })

    expect(asked).toBe(0)
  })
})

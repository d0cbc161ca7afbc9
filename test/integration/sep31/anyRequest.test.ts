// A thousand requests nobody would send on purpose: whatever comes, the answer is the client's fault or a success, in JSON.
import { Effect } from "effect"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { issuer, receiverId, senderId } from "../../support/sep31.ts"
import {
  type Answer,
  goodPost,
  pay,
  registerBoth,
  type Sep31World,
  startSep31
} from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    1e-7,
    "",
    " ",
    "0",
    "NaN",
    "\u0000",
    "👩‍🚀",
    "__proto__",
    "constructor",
    [],
    {},
    [[]]
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double(),
  fc.json({ maxDepth: 3 }).map((json) => JSON.parse(json) as unknown)
)
/** Mostly good, so that the walk goes deep before it stumbles. */
const mostly = (good: unknown) =>
  fc.oneof({ weight: 25, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: odd })
const body = fc.record(
  {
    amount: fc.oneof(
      mostly("100"),
      mostly(100.5),
      mostly("9999.9999999"),
      fc.double({ min: 0, max: 20_000 })
    ),
    asset_code: mostly("USDC"),
    asset_issuer: mostly(issuer),
    funding_method: mostly("SEPA"),
    destination_asset: mostly(`stellar:USDC:${issuer}`),
    quote_id: mostly(undefined),
    sender_id: mostly(senderId),
    receiver_id: mostly(receiverId),
    lang: mostly("en"),
    refund_memo: mostly("7"),
    refund_memo_type: mostly("id"),
    fields: fc.oneof(
      { weight: 4, arbitrary: mostly(goodPost.fields) },
      {
        weight: 1,
        arbitrary: fc.record({
          transaction: fc.dictionary(
            fc.constantFrom("routing_number", "account_number", "type", "x"),
            mostly("SEPA")
          )
        })
      }
    ),
    extra: odd
  },
  { requiredKeys: ["amount", "asset_code", "funding_method", "sender_id", "receiver_id", "fields"] }
)
const bytes = fc.oneof(
  { weight: 8, arbitrary: body.map((value) => new TextEncoder().encode(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }).map((text) => new TextEncoder().encode(text)) }
)
const type = fc.oneof(
  { weight: 9, arbitrary: fc.constant("application/json") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      null,
      "application/json; charset=utf-8",
      "text/plain",
      "multipart/form-data; boundary=x",
      ";"
    )
  }
)

const refusals = [400, 404, 413, 415]
const isRight = ({ body: answer, headers, status }: Answer, success: number): boolean =>
  headers.get("content-type")?.startsWith("application/json") === true &&
  (status === success ||
    (refusals.includes(status) && typeof (answer as { error?: unknown }).error === "string"))

it("no body of a POST makes a 5xx, and some make a transaction (S31-ERR-06, SEC-42)", async () => {
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(bytes, type, async (sent, contentType) => {
      const answer = await world.ask("POST", "/sep31/transactions", { body: sent, type: contentType })
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)

      expect(isRight(answer, 201), `${answer.status} ${JSON.stringify(answer.body)}`).toBe(true)
    }),
    { numRuns: 1000 }
  )

  expect(statuses.get(201) ?? 0).toBeGreaterThan(20)
  expect(statuses.get(400) ?? 0).toBeGreaterThan(100)
  expect(world.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

it("no id in a path makes a 5xx (S31-GET-02)", async () => {
  const path = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 50 }).map(encodeURIComponent),
    fc.webPath(),
    fc.uuid()
  )
  await fc.assert(
    fc.asyncProperty(path, async (id) => {
      const answer = await world.ask("GET", `/sep31/transactions/${id}`)

      expect([400, 404, 405]).toContain(answer.status)
      expect(answer.body).toHaveProperty("error")
    }),
    { numRuns: 300 }
  )
})

it("no body of a PATCH makes a 5xx, and none that is refused changes anything (S31-PATCH-04)", async () => {
  world.script.outcomes.set("closed", {
    _tag: "TransactionInfoNeeded",
    fields: { account_number: { description: "an account that is open" } }
  })
  const transaction = { ...goodPost.fields.transaction, account_number: "closed" }
  const created = await world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, fields: { transaction } }
  })
  const { id } = created.body as { readonly id: TransactionId }
  const row = () =>
    world.run(
      Effect.map(
        Effect.flatMap(Storage, (storage) => storage.transactions([id])),
        ([first]) => first
      )
    )
  const announced = await row()
  if (announced === undefined) throw new Error("the transaction is not stored")
  await world.run(pay(announced, "100"))
  const waiting = await waitFor("the rail to ask", async () => {
    const found = await row()
    return found?.status === "pending_transaction_info_update" ? found : undefined
  })
  // never a good one: the name asked for is always beside another, or has no text
  const update = fc.record({
    fields: fc.oneof(
      odd,
      fc.record({ transaction: fc.oneof(odd, fc.record({ account_number: odd, other: odd })) })
    )
  })
  await fc.assert(
    fc.asyncProperty(fc.oneof(update, odd), async (sent) => {
      const answer = await world.ask("PATCH", `/sep31/transactions/${id}`, { body: JSON.stringify(sent) })

      expect(isRight(answer, 400), `${answer.status} ${JSON.stringify(answer.body)}`).toBe(true)
    }),
    { numRuns: 300 }
  )

  expect(await row()).toEqual(waiting)
})

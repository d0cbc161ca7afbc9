/** The example integration runs: against a bank that is a real HTTP server, under the rail contract it exports to others. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Context, Effect, Layer } from "effect"
import { BusinessHooks, type Payout, type PayoutId, Rails, type TransactionId } from "kedge"
import { railContract } from "kedge/testing"
import { readFileSync } from "node:fs"
import { amount } from "../../machines/domain/Amount.ts"

interface Transfer {
  readonly status: string
  readonly reference: string
}
const transfers = new Map<string, Transfer>()
let bank: Server
let example: Context.Context<Rails | BusinessHooks>

beforeAll(async () => {
  bank = createServer((request, response) => {
    const id = request.url ?? ""
    const known = transfers.get(id)
    if (request.method === "PUT" && known === undefined)
      transfers.set(id, { status: "paid", reference: `B${transfers.size}` })
    request.resume()
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(transfers.get(id) ?? { status: "absent", reference: "" }))
  })
  await new Promise<void>((resolve) => bank.listen(0, "127.0.0.1", resolve))
  process.env["BANK_URL"] = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`
  const module = await import("../../docs/examples/bank.ts")
  example = await Effect.runPromise(Effect.scoped(Layer.build(module.default)))
})
afterAll(() => {
  bank.closeAllConnections()
  bank.close()
})

let payouts = 0
const payout = Effect.sync((): Payout => {
  payouts += 1
  const transactionId = `0190a000-0000-7000-8000-${payouts.toString().padStart(12, "0")}` as TransactionId
  return {
    payoutId: `${transactionId}:1` as PayoutId,
    transactionId,
    amount: amount("98"),
    fee: amount("2"),
    amountIn: amount("100"),
    asset: "stellar:USDC:G",
    destinationAsset: "stellar:USDC:G",
    fundingMethod: "SEPA",
    senderId: null,
    receiverId: null,
    receiver: { bank_account_number: "DE00 1234" },
    fields: {},
    reference: null,
    metadata: {}
  }
})

describe("docs/examples/bank.ts", () => {
  it("keeps every clause of the rail contract", async () => {
    const rail = Context.get(example, Rails).all[0]
    if (rail === undefined) throw new Error("the example gives no rail")
    const clauses = railContract({ rail, payout })

    for (const clause of clauses) await Effect.runPromise(Effect.scoped(clause.check as Effect.Effect<void>))

    expect(clauses.map(({ name }) => name)).toContain(
      "a payout executed twice answers as it did the first time"
    )
    expect(transfers.size).toBeGreaterThan(2)
  })

  it("refuses by its own rule and gives a reference to what it accepts", async () => {
    const { validateTransaction } = Context.get(example, BusinessHooks)
    const proposed = {
      transactionId: "t" as TransactionId,
      sendingAnchor: "G",
      asset: "stellar:USDC:G",
      amount: amount("1"),
      fundingMethod: "SEPA",
      senderId: null,
      receiverId: null,
      conversion: null,
      lang: "en"
    }

    const refused = await Effect.runPromise(
      validateTransaction({ ...proposed, fields: { purpose: "gambling" } })
    )
    const accepted = await Effect.runPromise(validateTransaction({ ...proposed, fields: {} }))

    expect(refused._tag).toBe("Refused")
    expect(accepted).toEqual({ _tag: "Accepted", reference: "order-t" })
  })

  it("is shorter than sixty lines", () => {
    expect(readFileSync("docs/examples/bank.ts", "utf8").trim().split("\n").length).toBeLessThan(60)
  })
})

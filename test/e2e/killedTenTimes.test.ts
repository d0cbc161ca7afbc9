/**
 * The fear this product exists for: the process dies at any moment, and a payment is lost or made twice. Only the rail's own
 * book can tell.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Effect } from "effect"
import { type FreshDatabase, freshDatabase, noPostgres } from "../support/postgres.ts"
import { waitFor } from "../support/waitFor.ts"
import { KedgeProcess, runClient } from "./KedgeProcess.ts"

const count = 200
const kills = 10

describe.skipIf(noPostgres)("killed ten times in the middle of two hundred payments", () => {
  let database: FreshDatabase
  let kedge: KedgeProcess

  beforeAll(async () => {
    database = await freshDatabase()
    kedge = await KedgeProcess.prepare(database.url)
    await kedge.command("migrate")
  })
  afterAll(async () => {
    await kedge.dispose()
    await database.drop()
  })

  it("completes every payment, and the rail's book has each exactly once (R1, D10, I1)", async () => {
    await kedge.serve()
    await kedge.ready()
    const client = await kedge.signIn()
    const announced = await runClient(
      Effect.forEach(
        Array.from({ length: count }, (_, index) => index),
        (index) =>
          client.announce({
            amount: "25",
            assetCode: "USDC",
            // A third lose their reply after the bank has taken them, a third are confirmed later.
            fields: { account_number: ["12345", "10001", "10006"][index % 3] ?? "12345" }
          }),
        { concurrency: 16 }
      )
    )

    const perRound = count / kills
    for (let round = 0; round < kills; round++) {
      const before = (await kedge.book()).length
      for (const { stellar_memo } of announced.slice(round * perRound, (round + 1) * perRound))
        await kedge.pay(String(stellar_memo), "25")
      // In the middle: the bank has begun with this round's payments, or those of the round before.
      await waitFor("the bank to have begun", async () => (await kedge.book()).length > before + round, {
        timeoutMillis: 30_000,
        intervalMillis: 5
      })
      await kedge.kill()
      await kedge.serve()
    }

    const open = new Set(announced.map(({ id }) => id))
    await waitFor(
      "every payment to be completed",
      async () => {
        const seen = await runClient(
          Effect.forEach([...open], (id) => client.transaction(id), { concurrency: 8 })
        )
        for (const { id, status } of seen) if (status === "completed") open.delete(id)
        return open.size === 0
      },
      { timeoutMillis: 90_000, intervalMillis: 200 }
    )
    const paid = new Map<string, number>()
    for (const { transactionId } of await kedge.book())
      paid.set(transactionId, (paid.get(transactionId) ?? 0) + 1)
    expect([...paid].filter(([, times]) => times !== 1)).toEqual([])
    expect([...paid.keys()].sort()).toEqual(announced.map(({ id }) => id).sort())
  }, 240_000)
})

// The seed's three workers in processes of their own, as those who come from it run them: the HTTP process neither watches nor
// pays, and every payment completes all the same, once.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Effect } from "effect"
import { type FreshDatabase, freshDatabase, noPostgres } from "../support/postgres.ts"
import { type Spawned, spawnKedge } from "../support/spawnKedge.ts"
import { waitFor } from "../support/waitFor.ts"
import { KedgeProcess, runClient } from "./KedgeProcess.ts"

describe.skipIf(noPostgres)("serve, watch, execute-outgoing and poll-outgoing apart", () => {
  let database: FreshDatabase
  let kedge: KedgeProcess
  let workers: ReadonlyArray<Spawned> = []

  beforeAll(async () => {
    database = await freshDatabase()
    kedge = await KedgeProcess.prepare(database.url, { KEDGE_ROLES: "http" })
    await kedge.command("migrate")
    await kedge.serve()
  })
  afterAll(async () => {
    for (const { child } of workers) child.kill("SIGKILL")
    await kedge.dispose()
    await database.drop()
  })

  it("takes no transaction while nobody watches", async () => {
    const ready = await fetch(`${kedge.home}/health/ready`)
    const client = await kedge.signIn()

    const refused = await runClient(client.announce({ amount: "25", assetCode: "USDC" }).pipe(Effect.flip))

    expect(ready.status).toBe(503)
    expect(refused.status).toBe(503)
  })

  it("completes every payment once the workers run, each of them stopping in order", async () => {
    workers = [
      ["watch"],
      ["execute-outgoing", "--loop", "--interval", "0.2"],
      ["poll-outgoing", "--loop", "--interval", "0.2"]
    ].map((words) => spawnKedge({ words, environment: kedge.environment }))
    await kedge.ready()
    const client = await kedge.signIn()
    const accounts = ["12345", "10001", "10006", "12345"]
    const announced = await runClient(
      Effect.forEach(accounts, (account_number) =>
        client.announce({ amount: "25", assetCode: "USDC", fields: { account_number } })
      )
    )

    for (const { stellar_memo } of announced) await kedge.pay(String(stellar_memo), "25")
    await waitFor(
      "every payment to complete",
      async () => {
        const seen = await runClient(Effect.forEach(announced, ({ id }) => client.transaction(id)))
        return seen.every(({ status }) => status === "completed")
      },
      { timeoutMillis: 30_000, intervalMillis: 100 }
    )

    expect((await kedge.book()).map(({ transactionId }) => transactionId).sort()).toEqual(
      announced.map(({ id }) => id).sort()
    )
    for (const { child } of workers) child.kill("SIGTERM")
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual(
      workers.map(() => ({ code: 0, signal: null }))
    )
  })
})

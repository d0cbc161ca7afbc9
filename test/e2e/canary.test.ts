/**
 * Customer data must be nowhere but in sealed rows. Words that occur nowhere else are given in every place where a Sending Anchor
 * can give one, every table, log line and answer is then searched for them.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Effect } from "effect"
import { Client } from "pg"
import { type FreshDatabase, freshDatabase, noPostgres } from "../support/postgres.ts"
import { waitFor } from "../support/waitFor.ts"
import { KedgeProcess, runClient } from "./KedgeProcess.ts"

/** As they are, in hex and in base64: an encoding is no seal. */
const formsOf = (canary: string): ReadonlyArray<string> => [
  canary,
  Buffer.from(canary).toString("hex"),
  Buffer.from(canary).toString("base64").replace(/=+$/, "")
]
const canaries = {
  senderName: "Quetzalcanary",
  receiverName: "Vogelwanderung",
  account: "CANARYACCOUNT77310002",
  correctedAccount: "CANARYFIXED77319999",
  wrong: "CANARYWRONG7731"
}
const types = {
  "sep31-sender": { description: "sends", fields: { last_name: { description: "name" } } },
  "sep31-receiver": {
    description: "receives",
    fields: { last_name: { description: "name" }, bank_account_number: { description: "account" } }
  }
}

describe.skipIf(noPostgres)("customer data", () => {
  let database: FreshDatabase
  let kedge: KedgeProcess

  beforeAll(async () => {
    database = await freshDatabase()
    kedge = await KedgeProcess.prepare(
      database.url,
      { KEDGE_LOG_LEVEL: "debug" },
      {
        asset: { senderTypes: ["sep31-sender"], receiverTypes: ["sep31-receiver"] },
        file: { customerTypes: types }
      }
    )
    await kedge.command("migrate")
    await kedge.serve()
    await kedge.ready()
  })
  afterAll(async () => {
    await kedge.dispose()
    await database.drop()
  })

  it("is in no table, no log and no answer (A16, SEC-21, S31-GET-08)", async () => {
    const client = await kedge.signIn()
    const answers: Array<unknown> = []
    const done = await runClient(
      Effect.gen(function* () {
        const senderId = yield* client.putCustomer({
          type: "sep31-sender",
          memo: "1",
          values: { last_name: canaries.senderName }
        })
        const receiver = { type: "sep31-receiver", memo: "2" }
        const receiverId = yield* client.putCustomer({
          ...receiver,
          values: {
            last_name: canaries.receiverName,
            bank_account_number: `${canaries.account.slice(0, -4)}0003`
          }
        })
        const announced = yield* client.announce({ amount: "25", assetCode: "USDC", senderId, receiverId })
        const withField = yield* client.announce({
          amount: "25",
          assetCode: "USDC",
          senderId,
          receiverId,
          fields: { account_number: canaries.account }
        })
        // Refusals must not repeat what they refuse to a log.
        answers.push(
          yield* Effect.flip(client.announce({ amount: canaries.wrong, assetCode: "USDC" })),
          yield* Effect.flip(
            client.putCustomer({ type: canaries.wrong, memo: "3", values: { last_name: canaries.wrong } })
          )
        )
        return { announced, withField, receiver }
      })
    )
    await kedge.pay(String(done.announced.stellar_memo), "25")
    await kedge.pay(String(done.withField.stellar_memo), "25")
    const until = (id: string, status: string) =>
      waitFor(
        `${id} to be ${status}`,
        async () => {
          const seen = await runClient(client.transaction(id))
          answers.push(seen)
          return seen.status === status
        },
        { timeoutMillis: 30_000, intervalMillis: 100 }
      )

    await until(done.announced.id, "pending_customer_info_update")
    await until(done.withField.id, "pending_transaction_info_update")
    await runClient(
      client.putCustomer({
        ...done.receiver,
        values: { last_name: canaries.receiverName, bank_account_number: canaries.correctedAccount }
      })
    )
    await runClient(client.correct(done.withField.id, { account_number: canaries.correctedAccount }))
    await until(done.announced.id, "completed")
    await until(done.withField.id, "completed")
    const shown = [await kedge.command("tx", "list"), await kedge.command("tx", "show", done.announced.id)]

    const tables = await everyTable(database.url)
    expect(tables.map(({ name }) => name)).toContain("customer_value")
    const places = [
      ...tables.map(({ name, text }) => ({ name: `table ${name}`, text })),
      { name: "log", text: kedge.log() },
      { name: "answers", text: JSON.stringify(answers.slice(2)) },
      { name: "commands", text: shown.join("\n") },
      { name: "metrics", text: await (await fetch(`${kedge.operator}/metrics`)).text() }
    ]
    const found = places.flatMap(({ name, text }) =>
      Object.values(canaries).flatMap((canary) =>
        formsOf(canary).some((form) => text.toLowerCase().includes(form.toLowerCase()))
          ? [`${canary} in ${name}`]
          : []
      )
    )
    expect(found).toEqual([])
    expect(kedge.log().length).toBeGreaterThan(100)
  }, 120_000)
})

/** Every row of every table as text; bytes as hex. */
const everyTable = async (
  url: string
): Promise<ReadonlyArray<{ readonly name: string; readonly text: string }>> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    const tables = []
    for (const { name } of rows) {
      const all = await client.query<{ row: string }>(`select t::text as row from "${name}" t`)
      tables.push({ name, text: all.rows.map(({ row }) => row).join("\n") })
    }
    return tables
  } finally {
    await client.end()
  }
}

// A fresh, empty database for a test file, on the PostgreSQL that postgresSetup.ts found or started.
// Gotcha: that setup belongs to the vitest project `real`; a file under test/unit, property, model or tidy
// has no PostgreSQL, by design.
import { randomBytes } from "node:crypto"
import { Client } from "pg"
import { inject } from "vitest"

export interface FreshDatabase {
  readonly name: string
  readonly url: string
  /** Ends every session on the database and removes it. */
  drop(): Promise<void>
}

/** True where there is no PostgreSQL: `describe.skipIf(noPostgres)`. The run has then said so on stderr. */
export const noPostgres: boolean = inject("postgresUrl") === undefined

const administer = async (server: string, statement: string) => {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Makes an empty database with a name of its own; `drop` it in afterAll. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  const server = inject("postgresUrl")
  if (server === undefined) {
    throw new Error(
      "no PostgreSQL: guard the tests by describe.skipIf(noPostgres), in a kind of test that may use it"
    )
  }
  const name = `kedge_test_${randomBytes(6).toString("hex")}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await administer(server, `create database ${name}`)
  return {
    name,
    url: url.href,
    drop: () => administer(server, `drop database if exists ${name} with (force)`)
  }
}

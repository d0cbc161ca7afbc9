// A complete and right environment, to which a test does one thing. Keys are made here and used nowhere else.
import { Keypair } from "@stellar/stellar-sdk"
import { Effect, FileSystem } from "effect"
import { systemError } from "effect/PlatformError"
import type { Environment } from "../../src/cli/Environment.ts"
import { readConfig } from "../../src/cli/readConfig.ts"

const keypair = (name: string) => {
  const seed = new Uint8Array(32).map(
    (_, at) => (name.charCodeAt(at % name.length) * 31 + at * at * 7 + at) & 255
  )
  return Keypair.fromRawEd25519Seed(Buffer.from(seed))
}

export const signing = keypair("signing")
export const receiving = keypair("receiving")
export const issuer = keypair("issuer")
export const sender = keypair("sender")

export const configFile = {
  organization: { ORG_NAME: "Kedge" },
  assets: [
    {
      code: "USDC",
      issuer: issuer.publicKey(),
      account: receiving.publicKey(),
      minimum: "1",
      maximum: "10000",
      fee: { fixed: "0.5", percent: "1" },
      fundingMethods: ["SEPA", "SWIFT"],
      fields: { account_number: { description: "Number of the account", optional: true } },
      receiverTypes: ["sep31-receiver"]
    }
  ],
  customerTypes: {
    "sep31-receiver": { description: "Receives", fields: { last_name: { description: "Family name" } } }
  },
  sendingAnchors: [{ account: sender.publicKey(), name: "Sender" }]
}

export const jwtSecret = "kD8vXo2TqLr7Zw5NcE9yBh3GfUj6MsAp1VtK4xRnQmI="
export const dataKey = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs="
export const databaseUrl = "postgres://kedge:hush-hush@db.example.org:5432/kedge"

export const rightEnvironment: Environment = {
  KEDGE_NETWORK: "testnet",
  KEDGE_BASE_URL: "https://anchor.example.org",
  KEDGE_SIGNING_SEED: signing.secret(),
  KEDGE_JWT_SECRET: jwtSecret,
  KEDGE_DATA_KEY: dataKey,
  KEDGE_DATABASE_URL: databaseUrl,
  KEDGE_CONFIG: "kedge.json",
  KEDGE_INTEGRATION: "./integration.js"
}

export type Files = Readonly<Record<string, string>>

/** The files of the machine, as far as the configuration knows: `kedge.json` and what the test adds. */
export const filesOf = (files: Files) =>
  FileSystem.layerNoop({
    readFileString: (path) => {
      const text = files[path]
      return text === undefined
        ? Effect.fail(systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" }))
        : Effect.succeed(text)
    }
  })

export const read = (environment: Environment, files: Files = {}) =>
  readConfig({ ...rightEnvironment, ...environment }).pipe(
    Effect.provide(filesOf({ "kedge.json": JSON.stringify(configFile), ...files }))
  )

/** What is wrong, as `NAME: message` lines. */
export const problemsOf = (environment: Environment, files: Files = {}) =>
  read(environment, files).pipe(
    Effect.flip,
    Effect.map(({ problems }) => problems.map(({ name, message }) => `${name}: ${message}`))
  )

/** What is wrong with the file once `change` is made to it. */
export const fileProblems = (change: object) =>
  problemsOf({}, { "kedge.json": JSON.stringify({ ...configFile, ...change }) })

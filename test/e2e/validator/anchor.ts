// An anchor as the public validator meets it: all of Kedge as `serve` composes it, behind its own listener in this process,
// over a ledger, a Horizon and a rail that are the sandbox's. Only the database is in memory.
// Gotcha: the network has the test network's passphrase, since the validator knows no other but the public one.
import { Keypair, Networks } from "@stellar/stellar-sdk"
import { Effect, FileSystem, Layer, Logger, ManagedRuntime } from "effect"
import { type Sandbox, SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import { serverLayer } from "../../../src/app/process.ts"
import { readConfig } from "../../../src/cli/readConfig.ts"
import { waitFor } from "../../support/waitFor.ts"
import { freePort } from "../KedgeProcess.ts"

export type QuoteMode = "off" | "supported" | "required"

/** What the validator would be configured with. */
export const transactionFields = { routing_number: "021000021", account_number: "1234567", type: "SEPA" }
export const senderValues = { first_name: "Allie", last_name: "Grater", email_address: "allie@example.org" }
export const receiverValues = { first_name: "Lee", last_name: "Sun", bank_account_number: "1234567" }

const configOf = (
  sandbox: Sandbox,
  account: string,
  sendingAnchors: ReadonlyArray<string>,
  quotes: QuoteMode
) => {
  const [asset] = sandbox.assets
  if (asset === undefined) throw new Error("the sandbox issues no asset")
  const bank = (name: string) => ({ name, description: `a transfer by ${name}` })
  return {
    organization: { ORG_NAME: "Validated", ORG_URL: "https://validated.example.org" },
    assets: [
      {
        code: asset.code,
        issuer: asset.issuer,
        account,
        minimum: "1",
        maximum: "10000",
        fee: { fixed: "0.5", percent: "1" },
        fundingMethods: ["SEPA", "SWIFT"],
        fields: {
          routing_number: { description: "routing number of the bank" },
          account_number: { description: "number of the account" },
          type: { description: "how it is transferred", choices: ["SEPA", "SWIFT"] }
        },
        senderTypes: ["sep31-sender", "sep31-large-sender"],
        receiverTypes: ["sep31-receiver"],
        ...(quotes === "off" ? {} : { quotes })
      }
    ],
    customerTypes: {
      "sep31-sender": {
        description: "sends money",
        fields: {
          first_name: { description: "given name" },
          last_name: { description: "family name" },
          email_address: { description: "e-mail", optional: true }
        }
      },
      "sep31-large-sender": { description: "sends much money", fields: {} },
      "sep31-receiver": {
        description: "receives money",
        fields: {
          first_name: { description: "given name" },
          last_name: { description: "family name" },
          bank_account_number: { description: "account to be paid" }
        }
      }
    },
    sendingAnchors: sendingAnchors.map((each, at) => ({ account: each, name: `Validator ${at + 1}` })),
    ...(quotes === "off"
      ? {}
      : {
          quotes: {
            // Run for SEP-38 alone, the validator asks with a key that nobody knows.
            ...(quotes === "required" ? { clients: "authenticated" } : {}),
            offChain: [
              {
                asset: "iso4217:BRL",
                countryCodes: ["BR"],
                buyDeliveryMethods: [bank("SEPA"), bank("SWIFT")]
              }
            ],
            pairs: [
              {
                sell: `stellar:${asset.code}:${asset.issuer}`,
                buy: "iso4217:BRL",
                rate: "5.42",
                fee: { fixed: "1", percent: "0.5" }
              }
            ]
          }
        })
  }
}

const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")

const startSandbox = () =>
  SandboxServer.start({ closeEverySeconds: null, closeWhenPendingMs: 5, passphrase: Networks.TESTNET })

/** Starts it all; `stop` ends it. */
export const startAnchor = async (quotes: QuoteMode = "off") => {
  const sandbox = await startSandbox()
  const [port, operatorPort] = [await freePort(), await freePort()]
  const [receiving, signing] = [Keypair.random(), Keypair.random()]
  const [sendingAnchor, otherAnchor] = [Keypair.random(), Keypair.random()]
  for (const account of [receiving, sendingAnchor]) {
    const funding = await sandbox.faucet.fund(account.publicKey(), "USDC", 10_000_0000000n)
    if (!funding.isDone) throw new Error(`the faucet refused: ${funding.reason}`)
  }
  const file = configOf(
    sandbox,
    receiving.publicKey(),
    [sendingAnchor.publicKey(), otherAnchor.publicKey()],
    quotes
  )
  const settings = await readConfig({
    KEDGE_NETWORK: "testnet",
    KEDGE_BASE_URL: `http://127.0.0.1:${port}`,
    KEDGE_PORT: String(port),
    KEDGE_OPERATOR_PORT: String(operatorPort),
    KEDGE_SIGNING_SEED: signing.secret(),
    KEDGE_JWT_SECRET: random(),
    KEDGE_DATA_KEY: random(),
    KEDGE_DATABASE_URL: "memory:",
    KEDGE_CONFIG: "kedge.json",
    KEDGE_RAIL: "sandbox",
    KEDGE_SANDBOX_URL: sandbox.url,
    KEDGE_ALLOW_LOCAL: "true"
  }).pipe(
    Effect.provide(FileSystem.layerNoop({ readFileString: () => Effect.succeed(JSON.stringify(file)) })),
    Effect.runPromise
  )
  const runtime = ManagedRuntime.make(serverLayer(settings).pipe(Layer.provide(Logger.layer([]))))
  await runtime.context()
  const home = `http://127.0.0.1:${port}`
  await waitFor("the anchor to be ready", async () => (await fetch(`${home}/health/ready`)).ok)
  const [asset = { code: "", issuer: "" }] = file.assets
  return {
    home,
    host: `127.0.0.1:${port}`,
    sandbox,
    asset: { code: asset.code, issuer: asset.issuer },
    stellarAsset: `stellar:${asset.code}:${asset.issuer}`,
    receiving: receiving.publicKey(),
    signing: signing.publicKey(),
    sendingAnchor,
    /** Another one with an agreement, to which nothing of the first belongs. */
    otherAnchor,
    stop: async () => {
      await runtime.dispose()
      await sandbox.close()
    }
  }
}

export type Anchor = Awaited<ReturnType<typeof startAnchor>>

/**
 * Kedge as a server process with every role, over PostgreSQL and the embedded KYC store: what `post` asks.
 *
 * Everything between the socket and the disk is the real thing; only the ledger is an idle one in memory, so that no Horizon
 * takes part. Two assets are received: USDC wants a sender and a receiver known by SEP-12, EURC wants nobody.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { Keypair } from "@stellar/stellar-sdk/base"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import { layer as embeddedKyc } from "../../adapters/kyc-embedded/EmbeddedKyc.ts"
import { layer as outbound } from "../../adapters/outbound-node/OutboundNode.ts"
import { layer as localSigner } from "../../adapters/signer-local/LocalSigner.ts"
import { amount } from "../../machines/domain/Amount.ts"
import * as Envelope from "../../src/http/Envelope.ts"
import * as Kedge from "../../src/Kedge.ts"
import type { AssetConfig, CustomerType, Settings } from "../../src/KedgeConfig.ts"
import { BusinessHooks, defaultHooks } from "../../src/ports/BusinessHooks.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { Rails } from "../../src/ports/Rails.ts"
import { RateProvider } from "../../src/ports/RateProvider.ts"
import { RefundSigner } from "../../src/ports/RefundSigner.ts"
import { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import { layer as logging } from "../../src/telemetry/Logging.ts"
import { answerStarter } from "../Program.ts"
import { benchSettings, cpuSince, immediateRail, realPorts, storageLayer } from "../world.ts"
import { memoryLedger } from "./MemoryLedger.ts"

export interface Opening {
  readonly databaseUrl: string
  readonly sendingAnchors: number
}

export interface Opened {
  readonly port: number
  /** One a Sending Anchor. */
  readonly tokens: ReadonlyArray<{ readonly account: string; readonly token: string }>
}

const text = (description: string) => ({ description, optional: false, choices: null })

const customerTypes: Readonly<Record<string, CustomerType>> = {
  "sep31-sender": {
    description: "a person who sends money",
    fields: {
      first_name: text("given name"),
      last_name: text("family name"),
      email_address: text("where to write to")
    }
  },
  "sep31-receiver": {
    description: "a person who receives money",
    fields: {
      first_name: text("given name"),
      last_name: text("family name"),
      bank_account_number: text("where to pay"),
      bank_number: text("at which bank")
    }
  }
}

const usdc: AssetConfig = {
  code: "USDC",
  issuer: Keypair.random().publicKey(),
  account: Keypair.random().publicKey(),
  minimum: amount("1"),
  maximum: amount("10000"),
  fee: { fixed: amount("1"), percent: amount("1") },
  fundingMethods: ["SEPA", "SWIFT"],
  fields: {
    routing_number: { description: "routing number of the destination bank account" },
    account_number: { description: "bank account number of the destination" },
    type: { description: "type of deposit to make", choices: ["SEPA", "SWIFT"] }
  },
  senderTypes: ["sep31-sender"],
  receiverTypes: ["sep31-receiver"],
  rails: {},
  quotes: "off"
}
const eurc: AssetConfig = { ...usdc, code: "EURC", senderTypes: [], receiverTypes: [] }

const serverOf = (settings: Settings, databaseUrl: string) => {
  const ports = Layer.mergeAll(
    Layer.succeed(BusinessHooks, defaultHooks),
    Layer.succeed(Rails, Rails.one(immediateRail)),
    RateProvider.none,
    RefundSigner.none,
    StellarSubmission.none,
    memoryLedger(settings.network.passphrase).layer,
    localSigner,
    outbound,
    embeddedKyc()
  ).pipe(Layer.provideMerge(Layer.mergeAll(storageLayer(databaseUrl), realPorts(settings))))
  const envelope = Layer.unwrap(
    Effect.map(Entropy, ({ uuid }) =>
      Envelope.layer({
        bodyMax: settings.bodyMax,
        requestTimeout: settings.timing.requestTimeout,
        slowMillis: 60_000,
        requestId: uuid
      })
    )
  )
  const listener = NodeHttpServer.layer(
    () => createPublicServer({ requestTimeout: settings.timing.requestTimeout }),
    { port: 0, host: "127.0.0.1" }
  )
  const served = HttpRouter.serve(Layer.mergeAll(Kedge.routes, envelope), {
    disableLogger: true,
    disableListenLog: true
  })
  const roles = Layer.effectDiscard(
    Effect.flatMap(Kedge.Roles, (all) => Effect.forEach(all, ({ run }) => Effect.forkScoped(run)))
  )
  return Layer.merge(served, roles).pipe(
    Layer.provideMerge(listener),
    Layer.provideMerge(Kedge.layer),
    Layer.provideMerge(ports),
    Layer.provideMerge(logging("Warn"))
  )
}

let stop = () => Promise.resolve()

const openServer = async ({ databaseUrl, sendingAnchors }: Opening): Promise<Opened> => {
  const accounts = Array.from({ length: sendingAnchors }, () => Keypair.random().publicKey())
  const settings: Settings = {
    ...benchSettings,
    assets: [usdc, eurc],
    customerTypes,
    sendingAnchors: accounts.map((account, index) => ({ account, name: `anchor ${index}` })),
    signingSeed: Redacted.make(Keypair.random().secret()),
    jwtSecret: Redacted.make("a secret of no less than thirty-two bytes"),
    roles: { http: true, watch: true, execute: true, poll: true }
  }
  const runtime = ManagedRuntime.make(serverOf(settings, databaseUrl))
  stop = () => runtime.dispose()
  const port = await runtime.runPromise(
    Effect.map(HttpServer.HttpServer, ({ address }) =>
      typeof address === "object" && "port" in address ? address.port : 0
    )
  )
  const tokens = await runtime.runPromise(
    Effect.flatMap(Tokens, ({ issue }) =>
      Effect.forEach(accounts, (account) =>
        Effect.map(
          issue({ subject: account, challenge: "c", homeDomain: settings.homeDomain, clientDomain: null }),
          (token) => ({ account, token })
        )
      )
    )
  )
  return { port, tokens }
}

answerStarter({ open: openServer, cpu: () => cpuSince() }, () => stop())

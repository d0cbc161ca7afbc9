// SEP-12 as a client meets it: a real HTTP server on loopback over the runtime, the memory storage and the embedded KYC
// provider with the sandbox's script, with tokens of anyone's and a rail that the test scripts.
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Logger, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import { type EmbeddedKycOptions, layer as embeddedKyc } from "../../adapters/kyc-embedded/EmbeddedKyc.ts"
import { layerOver } from "../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../adapters/storage-memory/tables.ts"
import { make as makeSigner } from "../../adapters/signer-local/LocalSigner.ts"
import { CallbackSender } from "../../src/callbacks/CallbackSender.ts"
import * as Envelope from "../../src/http/Envelope.ts"
import type { CustomerType, KedgeConfig, Settings } from "../../src/KedgeConfig.ts"
import { BusinessHooks, type Hooks } from "../../src/ports/BusinessHooks.ts"
import type { Entropy } from "../../src/ports/Entropy.ts"
import type { KycProvider } from "../../src/ports/KycProvider.ts"
import { Outbound } from "../../src/ports/Outbound.ts"
import type { PaymentRail } from "../../src/ports/Rails.ts"
import { Signer } from "../../src/ports/Signer.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import type { Vault } from "../../src/ports/Vault.ts"
import type { Payouts } from "../../src/payouts/Payouts.ts"
import { PayoutExecutor } from "../../src/payouts/PayoutExecutor.ts"
import type { Actors } from "../../src/runtime/Actors.ts"
import { CustomerCallbacks } from "../../src/sep12/CustomerCallbacks.ts"
import type { Customers } from "../../src/sep12/Customers.ts"
import { layer as customersLayer } from "../../src/sep12/CustomersLayer.ts"
import { ErasureSweeper } from "../../src/sep12/ErasureSweeper.ts"
import { routes } from "../../src/sep12/routes.ts"
import { VerdictSweeper } from "../../src/sep12/VerdictSweeper.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import * as Logging from "../../src/telemetry/Logging.ts"
import { runtimeLayer, scriptedRail, testSettings } from "./runtimeWorld.ts"
import { scriptedOutbound } from "./scriptedOutbound.ts"
import { keyOf } from "./signIn.ts"

/** Two registered Sending Anchors, and an account that is none. */
export const anchorA = "GDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435DIAG"
export const anchorB = "GDFJHLAXAUMHA4OWPOB4P7YO72AQR2HMIUYFOXLXE2DZGM633K7HZDQP"
export const nobody = "GCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVYOJR"
/** `anchorA` with the muxed id 7. */
export const muxedA = "MDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435CAAAAAAAAAAAA7SPO"

const field = (description: string, optional = false, choices: ReadonlyArray<string> | null = null) => ({
  description,
  optional,
  choices
})

export const customerTypes: Readonly<Record<string, CustomerType>> = {
  "sep31-sender": {
    description: "a person who sends money",
    fields: {
      first_name: field("given name"),
      last_name: field("family name"),
      email_address: field("email", true)
    }
  },
  "sep31-receiver": {
    description: "a person who receives money",
    fields: {
      first_name: field("given name"),
      last_name: field("family name"),
      bank_account_number: field("where the money goes"),
      bank_name: field("of these banks", true, ["First", "Second"]),
      mobile_number: field("phone", true),
      mobile_number_format: field("format of the phone number", true),
      birth_date: field("date of birth", true),
      photo_id_front: field("identity document", true)
    }
  }
}

export const sep12Settings: Settings = {
  ...testSettings,
  jwtSecret: Redacted.make("a secret of no less than thirty-two bytes"),
  customerTypes,
  sendingAnchors: [
    { account: anchorA, name: "A" },
    { account: anchorB, name: "B" }
  ]
}

export const deliversAll: PaymentRail["execute"] = () =>
  Effect.succeed({ _tag: "Delivered", externalId: "e" })

export const keypair = keyOf("customer callbacks")

export interface WorldOptions {
  readonly hooks?: Partial<Hooks>
  readonly outbound?: Outbound["Service"]
  readonly kyc?: EmbeddedKycOptions
  readonly provider?: Layer.Layer<KycProvider, never, Storage>
  readonly execute?: PaymentRail["execute"]
  readonly settings?: Partial<Settings>
  /** In place of the memory storage; the tables then stay empty. */
  readonly storage?: Layer.Layer<Storage>
}

/** The services without a server. */
export const sep12Layer = (options: WorldOptions = {}, tables = emptyTables()) => {
  const settings = { ...sep12Settings, ...options.settings }
  const world = runtimeLayer(scriptedRail(options.execute ?? deliversAll).rail, {
    settings,
    storage: options.storage ?? layerOver(tables)
  })
  const kyc = options.provider ?? embeddedKyc({ scripted: true, processingSeconds: 60, ...options.kyc })
  const ports = Layer.mergeAll(
    kyc,
    Layer.succeed(BusinessHooks, BusinessHooks.make(options.hooks ?? {})),
    Layer.succeed(Outbound, options.outbound ?? scriptedOutbound().outbound),
    Layer.effect(Signer, makeSigner(Redacted.make(keypair.secret()))),
    Tokens.layer
  )
  const pays = Layer.effectDiscard(Effect.flatMap(PayoutExecutor, ({ run }) => Effect.forkScoped(run)))
  return Layer.mergeAll(VerdictSweeper.layer, ErasureSweeper.layer, CustomerCallbacks.layer, pays).pipe(
    Layer.provideMerge(customersLayer),
    Layer.provide(CallbackSender.layer),
    Layer.provideMerge(ports),
    Layer.provideMerge(world)
  )
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Sent {
  /** Subject of the token; null for none. */
  readonly as?: string | null
  /** Goes as JSON, a string as it is, forms as forms. */
  readonly body?: unknown
  readonly type?: string
}

type Services =
  | Customers
  | CustomerCallbacks
  | ErasureSweeper
  | VerdictSweeper
  | Payouts
  | Actors
  | Storage
  | KedgeConfig
  | Tokens
  | KycProvider
  | Vault
  | Entropy

const bodyOf = (body: unknown): FormData | URLSearchParams | string =>
  body instanceof FormData || body instanceof URLSearchParams || typeof body === "string"
    ? body
    : JSON.stringify(body)

/** Starts a server; `stop` it when done. */
export const startSep12 = async (options: WorldOptions = {}) => {
  const tables = emptyTables()
  const envelope = Envelope.layer({
    bodyMax: sep12Settings.bodyMax,
    requestTimeout: 30,
    slowMillis: 60_000,
    requestId: Effect.succeed("request")
  })
  const served = HttpRouter.serve(Layer.merge(routes, envelope), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => createPublicServer({ requestTimeout: 30 }), { port: 0, host: "127.0.0.1" })
    ),
    Layer.provideMerge(sep12Layer(options, tables))
  )
  /** Every line the process would have written, as it would have been. */
  const lines: Array<string> = []
  const logged = Logger.layer([Logger.map(Logging.json, (line) => void lines.push(line))])
  const runtime = ManagedRuntime.make(served.pipe(Layer.provideMerge(logged)))
  const url = await runtime.runPromise(
    Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))
  )
  const token = (subject: string) =>
    runtime.runPromise(
      Effect.flatMap(Tokens, (service) =>
        service.issue({ subject, challenge: "c", homeDomain: sep12Settings.homeDomain, clientDomain: null })
      )
    )

  const ask = async (
    method: string,
    path: string,
    { as = anchorA, body, type }: Sent = {}
  ): Promise<Answer> => {
    const isForm = body instanceof FormData || body instanceof URLSearchParams
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${await token(as)}` }),
        ...(body === undefined || isForm ? {} : { "content-type": type ?? "application/json" })
      },
      ...(body === undefined ? {} : { body: bodyOf(body) })
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>)
    }
  }
  const get = (query: Readonly<Record<string, string>> = {}, as = anchorA) =>
    ask("GET", `/sep12/customer?${new URLSearchParams(query).toString()}`, { as })
  const put = (body: unknown, as = anchorA) => ask("PUT", "/sep12/customer", { body, as })
  /** Registers; answers the id. */
  const register = async (body: Readonly<Record<string, unknown>>, as = anchorA): Promise<string> => {
    const { body: answer, status, text } = await put(body, as)
    if (status !== 202) throw new Error(`a PUT answered ${status}: ${text}`)
    return String(answer["id"])
  }
  const run = <A, E>(effect: Effect.Effect<A, E, Services>) => runtime.runPromise(effect)

  return { url, tables, lines, ask, get, put, register, run, stop: () => runtime.dispose() }
}
export type Sep12World = Awaited<ReturnType<typeof startSep12>>

export const person = { first_name: "Ada", last_name: "Okafor" }
export const receiver = { ...person, bank_account_number: "12345", type: "sep31-receiver" }
export const sender = { ...person, type: "sep31-sender" }

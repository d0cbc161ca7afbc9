// SEP-31 as a client meets it: a real HTTP server on loopback over the runtime and the memory storage, with tokens,
// customers, hooks and a rail that the test scripts.
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Logger, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { configuredRates } from "../../adapters/rates-static/ConfiguredRates.ts"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import * as Envelope from "../../src/http/Envelope.ts"
import type { KedgeConfig, Settings } from "../../src/KedgeConfig.ts"
import { BusinessHooks, type Hooks } from "../../src/ports/BusinessHooks.ts"
import { PayoutExecutor } from "../../src/payouts/PayoutExecutor.ts"
import { type AboutTransaction, KycProvider } from "../../src/ports/KycProvider.ts"
import type { PaymentRail, PayoutOutcome } from "../../src/ports/Rails.ts"
import type { TransactionRow } from "../../src/ports/rows.ts"
import { Storage } from "../../src/ports/Storage.ts"
import type { Actors } from "../../src/runtime/Actors.ts"
import { AcceptingPayments } from "../../src/runtime/AcceptingPayments.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import { RateProvider } from "../../src/ports/RateProvider.ts"
import { layer as customersLayer } from "../../src/sep12/CustomersLayer.ts"
import type { Customers } from "../../src/sep12/Customers.ts"
import { routes } from "../../src/sep31/routes.ts"
import type { Quotes } from "../../src/sep38/Quotes.ts"
import { layer as quotesLayer } from "../../src/sep38/QuotesLayer.ts"
import * as Logging from "../../src/telemetry/Logging.ts"
import { scriptedOutbound } from "./scriptedOutbound.ts"
import { Outbound } from "../../src/ports/Outbound.ts"
import { bringPayments, payment, runtimeLayer, scriptedRail, testSettings } from "./runtimeWorld.ts"
import { customerTypes, otherAnchor, receiverId, senderId, sendingAnchor, usdc } from "./sep31.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** What the test may change while the server runs. */
export interface Script {
  hooks: Partial<Hooks>
  accepting: boolean
  /** What the rail answers, by the receiver's account number; anything else is delivered. */
  outcomes: Map<string, PayoutOutcome>
  /** Customers' values by id. */
  values: Map<string, Readonly<Record<string, string>>>
  /** What the provider thinks of a customer, by id; of anybody else it wants more. */
  verdicts: Map<string, "ACCEPTED" | "PROCESSING" | "REJECTED">
  /** The tier of requirements that a transaction has, for both sides. */
  tierFor: (about: AboutTransaction) => string | null
}

/** A provider that has nothing but the values and the verdicts the test gave. */
const kycOf = (script: Script): KycProvider["Service"] => {
  const unused = () => Effect.die(new Error("SEP-31 takes no values from a client and erases nobody"))
  const wanted = { last_name: { type: "string", description: "family name" } } as const
  return {
    fields: () => Effect.succeed(wanted),
    put: unused,
    erase: unused,
    verdict: (id) =>
      Effect.sync(() => {
        const status = script.verdicts.get(id)
        return status === undefined
          ? { status: "NEEDS_INFO", fields: wanted, provided: {} }
          : { status, fields: {}, provided: {} }
      }),
    values: (id) => Effect.sync(() => script.values.get(id) ?? {}),
    tierOf: (_, about) => Effect.sync(() => script.tierFor(about))
  }
}

const railOf = (script: Script, paid: Array<Parameters<PaymentRail["execute"]>[0]>) =>
  scriptedRail((payout) =>
    Effect.sync(() => {
      paid.push(payout)
      const number = payout.fields["account_number"] ?? payout.receiver["bank_account_number"] ?? ""
      return script.outcomes.get(number) ?? { _tag: "Delivered", externalId: `bank-${paid.length}` }
    })
  ).rail

/** Starts a server; `stop` it when done. */
export const startSep31 = async (
  options: {
    readonly settings?: Partial<Settings>
    readonly storage?: Layer.Layer<Storage>
    readonly outbound?: Outbound["Service"]
  } = {}
) => {
  const script: Script = {
    hooks: {},
    accepting: true,
    outcomes: new Map(),
    values: new Map(),
    verdicts: new Map(),
    tierFor: () => null
  }
  const paid: Array<Parameters<PaymentRail["execute"]>[0]> = []
  const settings: Settings = {
    ...testSettings,
    jwtSecret: Redacted.make("a secret of no less than thirty-two bytes"),
    assets: [usdc],
    customerTypes,
    sendingAnchors: [
      { account: sendingAnchor, name: "one" },
      { account: otherAnchor, name: "two" }
    ],
    ...options.settings
  }
  const hooks = BusinessHooks.make({
    info: (...asked) => (script.hooks.info ?? BusinessHooks.make({}).info)(...asked),
    validateTransaction: (...asked) =>
      (script.hooks.validateTransaction ?? BusinessHooks.make({}).validateTransaction)(...asked),
    acceptUpdate: (...asked) => (script.hooks.acceptUpdate ?? BusinessHooks.make({}).acceptUpdate)(...asked),
    isSendingAnchor: (...asked) =>
      (script.hooks.isSendingAnchor ?? BusinessHooks.make({}).isSendingAnchor)(...asked)
  })
  const ports = Layer.mergeAll(
    Layer.succeed(BusinessHooks, hooks),
    Layer.succeed(KycProvider, kycOf(script)),
    Layer.succeed(RateProvider, configuredRates(settings.quotes?.pairs ?? [])),
    Layer.succeed(Outbound, options.outbound ?? scriptedOutbound().outbound),
    Layer.succeed(AcceptingPayments, { ready: Effect.sync(() => script.accepting) })
  ).pipe(
    Layer.provideMerge(
      runtimeLayer(railOf(script, paid), {
        settings,
        ...(options.storage === undefined ? {} : { storage: options.storage })
      })
    )
  )
  const world = Layer.mergeAll(customersLayer, quotesLayer).pipe(Layer.provideMerge(ports))
  const envelope = Envelope.layer({
    bodyMax: settings.bodyMax,
    requestTimeout: settings.timing.requestTimeout,
    slowMillis: 60_000,
    requestId: Effect.succeed("request")
  })
  const tokens = Tokens.layer.pipe(Layer.provideMerge(world))
  const served = HttpRouter.serve(Layer.mergeAll(routes, envelope), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => createPublicServer({ requestTimeout: 30 }), { port: 0, host: "127.0.0.1" })
    ),
    Layer.provideMerge(tokens)
  )
  /** Every line the process would have written, as it would have been. */
  const lines: Array<string> = []
  const logged = Logger.layer([Logger.map(Logging.json, (line) => void lines.push(line))])
  const executing = Layer.effectDiscard(
    Effect.flatMap(PayoutExecutor, ({ run: execute }) => Effect.forkScoped(execute))
  )
  const runtime = ManagedRuntime.make(executing.pipe(Layer.provideMerge(served), Layer.provideMerge(logged)))
  const url = await runtime.runPromise(
    Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))
  )
  const token = (subject = sendingAnchor) =>
    runtime.runPromise(
      Effect.flatMap(Tokens, (service) =>
        service.issue({ subject, challenge: "c", homeDomain: settings.homeDomain, clientDomain: null })
      )
    )
  const bearer = await token()

  /** One request. A body that is no string goes as JSON; `as` is a token, null for none. */
  const ask = async (
    method: string,
    path: string,
    { as = bearer, body, headers = {}, type = "application/json" }: Request = {}
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined || type === null ? {} : { "content-type": type })
      },
      ...(body === undefined ? {} : { body: bytesOf(body) })
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : (JSON.parse(text) as unknown)
    }
  }
  const run = <A, E>(
    effect: Effect.Effect<A, E, Actors | Storage | KedgeConfig | Tokens | Customers | Quotes>
  ) => runtime.runPromise(effect)

  return { url, script, paid, lines, token, ask, run, runtime, stop: () => runtime.dispose() }
}
export type Sep31World = Awaited<ReturnType<typeof startSep31>>

interface Request {
  readonly as?: string | null
  readonly body?: unknown
  readonly type?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Bytes, so that fetch adds no content type of its own. */
const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array
    ? new Uint8Array(body)
    : new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body))

/** Two customers of the Sending Anchor, accepted for their sides. */
export const register = Effect.fnUntraced(function* (
  id: CustomerId,
  type: string,
  status: string,
  owner: string = sendingAnchor
) {
  const storage = yield* Storage
  yield* storage.createCustomer({ id, owner, account: owner, memo: { type: "text", value: id.slice(-12) } })
  yield* storage.recordVerdict({ id, type, status, message: null, askAgainInSeconds: null, put: [] })
})
export const registerBoth = Effect.andThen(
  register(senderId, "sep31-sender", "ACCEPTED"),
  register(receiverId, "sep31-receiver", "ACCEPTED")
)

/** A POST that passes every check. */
export const goodPost = {
  amount: "100",
  asset_code: "USDC",
  funding_method: "SEPA",
  sender_id: senderId,
  receiver_id: receiverId,
  fields: { transaction: { routing_number: "021000021", account_number: "account-canary", type: "SEPA" } }
}

/** The Sending Anchor pays what it announced, or another amount; answers once the credit is committed. */
export const pay = Effect.fnUntraced(function* (
  row: Pick<TransactionRow, "account" | "asset" | "memo">,
  value: string
) {
  const { account, asset, memo } = row
  yield* bringPayments([payment(0, value, { account, asset, memo: memo.value, memoType: memo.type })])
})

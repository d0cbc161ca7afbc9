// SEP-38 as a client meets it: a real HTTP server on loopback over the memory storage, with rates, an agreement and a clock that
// the test moves.
import { NodeHttpServer } from "@effect/platform-node"
import { Clock, Context, Effect, Layer, Logger, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import { layer as nodeEntropy } from "../../adapters/entropy-node/NodeEntropy.ts"
import { layer as memoryStorage } from "../../adapters/storage-memory/MemoryStorage.ts"
import { configuredRates } from "../../adapters/rates-static/ConfiguredRates.ts"
import { amount } from "../../machines/domain/Amount.ts"
import { Forbidden } from "../../src/http/errors.ts"
import * as Envelope from "../../src/http/Envelope.ts"
import { KedgeConfig, type OffChainAsset, type QuotePair, type Settings } from "../../src/KedgeConfig.ts"
import {
  type Rate,
  RateProvider,
  type RateQuestion,
  type RateUnavailable,
  type NoRate
} from "../../src/ports/RateProvider.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import { QuoteClients } from "../../src/sep38/QuoteClients.ts"
import type { Quotes } from "../../src/sep38/Quotes.ts"
import { layer as quotesLayer } from "../../src/sep38/QuotesLayer.ts"
import { routes } from "../../src/sep38/routes.ts"
import * as Logging from "../../src/telemetry/Logging.ts"
import { testSettings } from "./runtimeWorld.ts"
import { otherAnchor, sendingAnchor, usdc } from "./sep31.ts"

export const sellAsset = `stellar:USDC:${usdc.issuer ?? ""}`

export const brl: OffChainAsset = {
  asset: "iso4217:BRL",
  decimals: 2,
  countryCodes: ["BR", "BR-SP"],
  buyDeliveryMethods: [
    { name: "PIX", description: "to a PIX key, at once" },
    { name: "TED", description: "to a bank account, on the same day" }
  ],
  sellDeliveryMethods: [],
  capacity: amount("5000")
}
/** Money without a smaller coin, delivered in one way. */
export const jpy: OffChainAsset = {
  asset: "iso4217:JPY",
  decimals: 0,
  countryCodes: [],
  buyDeliveryMethods: [{ name: "PIX", description: "to a bank account" }],
  sellDeliveryMethods: [{ name: "cash", description: "at a counter" }],
  capacity: null
}

export const pair = (rest: Partial<QuotePair> = {}): QuotePair => ({
  sell: sellAsset,
  buy: brl.asset,
  rate: "5",
  spread: amount("0"),
  fee: { fixed: amount("10"), percent: amount("0") },
  feeIn: "sell",
  ...rest
})

type Answering = (question: RateQuestion) => Effect.Effect<Rate, RateUnavailable | NoRate>

/** What the test may change while the server runs. */
export interface Script {
  /** Null: the pairs' own. */
  rate: Answering | null
  /** Accounts with an agreement. */
  agreed: ReadonlyArray<string>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

interface Request {
  readonly as?: string | null
  readonly body?: unknown
  readonly type?: string | null
  readonly authorization?: string
}

export const sep38Settings: Settings = {
  ...testSettings,
  jwtSecret: Redacted.make("a secret of no less than thirty-two bytes"),
  // The test's clock runs ahead, by days; its tokens stay good.
  timing: { ...testSettings.timing, tokenLifetime: 1_000_000_000 },
  activeSeps: ["sep-1", "sep-10", "sep-12", "sep-31", "sep-38"],
  assets: [{ ...usdc, fundingMethods: ["PIX", "TED"], quotes: "supported" }],
  quotes: {
    offChain: [brl, jpy],
    pairs: [
      pair(),
      pair({ buy: jpy.asset, rate: "150.5", fee: { fixed: amount("0"), percent: amount("1") }, feeIn: "buy" })
    ],
    openMax: 3,
    clients: "sending-anchors"
  }
}

/** Starts a server; `stop` it when done. */
export const startSep38 = async (
  options: { readonly settings?: Partial<Settings>; readonly storage?: Layer.Layer<Storage> } = {}
) => {
  const settings: Settings = { ...sep38Settings, ...options.settings }
  const script: Script = { rate: null, agreed: [sendingAnchor, otherAnchor] }
  const asked: Array<RateQuestion> = []
  const own = configuredRates(settings.quotes?.pairs ?? [])
  const rates = Layer.succeed(RateProvider, {
    rate: (question) => {
      asked.push(question)
      return (script.rate ?? own.rate)(question)
    }
  })
  const clients = Layer.succeed(QuoteClients, {
    authorise: (account) =>
      Effect.suspend(() =>
        script.agreed.includes(account) ? Effect.void : Effect.fail(new Forbidden({ error: "no agreement" }))
      )
  })
  /** The process's own clock and the storage's are one here, ahead of the machine's by what the test let pass. */
  const time = { aheadMillis: 0 }
  const real = Context.get(Context.empty(), Clock.Clock)
  const clock: Clock.Clock = {
    sleep: (duration) => real.sleep(duration),
    currentTimeMillisUnsafe: () => real.currentTimeMillisUnsafe() + time.aheadMillis,
    currentTimeMillis: Effect.sync(() => real.currentTimeMillisUnsafe() + time.aheadMillis),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: real.monotonicTimeNanos,
    currentTimeNanosUnsafe: () => real.currentTimeNanosUnsafe(),
    currentTimeNanos: real.currentTimeNanos
  }
  const ports = Layer.mergeAll(
    Layer.succeed(KedgeConfig, settings),
    options.storage ?? memoryStorage,
    nodeEntropy,
    rates,
    clients
  )
  const world = Layer.mergeAll(quotesLayer, Tokens.layer).pipe(Layer.provideMerge(ports))
  const envelope = Envelope.layer({
    bodyMax: settings.bodyMax,
    requestTimeout: settings.timing.requestTimeout,
    slowMillis: 60_000,
    requestId: Effect.succeed("request")
  })
  const served = HttpRouter.serve(Layer.mergeAll(routes, envelope), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => createPublicServer({ requestTimeout: 30 }), { port: 0, host: "127.0.0.1" })
    ),
    Layer.provideMerge(world)
  )
  /** Every line the process would have written, as it would have been. */
  const lines: Array<string> = []
  const logged = Logger.layer([Logger.map(Logging.json, (line) => void lines.push(line))])
  const runtime = ManagedRuntime.make(
    served.pipe(Layer.provideMerge(Layer.merge(logged, Layer.succeed(Clock.Clock, clock))))
  )
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
    { as = bearer, authorization, body, type = "application/json" }: Request = {}
  ): Promise<Answer> => {
    const header = authorization ?? (as === null ? undefined : `Bearer ${as}`)
    const response = await fetch(`${url}/sep38${path}`, {
      method,
      headers: {
        ...(header === undefined ? {} : { authorization: header }),
        ...(body === undefined || type === null ? {} : { "content-type": type })
      },
      ...(body === undefined
        ? {}
        : { body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)) })
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : (JSON.parse(text) as unknown)
    }
  }
  /** GET with a query of these members. */
  const get = (path: string, query: Readonly<Record<string, string>> = {}, request: Request = {}) =>
    ask("GET", `${path}?${new URLSearchParams(query).toString()}`, request)
  const run = <A, E>(effect: Effect.Effect<A, E, Storage | Quotes | Tokens>) => runtime.runPromise(effect)

  const pass = (seconds: number) => {
    time.aheadMillis += seconds * 1000
  }

  return { url, pass, script, asked, lines, settings, token, ask, get, run, stop: () => runtime.dispose() }
}
export type Sep38World = Awaited<ReturnType<typeof startSep38>>

/** A query of GET /price, or a body of POST /quote, that passes every check. */
export const goodQuote = {
  sell_asset: sellAsset,
  buy_asset: brl.asset,
  sell_amount: "100",
  context: "sep31",
  buy_delivery_method: "PIX"
}

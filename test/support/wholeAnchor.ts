// Every endpoint there is, on one real listener as the application has it: all SEPs, the description and the envelope, over the
// memory storage and adapters of our own. Only the rail, the ledger's signers and whether payments are accepted are the test's.
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Logger, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import { layer as embeddedKyc } from "../../adapters/kyc-embedded/EmbeddedKyc.ts"
import * as ConfiguredRates from "../../adapters/rates-static/ConfiguredRates.ts"
import { layer as localSigner } from "../../adapters/signer-local/LocalSigner.ts"
import { apiPage } from "../../src/app/apiPage.ts"
import * as Envelope from "../../src/http/Envelope.ts"
import { KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import * as Kedge from "../../src/Kedge.ts"
import { BusinessHooks } from "../../src/ports/BusinessHooks.ts"
import { Outbound } from "../../src/ports/Outbound.ts"
import { AcceptingPayments } from "../../src/runtime/AcceptingPayments.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import { layer as customersLayer } from "../../src/sep12/CustomersLayer.ts"
import { layer as quotesLayer } from "../../src/sep38/QuotesLayer.ts"
import * as Logging from "../../src/telemetry/Logging.ts"
import { runtimeLayer, scriptedRail } from "./runtimeWorld.ts"
import { scriptedOutbound } from "./scriptedOutbound.ts"
import { sendingAnchor } from "./sep31.ts"
import { customerTypes } from "./sep12World.ts"
import { brl, pair, sep38Settings } from "./sep38World.ts"
import { ledgerOf, serverKey, terms } from "./signIn.ts"

export const wholeSettings: Settings = {
  ...sep38Settings,
  network: { id: "testnet", passphrase: terms.passphrase, isPublic: false },
  homeDomain: terms.homeDomain,
  signingSeed: Redacted.make(serverKey.secret()),
  customerTypes,
  sendingAnchors: [{ account: sendingAnchor, name: "one" }],
  quotes: {
    offChain: [{ ...brl, capacity: null }],
    pairs: [pair()],
    openMax: 100_000,
    clients: "sending-anchors"
  }
}

/** Starts a server; `stop` it when done. */
export const startWholeAnchor = async (over: Partial<Settings> = {}) => {
  const settings: Settings = { ...wholeSettings, ...over }
  const config = Layer.succeed(KedgeConfig, settings)
  const rail = scriptedRail(() => Effect.succeed({ _tag: "Delivered", externalId: "e" })).rail
  const ports = Layer.mergeAll(
    embeddedKyc({ scripted: true }),
    ConfiguredRates.layer(settings.quotes?.pairs ?? []),
    Layer.succeed(BusinessHooks, BusinessHooks.make({})),
    Layer.succeed(AcceptingPayments, { ready: Effect.succeed(true) }),
    localSigner.pipe(Layer.provide(config)),
    Layer.succeed(Outbound, scriptedOutbound(() => null, true).outbound),
    ledgerOf(new Map())
  ).pipe(Layer.provideMerge(runtimeLayer(rail, { settings })))
  const world = Layer.mergeAll(customersLayer, quotesLayer, Tokens.layer).pipe(Layer.provideMerge(ports))
  const envelope = Envelope.layer({
    bodyMax: settings.bodyMax,
    requestTimeout: settings.timing.requestTimeout,
    slowMillis: 60_000,
    requestId: Effect.succeed("request")
  })
  const served = HttpRouter.serve(Layer.mergeAll(Kedge.routes, apiPage(settings), envelope), {
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
  const runtime = ManagedRuntime.make(served.pipe(Layer.provideMerge(logged)))
  const url = await runtime.runPromise(
    Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))
  )
  const token = await runtime.runPromise(
    Effect.flatMap(Tokens, ({ issue }) =>
      issue({ subject: sendingAnchor, challenge: "c", homeDomain: settings.homeDomain, clientDomain: null })
    )
  )
  return { url, token, lines, settings, stop: () => runtime.dispose() }
}
export type WholeAnchor = Awaited<ReturnType<typeof startWholeAnchor>>

/**
 * The two listeners: the public one with the SEPs, and the operator's, on loopback unless configured otherwise, with metrics and
 * the details of health.
 *
 * Gotcha: layers are built once however often they are named, the router too. Each listener's routes are built afresh, or the
 * operator's would be served to the public.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { createPublicServer } from "../../adapters/http-node/createPublicServer.ts"
import * as Envelope from "../http/Envelope.ts"
import * as Kedge from "../Kedge.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { Entropy } from "../ports/Entropy.ts"
import { apiPage } from "./apiPage.ts"
import { operatorRoutes, publicRoutes } from "./Health.ts"

const slowMillis = 1000

const envelope = Layer.unwrap(
  Effect.gen(function* () {
    const { bodyMax, timing } = yield* KedgeConfig
    const entropy = yield* Entropy
    return Envelope.layer({
      bodyMax,
      requestTimeout: timing.requestTimeout,
      slowMillis,
      requestId: entropy.uuid
    })
  })
)

const quiet = { disableLogger: true, disableListenLog: true }

const listenOn = (host: string, port: number, { timing }: Settings) =>
  NodeHttpServer.layer(() => createPublicServer({ requestTimeout: timing.requestTimeout }), {
    host,
    port,
    gracefulShutdownTimeout: `${timing.shutdownGrace} seconds`
  })

/** What Sending Anchors reach. */
export const publicListener = Layer.unwrap(
  Effect.map(KedgeConfig, (settings) => {
    const routes = Layer.mergeAll(Kedge.routes, publicRoutes, apiPage(settings), envelope)
    return Layer.fresh(HttpRouter.serve(routes, quiet)).pipe(
      Layer.provide(listenOn(settings.host, settings.port, settings))
    )
  })
)

/** What the operator reaches; it knows no authentication. */
export const operatorListener = Layer.unwrap(
  Effect.map(KedgeConfig, (settings) => {
    const routes = Layer.mergeAll(operatorRoutes, PrometheusMetrics.layerHttp({ path: "/metrics" }), envelope)
    return Layer.fresh(HttpRouter.serve(routes, quiet)).pipe(
      Layer.provide(listenOn(settings.operatorHost, settings.operatorPort, settings))
    )
  })
)

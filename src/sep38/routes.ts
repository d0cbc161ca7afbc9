/** SEP-38 as routes, mounted when `sep-38` is among the active SEPs; where it is not, its paths are 404 like any other. */
import { Effect, Layer } from "effect"
import { basePathOf, serveApi } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BearerOr403 } from "../sep10/Bearer.ts"
import { FairShare } from "../sep10/FairShare.ts"
import { Sep38Api } from "./api.ts"
import { handlers } from "./handlers.ts"

/** Leaves open the configuration, `Tokens`, `Quotes` and `QuoteClients`. */
export const routes = Layer.unwrap(
  Effect.map(KedgeConfig, ({ activeSeps, baseUrl }) =>
    activeSeps.includes("sep-38") ? serveApi(Sep38Api, basePathOf(baseUrl)) : Layer.empty
  )
).pipe(Layer.provide(handlers), Layer.provide([BearerOr403.layer, FairShare.layer]))

/** SEP-12 as routes: provided, the endpoints exist; left out, their paths are unknown. */
import { Effect, Layer } from "effect"
import { basePathOf, serveApi } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BearerOr401 } from "../sep10/Bearer.ts"
import { Sep12Api } from "./api.ts"
import { handlers } from "./handlers.ts"

/** Leaves open the configuration, `Tokens` and `Customers`, which SEP-31 and the integrator's doors share. */
export const routes = Layer.unwrap(
  Effect.map(KedgeConfig, ({ baseUrl }) => serveApi(Sep12Api, basePathOf(baseUrl)))
).pipe(Layer.provide(handlers), Layer.provide(BearerOr401.layer))

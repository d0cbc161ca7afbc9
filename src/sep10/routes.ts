/** SEP-10 as routes: provided, the endpoint exists; left out, its path is unknown. */
import { Effect, Layer } from "effect"
import { basePathOf, serveApi } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Sep10Api } from "./api.ts"
import { Challenges } from "./Challenges.ts"
import { FairAddress } from "./FairShare.ts"
import { handlers } from "./handlers.ts"
import { signingKeyCheck } from "./signingKeyCheck.ts"

/** Leaves open the ports, the configuration and `Tokens`, which the other SEPs share. */
export const routes = Layer.unwrap(
  Effect.map(KedgeConfig, ({ baseUrl }) => serveApi(Sep10Api, basePathOf(baseUrl)))
).pipe(
  Layer.provide(handlers),
  Layer.provide([Challenges.layer, FairAddress.layer]),
  Layer.merge(signingKeyCheck)
)

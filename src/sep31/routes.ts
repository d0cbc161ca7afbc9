/** SEP-31 as routes, mounted when `sep-31` is among the active SEPs; where it is not, its paths are 404 like any other. */
import { Effect, Layer } from "effect"
import { basePathOf, serveApi } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BearerOr403 } from "../sep10/Bearer.ts"
import { FairAddress } from "../sep10/FairShare.ts"
import { Sep31Api } from "./api.ts"
import { handlers } from "./handlers.ts"
import { Info } from "./Info.ts"
import { Presentation } from "./Presentation.ts"
import { SendingAnchors } from "./SendingAnchors.ts"
import { Transactions } from "./Transactions.ts"

const mounted = (at: string) =>
  serveApi(Sep31Api, at).pipe(
    Layer.provide(handlers),
    Layer.provide(Transactions.layer),
    Layer.provide(Presentation.layer),
    Layer.provide([Info.layer, SendingAnchors.layer, BearerOr403.layer, FairAddress.layer])
  )

/** Leaves open the ports, the configuration, `Actors`, `AcceptingPayments`, `Tokens`, `Customers` and `Quotes`. */
export const routes = Layer.unwrap(
  Effect.map(KedgeConfig, ({ activeSeps, baseUrl }) =>
    activeSeps.includes("sep-31") ? mounted(basePathOf(baseUrl)) : Layer.empty
  )
)

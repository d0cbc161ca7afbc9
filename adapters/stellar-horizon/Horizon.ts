/** Both sides of the ledger over one Horizon server: what is read from it, and what is submitted to it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import { StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import { type HorizonOptions, make as makeNetwork, makeClient } from "./HorizonNetwork.ts"
import { make as makeSubmission } from "./HorizonSubmission.ts"

/** One client for both, so that a server that wants to be left alone is left alone by both. */
export const layerWith = (options: HorizonOptions): Layer.Layer<StellarNetwork | StellarSubmission> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const client = yield* makeClient(options)
      return Context.make(StellarNetwork, yield* makeNetwork(options, client)).pipe(
        Context.add(StellarSubmission, yield* makeSubmission(client, options.passphrase))
      )
    })
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

/** The server and the network of the configuration. */
export const layer: Layer.Layer<StellarNetwork | StellarSubmission, never, KedgeConfig> = Layer.unwrap(
  Effect.map(KedgeConfig, ({ horizonUrl, network }) =>
    layerWith({ url: horizonUrl, passphrase: network.passphrase })
  )
)

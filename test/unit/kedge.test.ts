/** The integration guide is a type: what Kedge leaves open is what an institution must bring, no more and no less. */
import type { Layer } from "effect"
import { expectTypeOf, it } from "vitest"
import type { layer, Roles } from "../../src/Kedge.ts"
import type { KedgeConfig } from "../../src/KedgeConfig.ts"
import type { BusinessHooks } from "../../src/ports/BusinessHooks.ts"
import type { Entropy } from "../../src/ports/Entropy.ts"
import type { KycProvider } from "../../src/ports/KycProvider.ts"
import type { Outbound } from "../../src/ports/Outbound.ts"
import type { Rails } from "../../src/ports/Rails.ts"
import type { RateProvider } from "../../src/ports/RateProvider.ts"
import type { RefundSigner } from "../../src/ports/RefundSigner.ts"
import type { Signer } from "../../src/ports/Signer.ts"
import type { StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import type { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import type { Vault } from "../../src/ports/Vault.ts"
import type { Payouts } from "../../src/payouts/Payouts.ts"
import type { Customers } from "../../src/sep12/Customers.ts"

type Opened<L> = L extends Layer.Layer<infer _A, infer _E, infer R> ? R : never
type Given<L> = L extends Layer.Layer<infer A, infer _E, infer _R> ? A : never

it("Kedge.layer leaves open exactly the ports and the settings", () => {
  expectTypeOf<Opened<typeof layer>>().toEqualTypeOf<
    | BusinessHooks
    | Entropy
    | KedgeConfig
    | KycProvider
    | Outbound
    | Rails
    | RateProvider
    | RefundSigner
    | Signer
    | StellarNetwork
    | StellarSubmission
    | Storage
    | Vault
  >()
})

it("Kedge.layer gives the doors for an integrator's own webhooks, and the roles", () => {
  expectTypeOf<Payouts | Customers | Roles>().toExtend<Given<typeof layer>>()
})

// Which loops a process runs, by its settings.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { layer, Roles } from "../../src/Kedge.ts"
import type { Settings } from "../../src/KedgeConfig.ts"
import { BusinessHooks } from "../../src/ports/BusinessHooks.ts"
import { KycProvider } from "../../src/ports/KycProvider.ts"
import { Outbound } from "../../src/ports/Outbound.ts"
import { RateProvider } from "../../src/ports/RateProvider.ts"
import { RefundSigner } from "../../src/ports/RefundSigner.ts"
import { Signer } from "../../src/ports/Signer.ts"
import { StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import { runtimeLayer, scriptedRail, testSettings } from "../support/runtimeWorld.ts"

/** Nothing is asked of a port before a role runs. */
const unasked = Layer.mergeAll(
  Layer.mock(KycProvider)({}),
  Layer.mock(Outbound)({}),
  Layer.mock(RateProvider)({}),
  RefundSigner.none,
  Layer.mock(Signer)({ publicKey: "G" }),
  Layer.mock(StellarNetwork)({}),
  StellarSubmission.none,
  Layer.succeed(BusinessHooks, BusinessHooks.make({}))
)

const jwtSecret = Redacted.make("a secret of no less than thirty-two bytes")

const rolesOf = (settings: Partial<Settings>) => {
  const { rail } = scriptedRail(() => Effect.succeed({ _tag: "Delivered", externalId: "e" }))
  const ports = unasked.pipe(Layer.provideMerge(runtimeLayer(rail, { settings: { ...settings, jwtSecret } })))
  return Effect.map(Roles, (roles) => roles.map(({ name }) => name)).pipe(
    Effect.provide(layer.pipe(Layer.provide(ports))),
    Effect.scoped
  )
}

describe("the roles of a process", () => {
  const all = { http: true, watch: true, execute: true, poll: true }

  it.effect("tell of status changes where callbacks are offered, and only there (S31-CB-03)", () =>
    Effect.gen(function* () {
      const offering = yield* rolesOf({ roles: all, callbacks: true })
      const silent = yield* rolesOf({ roles: all, callbacks: false })

      expect(offering).toEqual(expect.arrayContaining(["callbacks", "customer-callbacks"]))
      expect(silent).toEqual(offering.filter((name) => !name.includes("callbacks")))
    })
  )

  it.effect("are what KEDGE_ROLES names, beside the upkeep", () =>
    Effect.gen(function* () {
      const none = { ...testSettings.roles, execute: false, poll: false }
      const upkeep = yield* rolesOf({ roles: none })

      for (const [role, loops] of [
        ["watch", ["watch", "waiting-payments", "expire"]],
        ["execute", ["execute", "look-up", "refunds"]],
        ["poll", ["poll"]]
      ] as const) {
        const played = yield* rolesOf({ roles: { ...none, [role]: true } })
        expect(played).toEqual(expect.arrayContaining([...loops, ...upkeep]))
        expect(upkeep.filter((name) => (loops as ReadonlyArray<string>).includes(name))).toEqual([])
      }
    })
  )
})

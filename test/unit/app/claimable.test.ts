// A port that may be left out is easily left out by mistake: a composed process must have it, and play the role.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { portsLayer } from "../../../src/app/ports.ts"
import * as Kedge from "../../../src/Kedge.ts"
import { ClaimableBalances } from "../../../src/ports/ClaimableBalances.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { keyOf } from "../../support/signIn.ts"

const settings = {
  ...testSettings,
  rail: "sandbox" as const,
  sandboxUrl: new URL("http://127.0.0.1:1"),
  dataKey: Redacted.make(Buffer.alloc(32, 7).toString("base64")),
  jwtSecret: Redacted.make("a secret of no less than thirty-two bytes"),
  signingSeed: Redacted.make(keyOf("claimable").secret()),
  roles: { ...testSettings.roles, watch: true }
}

describe("a process that watches", () => {
  it.live("looks for claimable balances, by the ledger of its settings (I25)", () =>
    Effect.gen(function* () {
      expect(yield* ClaimableBalances).not.toBe(null)
      expect((yield* Kedge.Roles).map(({ name }) => name)).toContain("claimable")
    }).pipe(Effect.provide(Kedge.layer.pipe(Layer.provideMerge(portsLayer(settings)))))
  )
})

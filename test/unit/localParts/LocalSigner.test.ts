import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { make } from "../../../adapters/signer-local/LocalSigner.ts"
import { keyOf } from "../../support/signIn.ts"

const keypair = keyOf("signer")

describe("LocalSigner", () => {
  it.effect("signs for the account it names", () =>
    Effect.gen(function* () {
      const signer = yield* make(Redacted.make(keypair.secret()))
      const hash = new Uint8Array(32).fill(9)
      expect(signer.publicKey).toBe(keypair.publicKey())
      const signature = yield* signer.sign(hash)
      expect(signature).toHaveLength(64)
      expect(keypair.verify(hash, signature)).toBe(true)
    })
  )

  it.effect("refuses what is no seed, and does not repeat it", () =>
    Effect.gen(function* () {
      const mistyped = `${keypair.secret().slice(0, -1)}A`
      for (const text of ["", mistyped, keypair.publicKey()]) {
        const fault = yield* Effect.flip(make(Redacted.make(text)))
        expect(fault._tag).toBe("SeedRefused")
        expect(text !== "" && fault.message.includes(text)).toBe(false)
      }
    })
  )
})

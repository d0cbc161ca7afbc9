import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"
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

  it.effect("signs the text of a callback as it is, of any length (S31-CB-07)", () =>
    Effect.gen(function* () {
      const signer = yield* make(Redacted.make(keypair.secret()))
      const payload = new TextEncoder().encode(`1700000000.example.org.{"ä":"${"x".repeat(5_000)}"}`)

      expect(keypair.verify(payload, yield* signer.signCallback(payload))).toBe(true)
    })
  )

  it.effect("signs nothing that is neither a hash nor begins with a time and a dot (SEC-12)", () =>
    Effect.gen(function* () {
      const signer = yield* make(Redacted.make(keypair.secret()))
      const text = (value: string) => new TextEncoder().encode(value)
      const rest = `.example.org.{"id":"${"x".repeat(40)}"}`
      const callbacks = ["", `x1700000000${rest}`, ` 1700000000${rest}`, rest, `-1${rest}`]
      const short = `1700000000.a.${"x".repeat(19)}`

      expect(short).toHaveLength(32)
      for (const payload of [...callbacks, short]) {
        expect(Exit.isFailure(yield* Effect.exit(signer.signCallback(text(payload)))), payload).toBe(true)
      }
      for (const bytes of [text("1700000000.example.org.{}"), new Uint8Array(31), new Uint8Array(33)]) {
        expect(Exit.isFailure(yield* Effect.exit(signer.sign(bytes)))).toBe(true)
      }
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

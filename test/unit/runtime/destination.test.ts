import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SealedId } from "../../../machines/domain/Ids.ts"
import { Entropy } from "../../../src/ports/Entropy.ts"
import { Unsealable, Vault } from "../../../src/ports/Vault.ts"
import { openDestination, sealDestination } from "../../../src/runtime/Destination.ts"

// Binds what it seals to the id, as the port asks, and hides nothing: what is tested here is the document.
const PlainVault = Layer.succeed(Vault, {
  seal: (id, value) =>
    Effect.succeed({ keyId: "plain", bytes: new TextEncoder().encode(JSON.stringify({ id, value })) }),
  open: (id, sealed) =>
    Effect.suspend(() => {
      const read = JSON.parse(new TextDecoder().decode(sealed.bytes)) as { id: string; value: unknown }
      return read.id === id
        ? Effect.succeed(read.value)
        : Effect.fail(new Unsealable({ message: "other id" }))
    })
})
const OneId = Layer.succeed(Entropy, {
  uuid: Effect.succeed("018f0000-0000-7000-8000-000000000001"),
  bytes: (count) => Effect.succeed(new Uint8Array(count)),
  uint64: Effect.succeed("1")
})
const parts = Layer.merge(PlainVault, OneId)

const destination = {
  receiver: { last_name: "Okafor", bank_account_number: "0000000000" },
  fields: { account_number: "4242" }
}

it.effect("a destination opens as it was sealed (S12-PUT-14, SEC-34)", () =>
  Effect.gen(function* () {
    const row = yield* sealDestination(destination)
    expect(yield* openDestination(row)).toEqual(destination)
  }).pipe(Effect.provide(parts))
)

it.effect("a destination does not open under another row's id", () =>
  Effect.gen(function* () {
    const row = yield* sealDestination(destination)
    const failure = yield* Effect.flip(openDestination({ ...row, id: "other" as SealedId }))
    expect(failure).toBeInstanceOf(Unsealable)
  }).pipe(Effect.provide(parts))
)

it.effect("a sealed row that holds something else is refused without quoting it (SEC-21)", () =>
  Effect.gen(function* () {
    const vault = yield* Vault
    const id = "n" as SealedId
    const sealed = yield* vault.seal(id, { receiver: { last_name: 7, canary: "Okafor" } })
    const failure = yield* Effect.flip(openDestination({ id, ...sealed }))
    expect(failure.message).toContain("no payout destination")
    expect(JSON.stringify(failure)).not.toContain("Okafor")
  }).pipe(Effect.provide(parts))
)

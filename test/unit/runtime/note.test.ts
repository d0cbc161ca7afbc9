import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SealedId } from "../../../machines/domain/Ids.ts"
import { Unsealable, Vault } from "../../../src/ports/Vault.ts"
import { openNote, sealNote } from "../../../src/runtime/Note.ts"
import { CountingEntropy, PlainVault } from "../../support/plainParts.ts"

const parts = Layer.merge(PlainVault, CountingEntropy)

it.effect("a note opens as it was sealed, under an id of its own", () =>
  Effect.gen(function* () {
    const said = {
      message: "the account was closed",
      fields: {
        account_number: { description: "bank account number" },
        type: { description: "type of deposit", choices: ["SEPA", "SWIFT"], optional: true }
      }
    }
    const row = yield* sealNote(said)
    const other = yield* sealNote({})

    expect(yield* openNote(row)).toEqual(said)
    expect(yield* openNote(other)).toEqual({})
    expect(row.id).not.toBe(other.id)
  }).pipe(Effect.provide(parts))
)

it.effect("a sealed row that holds something else is refused without quoting it (SEC-21)", () =>
  Effect.gen(function* () {
    const vault = yield* Vault
    const id = "n" as SealedId
    const sealed = yield* vault.seal(id, { message: { canary: "Okafor" } })
    const failure = yield* Effect.flip(openNote({ id, ...sealed }))

    expect(failure).toBeInstanceOf(Unsealable)
    expect(failure.message).toContain("holds no note")
    expect(JSON.stringify(failure)).not.toContain("Okafor")
  }).pipe(Effect.provide(parts))
)

import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { layer as entropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { make } from "../../../adapters/vault-local/LocalVault.ts"

const key = (fill: number) => Redacted.make(Buffer.alloc(32, fill).toString("base64"))
const [old, current] = [key(1), key(2)]
const customer = { first_name: "Ada", last_name: "Łovelace", bank_account_number: "0001" }

const vault = (now = current, ...previous: ReadonlyArray<typeof old>) => make({ current: now, previous })
const provided = Effect.provide(entropy)

describe("LocalVault", () => {
  it.effect("opens what it sealed, and shows nothing of it before", () =>
    Effect.gen(function* () {
      const { seal, open } = yield* vault()
      for (const value of [customer, [], "", 0, null, { deep: [{ er: "x".repeat(10_000) }] }]) {
        const sealed = yield* seal("row-1", value)
        expect(yield* open("row-1", sealed)).toEqual(value)
      }
      const { bytes } = yield* seal("row-1", customer)
      expect(Buffer.from(bytes).toString("latin1")).not.toContain("Ada")
    }).pipe(provided)
  )

  it.effect("seals the same value differently each time", () =>
    Effect.gen(function* () {
      const { seal } = yield* vault()
      const sealed = yield* Effect.all(Array.from({ length: 100 }, () => seal("row-1", customer)))
      expect(new Set(sealed.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).size).toBe(100)
    }).pipe(provided)
  )

  it.effect("does not open a row under another id", () =>
    Effect.gen(function* () {
      const { seal, open } = yield* vault()
      const fault = yield* Effect.flip(open("row-2", yield* seal("row-1", customer)))
      expect(fault._tag).toBe("Unsealable")
      expect(fault.message).toContain("row-2")
    }).pipe(provided)
  )

  it.effect("does not open a row of which any byte was changed or cut off", () =>
    Effect.gen(function* () {
      const { seal, open } = yield* vault()
      const { keyId, bytes } = yield* seal("row-1", "x")
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
        expect((yield* Effect.flip(open("row-1", { keyId, bytes: changed })))._tag).toBe("Unsealable")
        expect((yield* Effect.flip(open("row-1", { keyId, bytes: bytes.slice(0, at) })))._tag).toBe(
          "Unsealable"
        )
      }
    }).pipe(provided)
  )

  it.effect("names the key by its digest, reads by older keys, and seals by the current one", () =>
    Effect.gen(function* () {
      const before = yield* vault(old)
      const after = yield* vault(current, old)
      const sealed = yield* before.seal("row-1", customer)
      expect(sealed.keyId).toMatch(/^[0-9a-f]{8}$/)
      expect(yield* after.open("row-1", sealed)).toEqual(customer)
      const anew = yield* after.seal("row-1", customer)
      expect(anew.keyId).not.toBe(sealed.keyId)
      expect((yield* Effect.flip(before.open("row-1", anew))).message).toBe(
        `sealed with key ${anew.keyId}, which this process does not have`
      )
    }).pipe(provided)
  )

  it.effect("takes a key in hex or base64, and the two spellings are one key", () =>
    Effect.gen(function* () {
      const hex = yield* vault(Redacted.make(Buffer.alloc(32, 2).toString("hex")))
      const base64 = yield* vault()
      expect(yield* base64.open("row-1", yield* hex.seal("row-1", customer))).toEqual(customer)
    }).pipe(provided)
  )

  it.effect("refuses a key of another length, and does not repeat it", () =>
    Effect.gen(function* () {
      for (const text of ["", "secret-but-too-short", Buffer.alloc(31).toString("base64"), "z".repeat(64)]) {
        const fault = yield* Effect.flip(vault(Redacted.make(text)))
        expect(fault._tag).toBe("DataKeyRefused")
        expect(text !== "" && fault.message.includes(text)).toBe(false)
      }
    }).pipe(provided)
  )
})

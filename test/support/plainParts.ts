// Ports for tests that are about documents and rules, not about cryptography or chance: a vault that binds what it
// seals to its id and hides nothing, and an entropy that counts.
import { Effect, Layer } from "effect"
import { Entropy } from "../../src/ports/Entropy.ts"
import { Unsealable, Vault } from "../../src/ports/Vault.ts"

const text = new TextEncoder()
const bytes = new TextDecoder()

export const PlainVault = Layer.succeed(Vault, {
  seal: (id, value) => Effect.succeed({ keyId: "plain", bytes: text.encode(JSON.stringify({ id, value })) }),
  open: (id, sealed) =>
    Effect.suspend(() => {
      const read = JSON.parse(bytes.decode(sealed.bytes)) as { id: string; value: unknown }
      return read.id === id
        ? Effect.succeed(read.value)
        : Effect.fail(new Unsealable({ message: `sealed for another row than ${id}` }))
    })
})

/** Ids, bytes and memos that count up: `00000000-0000-7000-8000-000000000001`, and so on. Each layer counts afresh. */
export const CountingEntropy = Layer.sync(Entropy, () => {
  let drawn = 0n
  const next = () => {
    drawn += 1n
    return drawn
  }
  return {
    uuid: Effect.sync(() => `00000000-0000-7000-8000-${next().toString(16).padStart(12, "0")}`),
    bytes: (count) => Effect.sync(() => new Uint8Array(count).fill(Number(next() % 256n))),
    uint64: Effect.sync(() => next().toString())
  }
})

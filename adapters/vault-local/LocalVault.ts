/**
 * The encrypted store's cipher: AES-256-GCM with a key from configuration, one derived key a row.
 *
 * A key of its own for each row (HMAC-SHA-256 of its id) keeps random nonces far from their limit however many rows there
 * are; the id is authenticated too, so a sealed row copied under another id does not open. Gotcha: losing the data key is
 * losing the data, which is also how everything is erased at once.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto"
import { Effect, Layer, Redacted, Schema } from "effect"
import { Entropy } from "../../src/ports/Entropy.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import { type SealedBytes, Unsealable, Vault } from "../../src/ports/Vault.ts"

/** The data key is not 32 bytes. The message never holds it. */
export class DataKeyRefused extends Schema.TaggedError<DataKeyRefused>()("DataKeyRefused", {
  message: Schema.String
}) {}

interface DataKey {
  /** First 8 hex digits of the key's SHA-256. */
  readonly id: string
  readonly bytes: Uint8Array
}

export interface VaultKeys {
  /** Seals, and opens what it sealed. 32 bytes in base64 or hex. */
  readonly current: Redacted.Redacted<string>
  /** Keys from before a rotation: they only open. */
  readonly previous?: ReadonlyArray<Redacted.Redacted<string>>
}

// A sealed value: version, nonce, ciphertext, tag.
const version = 1
const nonceLength = 12
const tagLength = 16
const overhead = 1 + nonceLength + tagLength

const decodeKey = (text: string): Uint8Array | undefined => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex")
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, "base64") : undefined
}

const dataKey = (text: Redacted.Redacted<string>): Effect.Effect<DataKey, DataKeyRefused> => {
  const bytes = decodeKey(Redacted.value(text).trim())
  return bytes === undefined
    ? Effect.fail(
        new DataKeyRefused({
          message: "a data key is 32 random bytes: 64 hex digits, or 44 characters of base64"
        })
      )
    : Effect.succeed({ id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes })
}

const rowKey = (key: DataKey, id: string): Uint8Array =>
  createHmac("sha256", key.bytes).update(`kedge vault ${version} ${id}`).digest()

const seal = (key: DataKey, id: string, value: unknown, nonce: Uint8Array): SealedBytes => {
  const text = JSON.stringify(value)
  if (text === undefined) throw new Error("only a JSON value can be sealed")
  const cipher = createCipheriv("aes-256-gcm", rowKey(key, id), nonce, { authTagLength: tagLength }).setAAD(
    Buffer.from(id)
  )
  const sealed = [
    Uint8Array.of(version),
    nonce,
    cipher.update(text, "utf8"),
    cipher.final(),
    cipher.getAuthTag()
  ]
  return { keyId: key.id, bytes: new Uint8Array(Buffer.concat(sealed)) }
}

const open = (key: DataKey, id: string, bytes: Uint8Array): unknown => {
  if (bytes.length < overhead || bytes[0] !== version) throw new Error("unknown form")
  const end = bytes.length - tagLength
  const decipher = createDecipheriv("aes-256-gcm", rowKey(key, id), bytes.subarray(1, 1 + nonceLength), {
    authTagLength: tagLength
  })
    .setAAD(Buffer.from(id))
    .setAuthTag(bytes.subarray(end))
  const text = Buffer.concat([decipher.update(bytes.subarray(1 + nonceLength, end)), decipher.final()])
  return JSON.parse(text.toString("utf8")) as unknown
}

/** A vault over these keys; nonces come from Entropy. */
export const make = (keys: VaultKeys): Effect.Effect<Vault["Service"], DataKeyRefused, Entropy> =>
  Effect.gen(function* () {
    const entropy = yield* Entropy
    const current = yield* dataKey(keys.current)
    const previous = yield* Effect.forEach(keys.previous ?? [], dataKey)
    const known = new Map([...previous, current].map((key) => [key.id, key]))
    return Vault.of({
      seal: (id, value) => Effect.map(entropy.bytes(nonceLength), (nonce) => seal(current, id, value, nonce)),
      open: (id, sealed) => {
        const key = known.get(sealed.keyId)
        return key === undefined
          ? Effect.fail(
              new Unsealable({ message: `sealed with key ${sealed.keyId}, which this process does not have` })
            )
          : Effect.try({
              try: () => open(key, id, sealed.bytes),
              catch: () =>
                new Unsealable({
                  message: `row ${id} does not open with key ${key.id}: changed or misplaced`
                })
            })
      }
    })
  })

/** The vault of the configured key. */
export const layer: Layer.Layer<Vault, DataKeyRefused, KedgeConfig | Entropy> = Layer.effect(
  Vault,
  Effect.flatMap(KedgeConfig, (settings) => make({ current: settings.dataKey }))
)

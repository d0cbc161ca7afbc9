/**
 * Entropy from the operating system's generator, drawn 8 kB at a time: a call for each id would cost as much as the rest
 * of a payment's bookkeeping.
 *
 * Gotcha: bytes that were given out are wiped from the pool, so a later look into this process's memory finds no nonce.
 */
import { randomFillSync } from "node:crypto"
import { Clock, Effect, Layer } from "effect"
import { Entropy } from "../../src/ports/Entropy.ts"

const poolSize = 8192

/** Draws from a pool that `fill` renews; asks beyond the pool's size are filled on their own. */
const makePool = (fill: (bytes: Uint8Array) => void) => {
  const pool = new Uint8Array(poolSize)
  let at = poolSize
  return (count: number): Uint8Array => {
    if (count > poolSize) {
      const large = new Uint8Array(count)
      fill(large)
      return large
    }
    if (at + count > poolSize) {
      fill(pool)
      at = 0
    }
    const drawn = pool.slice(at, at + count)
    pool.fill(0, at, at + count)
    at += count
    return drawn
  }
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

const spelled = (bytes: Uint8Array, from: number, to: number): string => {
  let text = ""
  for (let at = from; at < to; at += 1) text += hex[bytes[at] ?? 0]
  return text
}

/** RFC 9562 §5.7: 48 bits of milliseconds, version, 12 random bits, variant, 62 random bits. Overwrites its 16 bytes. */
const uuidV7 = (millis: number, bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
  view.setUint16(0, Math.floor(millis / 2 ** 32))
  view.setUint32(2, millis >>> 0)
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f))
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
  const [time, rest] = [`${spelled(bytes, 0, 4)}-${spelled(bytes, 4, 6)}`, spelled(bytes, 10, 16)]
  return `${time}-${spelled(bytes, 6, 8)}-${spelled(bytes, 8, 10)}-${rest}`
}

/** `fill` overwrites the bytes it is given with unpredictable ones. */
export const make = (fill: (bytes: Uint8Array) => void): Entropy["Service"] => {
  const draw = makePool(fill)
  return {
    uuid: Effect.map(Clock.currentTimeMillis, (millis) => uuidV7(millis, draw(16))),
    bytes: (count) => Effect.sync(() => draw(count)),
    uint64: Effect.sync(() => new DataView(draw(8).buffer).getBigUint64(0).toString())
  }
}

export const layer: Layer.Layer<Entropy> = Layer.sync(Entropy, () => make((bytes) => randomFillSync(bytes)))

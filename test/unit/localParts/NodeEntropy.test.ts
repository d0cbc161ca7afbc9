import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { layer, make } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { Entropy } from "../../../src/ports/Entropy.ts"

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe("NodeEntropy", () => {
  it.effect("makes UUIDs of version 7 that carry the clock's milliseconds and sort by them", () =>
    Effect.gen(function* () {
      const entropy = yield* Entropy
      yield* TestClock.setTime(0x0123_4567_89ab)
      const early = yield* entropy.uuid
      yield* TestClock.adjust("1 millis")
      const late = yield* entropy.uuid
      expect(early).toMatch(uuidV7)
      expect(early.slice(0, 13)).toBe("01234567-89ab")
      expect(late > early).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("repeats nothing over many fillings of its pool (S31-MEMO-03, S31-RESP-07)", () =>
    Effect.gen(function* () {
      const entropy = yield* Entropy
      const ids = yield* Effect.all(Array.from({ length: 5000 }, () => entropy.uuid))
      const memos = yield* Effect.all(Array.from({ length: 5000 }, () => entropy.uint64))
      expect(new Set(ids).size).toBe(5000)
      expect(new Set(memos).size).toBe(5000)
      expect(memos.every((memo) => /^(0|[1-9][0-9]{0,19})$/.test(memo) && BigInt(memo) < 2n ** 64n)).toBe(
        true
      )
      // some of 5000 are beyond the signed range, or the top bit is lost
      expect(memos.some((memo) => BigInt(memo) >= 2n ** 63n)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives each byte of the source once, and wipes it from the pool", () =>
    Effect.gen(function* () {
      const pools: Array<Uint8Array> = []
      let next = 0
      const entropy = make((bytes) => {
        pools.push(bytes)
        for (let at = 0; at < bytes.length; at += 1) bytes[at] = 1 + (next++ % 255)
      })
      const first = yield* entropy.bytes(48)
      const second = yield* entropy.bytes(8144)
      expect([...first, ...second]).toEqual(Array.from({ length: 8192 }, (_, at) => 1 + (at % 255)))
      expect(pools[0]?.every((byte) => byte === 0)).toBe(true)
      const [third = 0] = yield* entropy.bytes(1)
      expect(third).toBe(1 + (8192 % 255))
    })
  )

  it.effect("gives as many bytes as asked for, more than the pool holds too", () =>
    Effect.gen(function* () {
      const entropy = yield* Entropy
      for (const count of [0, 1, 8191, 8192, 8193, 20_000]) {
        expect(yield* entropy.bytes(count)).toHaveLength(count)
      }
    }).pipe(Effect.provide(layer))
  )
})

import { describe, expect, it } from "vitest"
import type { CallerIdentity } from "../../../src/sep10/Caller.ts"
import { TokenCache } from "../../../src/sep10/TokenCache.ts"

const caller = (subject: string): CallerIdentity => ({
  account: subject,
  muxedAccount: null,
  memo: null,
  subject,
  clientDomain: null
})

describe("TokenCache", () => {
  it("knows a token until the second it expires, and forgets it then", () => {
    const cache = new TokenCache()
    cache.keep("t", caller("a"), 100)
    expect(cache.hit("t", 99_999)).toEqual(caller("a"))
    expect(cache.hit("t", 100_000)).toBe(undefined)
    expect(cache.size).toBe(0)
  })

  it("holds no more than its bound, and drops what was used longest ago", () => {
    const cache = new TokenCache(2)
    cache.keep("one", caller("1"), 100)
    cache.keep("two", caller("2"), 100)
    cache.hit("one", 0)
    cache.keep("three", caller("3"), 100)
    expect(cache.size).toBe(2)
    expect([cache.hit("one", 0)?.subject, cache.hit("two", 0), cache.hit("three", 0)?.subject]).toEqual([
      "1",
      undefined,
      "3"
    ])
  })

  it("does not know a token that differs in one letter", () => {
    const cache = new TokenCache()
    cache.keep("token", caller("a"), 100)
    expect(cache.hit("tokem", 0)).toBe(undefined)
  })
})

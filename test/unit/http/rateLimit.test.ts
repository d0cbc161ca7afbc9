import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Buckets, callerOfAddress, clientAddress } from "../../../src/http/RateLimit.ts"

describe("a bucket", () => {
  it("gives what it holds at once, then as much as comes back, and says how long until then (SEC-08)", () => {
    const buckets = new Buckets({ perSecond: 2, burst: 3 })

    expect([0, 0, 0, 0].map(() => buckets.take("a", 0))).toEqual([0, 0, 0, 500])
    expect(buckets.take("a", 499)).toBe(1)
    expect(buckets.take("a", 500)).toBe(0)
    expect(buckets.take("a", 500)).toBe(500)
    // long unused, it is full and no fuller
    expect([0, 0, 0, 0].map(() => buckets.take("a", 100_000))).toEqual([0, 0, 0, 500])
  })

  it("is each caller's own (S31-ERR-06)", () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 })

    expect(buckets.take("loud", 0)).toBe(0)
    expect(buckets.take("loud", 0)).toBe(1000)
    expect(buckets.take("quiet", 0)).toBe(0)
  })

  it("has no bottom where no rate is set", () => {
    const buckets = new Buckets({ perSecond: 0, burst: 1 })

    for (let n = 0; n < 1000; n += 1) expect(buckets.take("a", 0)).toBe(0)
    expect(buckets.size).toBe(0)
  })

  it("is forgotten when there are too many, that of who asked longest ago first", () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 }, 3)
    for (const caller of ["a", "b", "c"]) buckets.take(caller, 0)
    buckets.take("a", 5000)
    buckets.take("d", 5000)

    expect(buckets.size).toBe(3)
    expect(buckets.take("a", 5000)).toBe(1000)
    expect(buckets.take("b", 5000)).toBe(0)
  })

  it("never gives more than the burst and what came back since, and never refuses less", () => {
    const moments = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        moments,
        (perSecond, burst, gaps) => {
          const buckets = new Buckets({ perSecond, burst })
          // tokens in thousandths, so that the model counts in whole numbers
          let held = burst * 1000
          let now = 0
          for (const gap of gaps) {
            now += gap
            held = Math.min(burst * 1000, held + gap * perSecond)
            const wait = buckets.take("a", now)
            // a token that is all but there may be given or refused: the bucket counts in fractions of a millisecond
            if (Math.abs(held - 1000) > perSecond / 1000) expect(wait === 0).toBe(held > 1000)
            if (wait === 0) held -= 1000
          }
        }
      ),
      { numRuns: 200 }
    )
  })
})

describe("the address of a client", () => {
  it.each([
    ["the connection's, whatever the header says", 0, "203.0.113.9", "10.0.0.1"],
    ["what the proxy saw, not what the client wrote", 1, "6.6.6.6, 198.51.100.7", "198.51.100.7"],
    ["what the outermost of two proxies saw", 2, "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"],
    ["the first there is, where a request came past a proxy", 3, "198.51.100.7", "198.51.100.7"],
    ["the connection's, where there is no header", 1, undefined, "10.0.0.1"]
  ] as const)("is %s (SEC-44)", (_, proxies, header, expected) => {
    expect(clientAddress("10.0.0.1", header, proxies)).toBe(expected)
  })

  it.each([
    ["198.51.100.7", "198.51.100.7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:DB8:1:2:9:9:9:9", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8::2:3:4:5:6", "2001:db8:0:2"],
    ["::1", "0:0:0:0"],
    ["unknown", "unknown"]
  ])("%s is the caller %s (SEC-44)", (address, caller) => {
    expect(callerOfAddress(address)).toBe(caller)
  })

  it("is a short text whatever a header holds", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 0, max: 3 }), (header, proxies) => {
        expect(callerOfAddress(clientAddress("10.0.0.1", header, proxies)).length).toBeLessThan(80)
      }),
      { numRuns: 200 }
    )
  })
})

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Sent } from "../../../src/callbacks/CallbackSender.ts"
import { retrySeconds, settledAs } from "../../../src/callbacks/retrySchedule.ts"
import { defaultTiming } from "../../../src/KedgeConfig.ts"
import { holds, seeded } from "../../support/seed.ts"

const timing = defaultTiming
const delivered: Sent = { _tag: "Delivered", status: 204 }
const failed: Sent = { _tag: "Failed", retryable: true, status: 503, reason: "answered 503" }
const refused: Sent = { _tag: "Failed", retryable: false, status: 400, reason: "answered 400" }

describe(seeded("retrySchedule"), () => {
  it("doubles its pauses up to the longest one, spread by a quarter at most (S31-CB-11)", () => {
    holds(
      fc.property(fc.nat(100), fc.uuid(), (tries, id) => {
        const plain = Math.min(timing.callbackRetryMax, timing.callbackRetryFirst * 2 ** tries)
        const pause = retrySeconds(timing, { tries, id })

        expect(pause).toBeGreaterThanOrEqual(plain)
        expect(pause).toBeLessThan(plain * 1.25)
        expect(retrySeconds(timing, { tries, id })).toBe(pause)
      })
    )
  })

  it("goes on for a day and not a second longer, whatever the number of tries (S31-CB-11)", () => {
    const id = "0190a000-0000-7000-8000-000000000001:2"
    let [age, tries] = [0, 0]
    for (;;) {
      const settled = settledAs(timing, { id, tries, ageSeconds: age }, failed)
      if (typeof settled === "string") {
        expect(settled).toBe("dead")
        break
      }
      tries += 1
      age += settled.retryInSeconds
    }
    expect(age).toBeLessThanOrEqual(86_400)
    expect(age).toBeGreaterThan(86_400 - timing.callbackRetryMax * 1.25)
    expect(tries).toBeLessThan(120)
  })

  it("is over at once with a delivery, and with an answer that will not change (S31-CB-11, S31-CB-14)", () => {
    const tried = { id: "a", tries: 0, ageSeconds: 0 }
    expect(settledAs(timing, tried, delivered)).toBe("delivered")
    expect(settledAs(timing, { ...tried, ageSeconds: 1e9 }, delivered)).toBe("delivered")
    expect(settledAs(timing, tried, refused)).toBe("dead")
  })
})

// The simulator under test: it is deterministic, it is clean, and it finds what is wrong. The long runs are `npm run sim`.
import { describe, expect, it } from "vitest"
import { canaries } from "../../sim/canaries.ts"
import { simulate } from "../../sim/simulate.ts"

const canary = (name: string) => {
  const found = canaries.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no canary ${name}`)
  return found
}

describe("the simulation", () => {
  it("goes the same way every time it is played from one seed", async () => {
    const [first, second, other] = [await simulate(7), await simulate(7), await simulate(8)]

    expect(second.digest).toBe(first.digest)
    expect(second.steps).toBe(first.steps)
    expect(other.digest).not.toBe(first.digest)
  }, 60_000)

  it.each([11, 12, 13])(
    "comes to rest with every payment accounted for: seed %i",
    async (seed) => {
      expect((await simulate(seed)).faults).toEqual([])
    },
    60_000
  )

  it.each(["cursor-in-finally", "asset-ignored", "audit-forgotten"])(
    "catches a known bug within five seeds: %s",
    async (name) => {
      const runs: Array<number> = []
      for (let seed = 1; seed <= 5 && runs.length === 0; seed++) {
        const { faults } = await simulate(seed, { canary: canary(name) })
        if (faults.length > 0) runs.push(seed)
      }
      expect(runs).toHaveLength(1)
    },
    60_000
  )
})

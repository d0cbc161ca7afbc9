// The costliest requests that the limits let through, many at once: none of them keeps the process from the others for long.
import { monitorEventLoopDelay } from "node:perf_hooks"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
})
afterAll(() => world.stop())

const bodyMax = 65_536
const filled = (one: string, before = "", after = ""): string =>
  before + one.repeat(Math.floor((bodyMax - before.length - after.length) / one.length)) + after
const member = (name: string, value: string): string => {
  const rest = JSON.stringify(goodPost).slice(1)
  return `{${JSON.stringify(name)}:${value},${rest}`
}
const room = bodyMax - JSON.stringify(goodPost).length - 20

/** What a reader, a grammar or an expression could be slow over: minutes of work, were one of them to go back and forth. */
const bodies: ReadonlyArray<readonly [string, string]> = [
  ["many small arrays", filled("[],", "[", "[]]")],
  ["as deep as it may be, over and over", filled(`${"[".repeat(31)}${"]".repeat(31)},`, "[", "[]]")],
  ["deep beyond all bounds", filled("[")],
  ["ten thousand members", `{${Array.from({ length: 6_000 }, (_, n) => `"k${n}":0`).join(",")}}`],
  ["one name again and again", filled('"k":0,', "{", '"k":0}')],
  ["an escape for each character", filled(String.raw`\u0041`, '"', '"')],
  ["a number of sixty thousand digits", member("amount_", "9".repeat(room))],
  ["an amount of sixty thousand digits", JSON.stringify({ ...goodPost, amount: "9".repeat(60_000) })],
  ["an amount of points", JSON.stringify({ ...goodPost, amount: ".".repeat(60_000) })],
  ["an asset of colons", JSON.stringify({ ...goodPost, destination_asset: ":".repeat(60_000) })],
  ["ids of sixty thousand hyphens", JSON.stringify({ ...goodPost, sender_id: "-".repeat(60_000) })],
  ["white space", filled(" ", "", "{}")]
]
const together = 24

/** The longest time, in milliseconds, in which nothing else could run. */
const longestPause = async (work: () => Promise<unknown>): Promise<number> => {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  try {
    await work()
  } finally {
    delay.disable()
  }
  return delay.max / 1e6
}

describe("two dozen requests at once, of", () => {
  it.each(bodies)(
    "%s: are answered as what they are, and nobody waits a second for them (D12)",
    async (_, body) => {
      expect(body.length).toBeLessThanOrEqual(bodyMax)
      const statuses = new Set<number>()
      const pause = await longestPause(() =>
        Promise.all(
          Array.from({ length: together }, async () => {
            statuses.add((await world.ask("POST", "/sep31/transactions", { body })).status)
          })
        )
      )

      expect([...statuses].filter((status) => status >= 500)).toEqual([])
      expect(pause).toBeLessThan(1_000)
    }
  )

  it("tokens and addresses as long as they may be: likewise (D12)", async () => {
    const statuses = new Set<number>()
    const pause = await longestPause(() =>
      Promise.all(
        [".", "A", "A.A.", "%25"].flatMap((one) =>
          Array.from({ length: together }, async () => {
            const as = one.repeat(Math.floor(12_000 / one.length))
            const path = `/sep31/transactions/${one.repeat(Math.floor(3_000 / one.length))}`
            statuses.add((await world.ask("GET", path, { as })).status)
            statuses.add((await world.ask("GET", path)).status)
          })
        )
      )
    )

    expect([...statuses].filter((status) => status >= 500)).toEqual([])
    expect(pause).toBeLessThan(1_000)
  })
})

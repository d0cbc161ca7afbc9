// How long a firm quote lives: as long as was asked, within the horizon and the reach of its rate.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { Rate } from "../../../src/ports/RateProvider.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { containing } from "../../support/matchers.ts"
import { otherAnchor, sendingAnchor } from "../../support/sep31.ts"
import {
  type Answer,
  goodQuote,
  type Sep38World,
  sep38Settings,
  startSep38
} from "../../support/sep38World.ts"

let world: Sep38World
beforeAll(async () => {
  world = await startSep38()
})
afterAll(() => world.stop())
beforeEach(() => {
  // Every quote of the tests before has expired: none of them fills anybody's share.
  world.pass(86_400)
  world.script.rate = null
  world.script.agreed = [sendingAnchor, otherAnchor]
  world.asked.length = 0
})

const post = (change: Readonly<Record<string, unknown>> = {}, as?: string | null) =>
  world.ask("POST", "/quote", { body: { ...goodQuote, ...change }, ...(as === undefined ? {} : { as }) })
const read = (id: string, as?: string | null) =>
  world.ask("GET", `/quote/${id}`, as === undefined ? {} : { as })
const idOf = ({ body }: Answer) => (body as { readonly id: string }).id
const expiryOf = ({ body }: Answer) => Date.parse((body as { readonly expires_at: string }).expires_at)
const refused = (word: string) => ({ status: 400, body: { error: containing(word) } })
const answering = (rate: Rate) => {
  world.script.rate = () => Effect.succeed(rate)
}
const now = () => world.run(Effect.flatMap(Storage, (storage) => storage.nowMillis))
const inSeconds = async (seconds: number) => new Date((await now()) + seconds * 1000).toISOString()

describe("sep38 POST /quote: expire_after", () => {
  it("is granted: the quote expires at that moment or after (S38-Q-06)", async () => {
    const wanted = await inSeconds(3600)
    const answer = await post({ expire_after: wanted })

    expect(answer.status).toBe(201)
    expect(expiryOf(answer)).toBeGreaterThanOrEqual(Date.parse(wanted))
  })

  it("may have another zone, none, or a finer fraction (S38-Q-06)", async () => {
    const wanted = await inSeconds(3600)
    const shifted = new Date(Date.parse(wanted) + 3_600_000).toISOString().replace("Z", "+01:00")
    const forms = [shifted, wanted.replace("Z", ""), wanted.replace("Z", "0001Z")]
    for (const expire_after of forms) {
      const answer = await post({ expire_after })
      expect(answer.status, expire_after).toBe(201)
      expect(expiryOf(answer) - Date.parse(wanted), expire_after).toBeOneOf([0, 1])
    }
    expect(
      expiryOf(
        await read(
          idOf(await post({ expire_after: forms[2] }, await world.token(otherAnchor))),
          await world.token(otherAnchor)
        )
      )
    ).toBe(Date.parse(wanted) + 1)
  })

  it.each([
    "tomorrow",
    "2030-01-31",
    "2030-13-01T00:00:00Z",
    "2030-02-30T00:00:00Z",
    "2030-01-01T24:00:00Z",
    "2030-01-01T00:00:00+25:00",
    "1893456000",
    "",
    1893456000
  ])("%s is 400 (S38-Q-06)", async (expire_after) => {
    expect(await post({ expire_after })).toMatchObject(refused("expire_after"))
  })

  it("in the past, or beyond the horizon, is 400 (S38-Q-06)", async () => {
    const { quoteHorizon } = sep38Settings.timing

    expect(await post({ expire_after: await inSeconds(-1) })).toMatchObject(refused("not in the future"))
    expect(await post({ expire_after: await inSeconds(quoteHorizon + 60) })).toMatchObject(
      refused("too far ahead")
    )
    expect(await post({ expire_after: "9999-12-31T23:59:59Z" })).toMatchObject(refused("too far ahead"))
    expect((await post({ expire_after: await inSeconds(quoteHorizon - 60) })).status).toBe(201)
  })

  it("that the institution's rate does not reach is 400; unasked, the quote ends with the rate (S38-Q-06)", async () => {
    const until = (await now()) + 60_000
    answering({ rate: "5", untilMillis: until })

    expect(await post({ expire_after: await inSeconds(120) })).toMatchObject(refused("too far ahead"))
    expect(expiryOf(await post())).toBe(until)
    expect((await post({ expire_after: await inSeconds(30) })).status).toBe(201)
  })
})

// What holds for every endpoint: a token where none is needed, wrong methods, and SEP-38 not served.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { containing, someText } from "../../support/matchers.ts"
import { goodQuote, sellAsset, type Sep38World, startSep38 } from "../../support/sep38World.ts"

let world: Sep38World
beforeAll(async () => {
  world = await startSep38()
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.rate = null
  world.asked.length = 0
})

const publicly = { as: null }
const refused = (word: string) => ({ status: 400, body: { error: containing(word) } })

describe("a token where none is needed", () => {
  it.each(["/info", "/prices", "/price"])(
    "of %s may be left out, and a bad one is 403 (S38-GEN-01, S38-GEN-02)",
    async (path) => {
      const query = path === "/prices" ? { sell_asset: sellAsset, sell_amount: "100" } : goodQuote
      const bad = [{ as: "not.a.token" }, { authorization: "Basic eDp5" }, { authorization: "Bearer" }]

      expect((await world.get(path, query, publicly)).status).toBe(200)
      expect((await world.get(path, query)).status).toBe(200)
      for (const request of bad) {
        expect(await world.get(path, query, request)).toMatchObject({
          status: 403,
          body: { error: someText }
        })
      }
    }
  )
})

describe("every endpoint", () => {
  it.each([
    ["POST", "/info"],
    ["POST", "/price"],
    ["DELETE", "/prices"],
    ["GET", "/quote"],
    ["PUT", "/quote/x"]
  ])("%s %s is 405, in JSON and readable by any page (S38-GEN-03)", async (method, path) => {
    const answer = await world.ask(method, path, { as: null })

    expect(answer).toMatchObject({ status: 405, body: { error: someText } })
    expect(answer.headers.get("access-control-allow-origin")).toBe("*")
  })

  it("is not there without sep-38 among the active SEPs", async () => {
    const without = await startSep38({ settings: { activeSeps: ["sep-10", "sep-31"] } })
    const answer = await without.get("/info", {}, publicly)
    await without.stop()

    expect(answer.status).toBe(404)
  })

  it("a query member given twice is 400 (S38-GEN-03)", async () => {
    const answer = await world.ask(
      "GET",
      `/prices?sell_asset=${sellAsset}&sell_amount=1&sell_amount=2`,
      publicly
    )

    expect(answer).toMatchObject(refused("more than once"))
  })
})

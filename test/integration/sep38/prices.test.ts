// What is exchanged and at which price, over a real listener: GET /info and /prices.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { NoRate, RateUnavailable } from "../../../src/ports/RateProvider.ts"
import { containing } from "../../support/matchers.ts"
import { usdc } from "../../support/sep31.ts"
import { brl, jpy, sellAsset, type Sep38World, sep38Settings, startSep38 } from "../../support/sep38World.ts"

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
const prices = (query: Readonly<Record<string, string>>) => world.get("/prices", query, publicly)
const refused = (word: string) => ({ status: 400, body: { error: containing(word) } })

describe("sep38 GET /info", () => {
  it("lists what is exchanged, with methods and countries of what is off the network only (S38-INFO-01, S38-INFO-02, S38-INFO-03)", async () => {
    const answer = await world.get("/info", {}, publicly)

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      assets: [
        { asset: sellAsset },
        {
          asset: "iso4217:BRL",
          buy_delivery_methods: [
            { name: "PIX", description: "to a PIX key, at once" },
            { name: "TED", description: "to a bank account, on the same day" }
          ],
          country_codes: ["BR", "BR-SP"]
        },
        {
          asset: "iso4217:JPY",
          sell_delivery_methods: [{ name: "cash", description: "at a counter" }],
          buy_delivery_methods: [{ name: "PIX", description: "to a bank account" }]
        }
      ]
    })
  })

  it("leaves out what is received without quotes (S38-INFO-02, S38-GEN-04)", async () => {
    const [asset] = sep38Settings.assets
    if (asset === undefined) throw new Error("an asset")
    const also = { ...asset, code: "EURC", quotes: "off" as const }
    const other = await startSep38({ settings: { assets: [also, asset] } })
    const { body } = await other.get("/info", {}, publicly)
    const answer = await other.get(
      "/prices",
      { sell_asset: `stellar:EURC:${usdc.issuer ?? ""}`, sell_amount: "1" },
      publicly
    )
    await other.stop()

    expect(JSON.stringify(body)).not.toContain("EURC")
    expect(answer).toMatchObject(refused("sell_asset"))
  })
})

describe("sep38 GET /prices", () => {
  it("for an asset sold lists what it buys, each at the price of one unit bought (S38-PS-02, S38-PS-03, S38-GEN-06)", async () => {
    const answer = await prices({ sell_asset: sellAsset, sell_amount: "100" })

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      buy_assets: [
        { asset: "iso4217:BRL", price: "0.2", decimals: 2 },
        { asset: "iso4217:JPY", price: "0.0066445182724252491694", decimals: 0 }
      ]
    })
  })

  it("for an asset bought lists what buys it, at the price of one unit bought (S38-PS-02, S38-PS-04)", async () => {
    expect(await prices({ buy_asset: brl.asset, buy_amount: "500" })).toMatchObject({
      status: 200,
      body: { sell_assets: [{ asset: sellAsset, price: "0.2", decimals: 7 }] }
    })
  })

  it("has the margin in the price (S38-PS-05)", async () => {
    world.script.rate = () => Effect.succeed({ rate: "4.95" })
    const { body } = await prices({ sell_asset: sellAsset, buy_asset: brl.asset, sell_amount: "1" })

    expect(body).toEqual({
      buy_assets: [{ asset: brl.asset, price: "0.2020202020202020202", decimals: 2 }]
    })
  })

  it("of a pair named by both assets lists that pair, and buy_amount is refused with it (S38-PS-01)", async () => {
    const both = { sell_asset: sellAsset, buy_asset: jpy.asset }

    expect((await prices({ ...both, sell_amount: "100" })).body).toMatchObject({
      buy_assets: [{ asset: jpy.asset }]
    })
    expect(await prices({ ...both, buy_amount: "100" })).toMatchObject(refused("buy_amount"))
    expect(await prices({ ...both, sell_amount: "1", buy_amount: "1" })).toMatchObject(refused("buy_amount"))
  })

  it.each([
    ["without any asset", { sell_amount: "1" }, "sell_asset"],
    ["with the amount of the other side", { sell_asset: sellAsset, buy_amount: "1" }, "buy_amount"],
    ["with the amount of the other side", { buy_asset: brl.asset, sell_amount: "1" }, "sell_amount"]
  ])("%s is 400 (S38-PS-01)", async (_, query, word) => {
    expect(await prices(query)).toMatchObject(refused(word))
  })

  it.each([
    ["no amount", { sell_asset: sellAsset }, "sell_amount"],
    ["an empty amount", { sell_asset: sellAsset, sell_amount: "" }, "sell_amount"],
    ["an amount of 0", { sell_asset: sellAsset, sell_amount: "0.00" }, "sell_amount"],
    ["an amount that is no number", { sell_asset: sellAsset, sell_amount: "1e2" }, "sell_amount"],
    ["no amount of what is bought", { buy_asset: brl.asset }, "buy_amount"]
  ])("%s is 400 (S38-PS-08)", async (_, query, word) => {
    expect(await prices(query)).toMatchObject(refused(word))
  })

  it("an asset that is only bought has nothing to buy: an empty list, not an error (S38-PS-06)", async () => {
    expect(await prices({ sell_asset: brl.asset, sell_amount: "100" })).toMatchObject({
      status: 200,
      body: { buy_assets: [] }
    })
    expect((await prices({ buy_asset: sellAsset, buy_amount: "100" })).body).toEqual({ sell_assets: [] })
  })

  it.each([
    "stellar:USDC",
    "stellar:native",
    "iso4217:brl",
    "USDC",
    "iso4217:EUR",
    `stellar:usdc:${usdc.issuer ?? ""}`,
    ` ${sellAsset}`
  ])(
    "the unknown asset %s is 400, for assets are compared letter by letter (S38-GEN-03, S38-GEN-04)",
    async (asset) => {
      expect(await prices({ sell_asset: asset, sell_amount: "1" })).toMatchObject(refused("sell_asset"))
      expect(await prices({ buy_asset: asset, buy_amount: "1" })).toMatchObject(refused("buy_asset"))
    }
  )

  it("a delivery method or country narrows the list; one that nothing has is 400 (S38-PS-07)", async () => {
    const all = { sell_asset: sellAsset, sell_amount: "100" }

    expect((await prices({ ...all, buy_delivery_method: "TED" })).body).toMatchObject({
      buy_assets: [{ asset: brl.asset }]
    })
    expect((await prices({ ...all, country_code: "BR-SP" })).body).toMatchObject({
      buy_assets: [{ asset: brl.asset }]
    })
    expect(await prices({ ...all, buy_delivery_method: "pix" })).toMatchObject(refused("buy_delivery_method"))
    expect(await prices({ ...all, sell_delivery_method: "cash" })).toMatchObject(
      refused("sell_delivery_method")
    )
    expect(await prices({ ...all, country_code: "BRA" })).toMatchObject(refused("country_code"))
  })

  it("leaves out a pair the institution has no rate for, and tells the others (S38-PS-05)", async () => {
    world.script.rate = ({ buyAsset }) =>
      buyAsset === jpy.asset
        ? Effect.fail(new NoRate({ message: "not today" }))
        : Effect.succeed({ rate: "5" })

    expect((await prices({ sell_asset: sellAsset, sell_amount: "100" })).body).toEqual({
      buy_assets: [{ asset: brl.asset, price: "0.2", decimals: 2 }]
    })
  })

  it("is 503 when rates cannot be had (S38-G-05)", async () => {
    world.script.rate = () => Effect.fail(new RateUnavailable({ message: "the feed is down" }))
    const answer = await prices({ sell_asset: sellAsset, sell_amount: "100" })

    expect(answer).toMatchObject({ status: 503, body: { error: containing("prices are not available") } })
    expect(answer.headers.get("retry-after")).not.toBeNull()
  })
})

// What is exchanged and at which price, over a real listener: GET /info, /prices and /price. None of it promises anything.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { NoRate, RateUnavailable } from "../../../src/ports/RateProvider.ts"
import { containing, someText } from "../../support/matchers.ts"
import { sendingAnchor, usdc } from "../../support/sep31.ts"
import {
  brl,
  goodQuote,
  jpy,
  sellAsset,
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
  world.script.rate = null
  world.asked.length = 0
})

const publicly = { as: null }
const prices = (query: Readonly<Record<string, string>>) => world.get("/prices", query, publicly)
const price = (change: Readonly<Record<string, string | undefined>>) => {
  const query = Object.fromEntries(
    Object.entries({ ...goodQuote, ...change }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]]
    )
  )
  return world.get("/price", query, publicly)
}
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

describe("sep38 GET /price", () => {
  it("answers amounts, both prices and the fee, and nothing else (S38-P-03, S38-GEN-05, S38-F-10)", async () => {
    const answer = await price({})

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      total_price: "0.22222222222222222222",
      price: "0.2",
      sell_amount: "100",
      buy_amount: "450",
      fee: { total: "10", asset: sellAsset }
    })
  })

  it("takes the amount bought instead, and echoes it (S38-P-01, S38-F-08)", async () => {
    expect((await price({ sell_amount: undefined, buy_amount: "450" })).body).toMatchObject({
      sell_amount: "100",
      buy_amount: "450"
    })
  })

  it.each([
    ["both amounts", { buy_amount: "1" }, "not both"],
    ["neither amount", { sell_amount: undefined }, "missing"],
    ["no sell_asset", { sell_asset: undefined }, "sell_asset"],
    ["no buy_asset", { buy_asset: undefined }, "buy_asset"]
  ])("%s is 400 (S38-P-01)", async (_, change, word) => {
    expect(await price(change)).toMatchObject(refused(word))
  })

  it.each([undefined, "", "sep6", "sep24", "SEP31"])("context %s is 400 (S38-P-02)", async (context) => {
    expect(await price({ context })).toMatchObject(refused("context"))
  })

  it("needs no delivery method, and knows a wrong one (S38-P-04, S38-PS-07)", async () => {
    expect(await price({ buy_delivery_method: undefined })).toMatchObject({ status: 200 })
    expect(await price({ buy_delivery_method: "SWIFT" })).toMatchObject(refused("buy_delivery_method"))
    expect(await price({ buy_delivery_method: undefined, sell_delivery_method: "cash" })).toMatchObject(
      refused("sell_delivery_method")
    )
    expect(await price({ country_code: "AR" })).toMatchObject(refused("country_code"))
    expect(await price({ country_code: "BR" })).toMatchObject({ status: 200 })
    expect(await price({ buy_asset: jpy.asset, country_code: "JP" })).toMatchObject(refused("country_code"))
  })

  it("a fee of 0 is told as one (S38-P-05)", async () => {
    world.script.rate = () => Effect.succeed({ rate: "5" })

    expect((await price({})).body).toMatchObject({
      fee: { total: "0", asset: sellAsset },
      price: "0.2",
      total_price: "0.2"
    })
  })

  it("the other way round is 400: what is paid is on Stellar (S38-Q-12)", async () => {
    expect(await price({ sell_asset: brl.asset, buy_asset: sellAsset })).toMatchObject(
      refused("not sold here")
    )
  })

  it.each([
    ["more decimals than Stellar has", { sell_amount: "1.00000001" }, "sell_amount"],
    ["more decimals than the currency has", { sell_amount: undefined, buy_amount: "1.001" }, "buy_amount"],
    [
      "a fraction of a currency without one",
      { sell_amount: undefined, buy_amount: "1.5", buy_asset: jpy.asset, buy_delivery_method: undefined },
      "buy_amount"
    ]
  ])("%s is 400 (S38-F-07)", async (_, change, word) => {
    expect(await price(change)).toMatchObject(refused(word))
  })

  it("trailing zeros are no decimals (S38-F-07)", async () => {
    expect((await price({ sell_amount: undefined, buy_amount: "450.0000" })).body).toMatchObject({
      buy_amount: "450"
    })
  })

  it("the answer keeps to the decimals of each asset (S38-F-06, S38-F-07)", async () => {
    world.script.rate = () => Effect.succeed({ rate: "0.3333" })
    const brlPrice = await price({ sell_amount: "100.0000001" })
    const jpyPrice = await price({ buy_asset: jpy.asset })

    expect(brlPrice.body).toMatchObject({ sell_amount: "100.0000001", buy_amount: "33.33" })
    expect(jpyPrice.body).toMatchObject({ buy_amount: "33" })
  })

  it.each([
    ["the fee is all of it", { sell_amount: "10" }, "leaves nothing"],
    ["nothing is left after rounding", { sell_amount: "10.0000001" }, "too little"]
  ])("where %s it is 400 (S38-F-09)", async (_, change, word) => {
    expect(await price(change)).toMatchObject(refused(word))
  })

  it("where SEP-31 would not take the amount it is 400, whichever side was named (S38-P-01)", async () => {
    world.script.rate = () => Effect.succeed({ rate: "5" })

    expect(await price({ sell_amount: "0.5" })).toMatchObject(refused("minimum"))
    expect(await price({ sell_amount: "10000.1" })).toMatchObject(refused("maximum"))
    expect(await price({ sell_amount: undefined, buy_amount: "50001" })).toMatchObject(refused("maximum"))
  })

  it("a fee in the asset bought lies beside the amount bought (S38-F-02, S38-F-11)", async () => {
    world.script.rate = () =>
      Effect.succeed({
        rate: "5",
        fee: {
          total: "12.34",
          asset: brl.asset,
          details: [
            { name: "PIX", description: "what the network takes", amount: "2.3" },
            { name: "Service", amount: "10.04" }
          ]
        }
      })
    const { body } = await price({})

    expect(body).toMatchObject({
      sell_amount: "100",
      buy_amount: "487.66",
      price: "0.2",
      fee: {
        total: "12.34",
        asset: brl.asset,
        details: [
          { name: "PIX", description: "what the network takes", amount: "2.3" },
          { name: "Service", amount: "10.04" }
        ]
      }
    })
  })

  it("tells the institution who asks, what for, and in which decimals (S38-GEN-01, H-17)", async () => {
    await price({})
    await world.get(
      "/price",
      { ...goodQuote, country_code: "BR" },
      { as: await world.token(`${sendingAnchor}:7`) }
    )
    await price({ buy_asset: jpy.asset, buy_delivery_method: undefined })

    expect(world.asked).toMatchObject([
      { kind: "indicative", client: null, untilMillis: null, countryCode: null, buyDeliveryMethod: "PIX" },
      {
        kind: "indicative",
        client: sendingAnchor,
        given: "sell",
        amount: "100",
        sellDecimals: 7,
        buyDecimals: 2,
        countryCode: "BR",
        context: "sep31"
      },
      // the only method there is
      { buyDecimals: 0, buyDeliveryMethod: "PIX" }
    ])
  })

  it("says what the institution says where it has no rate (S38-GEN-03)", async () => {
    world.script.rate = () => Effect.fail(new NoRate({ message: "only on working days" }))

    expect(await price({})).toMatchObject({ status: 400, body: { error: "only on working days" } })
  })
})

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

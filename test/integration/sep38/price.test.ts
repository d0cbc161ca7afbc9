// One indicative price, over a real listener: GET /price.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { NoRate } from "../../../src/ports/RateProvider.ts"
import { containing } from "../../support/matchers.ts"
import { sendingAnchor } from "../../support/sep31.ts"
import { brl, goodQuote, jpy, sellAsset, type Sep38World, startSep38 } from "../../support/sep38World.ts"

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
const price = (change: Readonly<Record<string, string | undefined>>) => {
  const query = Object.fromEntries(
    Object.entries({ ...goodQuote, ...change }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]]
    )
  )
  return world.get("/price", query, publicly)
}
const refused = (word: string) => ({ status: 400, body: { error: containing(word) } })

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

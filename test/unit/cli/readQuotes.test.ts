// The part of the file that is SEP-38's: what is right, and each way in which it can contradict the assets.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configFile, fileProblems, issuer, problemsOf, read } from "../../support/configEnvironment.ts"

const usdc = `stellar:USDC:${issuer.publicKey()}`
const sepa = { name: "SEPA", description: "to a bank account" }
const swift = { name: "SWIFT", description: "to any bank" }
const brl = { asset: "iso4217:BRL", countryCodes: ["BR"], buyDeliveryMethods: [sepa, swift] }
const pair = { sell: usdc, buy: "iso4217:BRL", rate: "5.42" }
const [asset] = configFile.assets
const assets = [{ ...asset, quotes: "supported" }]
const quotes = { offChain: [brl], pairs: [pair] }

const settings = (change: object, environment = {}) =>
  read(environment, { "kedge.json": JSON.stringify({ ...configFile, assets, quotes, ...change }) })
const problems = (change: object) => fileProblems({ assets, quotes, ...change })
const withQuotes = (change: object) => problems({ quotes: { ...quotes, ...change } })
const offChain = (change: object) => withQuotes({ offChain: [{ ...brl, ...change }] })
const withPair = (change: object) => withQuotes({ pairs: [{ ...pair, ...change }] })

/** What is written, what is told, and a word of it. */
type Case = readonly [what: string, told: ReturnType<typeof problems>, word: string]

describe("readConfig: quotes", () => {
  it.effect("none is asked for, and none is offered: sep-38 is not served (S38-INFO-01)", () =>
    Effect.gen(function* () {
      const { activeSeps, assets: received, quotes: offered } = yield* read({})

      expect(offered).toBeNull()
      expect(activeSeps).toEqual(["sep-1", "sep-10", "sep-12", "sep-31"])
      expect(received.map((each) => each.quotes)).toEqual(["off"])
    })
  )

  it.effect("are read with their defaults, and sep-38 is served (S38-F-07, S38-Q-08)", () =>
    Effect.gen(function* () {
      const read38 = yield* settings({})

      expect(read38.activeSeps).toContain("sep-38")
      expect(read38.assets.map((each) => each.quotes)).toEqual(["supported"])
      expect(read38.quotes).toEqual({
        offChain: [{ ...brl, decimals: 2, sellDeliveryMethods: [], capacity: null }],
        pairs: [{ ...pair, spread: "0", fee: { fixed: "0", percent: "0" }, feeIn: "sell" }],
        openMax: 100,
        clients: "sending-anchors"
      })
    })
  )

  it.effect("are read as they are written (S38-Q-07, S38-Q-08)", () =>
    Effect.gen(function* () {
      const { quotes: offered } = yield* settings({
        quotes: {
          offChain: [{ ...brl, decimals: 0, capacity: "100000", sellDeliveryMethods: [sepa] }],
          pairs: [{ ...pair, spread: "0.5", fee: { fixed: "1", percent: "2", in: "buy" } }],
          openMax: 7,
          clients: "authenticated"
        }
      })

      expect(offered).toMatchObject({
        offChain: [{ decimals: 0, capacity: "100000", sellDeliveryMethods: [sepa] }],
        pairs: [{ spread: "0.5", fee: { fixed: "1", percent: "2" }, feeIn: "buy" }],
        openMax: 7,
        clients: "authenticated"
      })
    })
  )

  it.effect.each<Case>([
    [
      "methods that the asset's funding methods lack",
      offChain({ buyDeliveryMethods: [sepa, swift, { ...sepa, name: "PIX" }] }),
      "lacks PIX"
    ],
    ["funding methods that deliver nothing", offChain({ buyDeliveryMethods: [sepa] }), "names SWIFT"],
    [
      "a name in other letters",
      offChain({ buyDeliveryMethods: [sepa, { ...swift, name: "Swift" }] }),
      "lacks Swift"
    ]
  ])("with %s are refused (S31-INFO-14, S38-INFO-04)", ([, told, word]) =>
    Effect.gen(function* () {
      expect((yield* told).join("\n")).toContain(`KEDGE_CONFIG assets[0].fundingMethods: ${word}`)
    })
  )

  it.effect("several currencies share out the funding methods between them (S31-INFO-14)", () =>
    Effect.gen(function* () {
      const told = yield* settings({
        quotes: {
          offChain: [
            { ...brl, buyDeliveryMethods: [sepa] },
            { asset: "iso4217:MXN", buyDeliveryMethods: [swift] }
          ],
          pairs: [pair, { ...pair, buy: "iso4217:MXN" }]
        }
      })

      expect(told.quotes?.pairs).toHaveLength(2)
    })
  )

  it.effect.each(["supported", "required"])(
    "%s without any quotes in the file is refused (S31-INFO-06)",
    (offer) =>
      Effect.gen(function* () {
        expect(yield* problems({ assets: [{ ...asset, quotes: offer }], quotes: undefined })).toEqual([
          `KEDGE_CONFIG assets[0].quotes: is ${offer}, and the file has no quotes`
        ])
      })
  )

  it.effect.each<Case>([
    ["an unknown offer", problems({ assets: [{ ...asset, quotes: "demanded" }] }), "assets[0].quotes"],
    [
      "an asset offered without a pair",
      problems({ assets: [{ ...asset, code: "EURC", quotes: "required" }] }),
      "no pair sells"
    ],
    ["a pair of an asset that offers none", problems({ assets: [asset] }), "has quotes off"],
    ["no pair", withQuotes({ pairs: [] }), "at least one pair"],
    ["no off-chain asset", withQuotes({ offChain: [] }), "at least one off-chain asset"],
    ["a pair twice", withQuotes({ pairs: [pair, pair] }), "are those of pairs[0]"],
    ["an asset twice", withQuotes({ offChain: [brl, brl] }), "as offChain[0] is"],
    [
      "an asset in no pair",
      withQuotes({ offChain: [brl, { ...brl, asset: "iso4217:MXN" }] }),
      "which no pair buys"
    ],
    ["a pair that sells something else", withPair({ sell: "stellar:native" }), "is none of the assets"],
    ["a pair that buys something else", withPair({ buy: "iso4217:MXN" }), "is none of offChain"],
    ["an asset of another scheme", offChain({ asset: "iso20022:BRL" }), "offChain[0].asset"],
    ["a currency in small letters", offChain({ asset: "iso4217:brl" }), "offChain[0].asset"],
    ["no delivery method", offChain({ buyDeliveryMethods: [] }), "at least one delivery method"],
    [
      "a delivery method twice",
      offChain({ buyDeliveryMethods: [sepa, swift, sepa] }),
      "each delivery method once"
    ],
    ["eight decimals", offChain({ decimals: 8 }), "0 to 7 decimals"],
    ["a country in three letters", offChain({ countryCodes: ["BRA"] }), "countryCodes[0]"],
    ["a capacity finer than the currency", offChain({ capacity: "0.001" }), "more than the 2 decimals"],
    ["a capacity of nothing", offChain({ capacity: "0" }), "nothing could be quoted"],
    ["a rate of 0", withPair({ rate: "0.0" }), "pairs[0].rate: is 0"],
    ["a rate as a number", withPair({ rate: 5.42 }), "pairs[0].rate"],
    ["a spread of everything", withPair({ spread: "100" }), "keeps 100 %"],
    ["a fee of everything", withPair({ fee: { percent: "100" } }), "takes 100 %"],
    [
      "a fee finer than its currency",
      withPair({ fee: { fixed: "0.001", in: "buy" } }),
      "more than the 2 decimals"
    ],
    ["no open quotes", withQuotes({ openMax: 0 }), "expected 1 to 100000"],
    ["unknown clients", withQuotes({ clients: "everyone" }), "quotes.clients"]
  ])("with %s are refused (S38-GEN-04, S38-INFO-02, S38-INFO-03)", ([, told, word]) =>
    Effect.gen(function* () {
      expect((yield* told).join("\n")).toContain(word)
    })
  )

  it.effect("need the protocol, and the protocol needs them (S31-INFO-06)", () =>
    Effect.gen(function* () {
      const without = yield* problemsOf(
        { KEDGE_ACTIVE_SEPS: "sep-1,sep-10,sep-12,sep-31" },
        { "kedge.json": JSON.stringify({ ...configFile, assets, quotes }) }
      )
      const named = yield* problemsOf({ KEDGE_ACTIVE_SEPS: "sep-1,sep-10,sep-12,sep-31,sep-38" })

      expect(without.join("\n")).toContain("lacks sep-38, but the assets offer quotes")
      expect(named.join("\n")).toContain("names sep-38, but the file has no `quotes`")
    })
  )

  it.effect("a pair without a rate needs somebody to ask (S38-G-05)", () =>
    Effect.gen(function* () {
      const moving = {
        ...configFile,
        assets,
        quotes: { ...quotes, pairs: [{ sell: usdc, buy: "iso4217:BRL" }] }
      }
      const files = { "kedge.json": JSON.stringify(moving) }
      const sandbox = {
        KEDGE_RAIL: "sandbox",
        KEDGE_SANDBOX_URL: "http://127.0.0.1:8002",
        KEDGE_INTEGRATION: undefined
      }

      expect((yield* read({}, files)).quotes?.pairs[0]?.rate).toBeNull()
      expect((yield* problemsOf(sandbox, files)).join("\n")).toContain("KEDGE_RATES: is not set")
      expect((yield* read({ ...sandbox, KEDGE_RATES: "sandbox" }, files)).rates).toBe("sandbox")
    })
  )

  it.effect("the sandbox's rates need the sandbox, and are refused on the public network (S38-G-05)", () =>
    Effect.gen(function* () {
      expect((yield* problemsOf({ KEDGE_RATES: "sandbox" })).join("\n")).toContain(
        "KEDGE_SANDBOX_URL: is not set"
      )
      expect((yield* problemsOf({ KEDGE_RATES: "sandbox", KEDGE_NETWORK: "pubnet" })).join("\n")).toContain(
        "KEDGE_RATES: is the sandbox's, on the public network"
      )
      expect((yield* problemsOf({ KEDGE_RATES: "market" })).join("\n")).toContain("KEDGE_RATES")
    })
  )
})

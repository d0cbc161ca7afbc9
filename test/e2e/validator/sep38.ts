// The validator's expectations of prices and quotes, in its order: what it learns from one answer it asks the next with.
import { StrKey } from "@stellar/stellar-sdk"
import { beforeAll, describe, expect, it } from "vitest"
import type { Anchor } from "./anchor.ts"
import { addressOf, answered, ask, isClosed, type Members, refused, signIn } from "./client.ts"

/** A member of a list or of an object, as an object. */
const listOf = (value: unknown): ReadonlyArray<Members> => value as ReadonlyArray<Members>

const priceMembers = ["total_price", "price", "sell_amount", "buy_amount", "fee"]
const quoteMembers = [...priceMembers, "id", "expires_at", "sell_asset", "buy_asset"]

/** The validator's arithmetic: doubles, rounded to so many places. */
const rounded = (value: number, decimals: number): number =>
  Math.round(value * 10 ** decimals) / 10 ** decimals

/** Sold, bought, prices and fee agree to the decimals of what is bought. */
const addsUp = (body: Members, decimals: number): void => {
  const fee = body["fee"] as Members
  const [sell, buy] = [Number(body["sell_amount"]), Number(body["buy_amount"])]
  const [price, total] = [Number(body["price"]), Number(body["total_price"])]

  expect(rounded(sell / total, decimals)).toBe(rounded(buy, decimals))
  if (fee["asset"] === body["buy_asset"]) {
    expect(rounded(sell / price, decimals)).toBe(rounded(buy + Number(fee["total"]), decimals))
  } else expect(rounded(sell - Number(fee["total"]), decimals)).toBe(rounded(price * buy, decimals))
}

export const quoteExpectations = (anchorOf: () => Anchor) =>
  describe("validator SEP-38", () => {
    let anchor: Anchor
    let address: string
    let token: string
    let assets: ReadonlyArray<Members>
    let sold: string
    let bought: string
    let decimals: number
    let method: string
    beforeAll(async () => {
      anchor = anchorOf()
      address = await addressOf(anchor, "ANCHOR_QUOTE_SERVER")
      token = await signIn(anchor, anchor.sendingAnchor)
      assets = listOf(answered(await ask("GET", `${address}/info`), 200)["assets"])
      sold = String(assets.find(({ asset }) => String(asset).startsWith("stellar:"))?.["asset"])
      const prices = await get("prices", { sell_asset: sold, sell_amount: "100" })
      const [first] = listOf(answered(prices, 200)["buy_assets"])
      bought = String(first?.["asset"])
      decimals = Number(first?.["decimals"])
      const [offered] = listOf(assets.find(({ asset }) => asset === bought)?.["buy_delivery_methods"])
      method = String(offered?.["name"])
    })

    const get = (path: string, query: Readonly<Record<string, string>>) =>
      ask("GET", `${address}/${path}?${new URLSearchParams(query).toString()}`, { token })
    const wanted = () => ({ sell_asset: sold, buy_asset: bought, sell_amount: "100", context: "sep31" })
    const post = (body: Members) => ask("POST", `${address}/quote`, { token, body })
    const quote = async () => answered(await post({ ...wanted(), buy_delivery_method: method }), 201)

    it("stellar.toml has the address, without a slash at the end (S31-GEN-03, S1-06)", () => {
      expect(address).toMatch(/[^/]$/)
      expect(new URL(address).host).toBe(anchor.host)
    })

    it("/info lists Stellar assets plain and fiat ones with what is theirs (S38-INFO-01, S38-INFO-02, S38-INFO-03)", () => {
      const schemes = assets.map(({ asset }) => String(asset).split(":")[0])
      expect(new Set(schemes)).toEqual(new Set(["stellar", "iso4217"]))

      for (const each of assets) {
        const parts = String(each["asset"]).split(":")
        if (parts[0] === "stellar") {
          expect(Object.keys(each)).toEqual(["asset"])
          expect(StrKey.isValidEd25519PublicKey(parts[2] ?? "")).toBe(true)
        } else {
          expect(parts).toHaveLength(2)
          expect(listOf(each["buy_delivery_methods"]).length).toBeGreaterThan(0)
        }
      }
    })

    it("delivery methods are SEP-31's funding methods (S38-INFO-04, S31-INFO-14)", async () => {
      const info = answered(await ask("GET", `${await addressOf(anchor, "DIRECT_PAYMENT_SERVER")}/info`), 200)
      const received = (info["receive"] as Readonly<Record<string, Members>>)[anchor.asset.code]
      const names = listOf(assets.find(({ asset }) => asset === bought)?.["buy_delivery_methods"])

      expect(names.map(({ name }) => name)).toEqual(received?.["funding_methods"])
    })

    it("/prices of a Stellar asset lists what is bought, as texts and whole numbers (S38-PS-02, S38-PS-03, S38-GEN-05)", async () => {
      const body = answered(await get("prices", { sell_asset: sold, sell_amount: "100" }), 200)

      isClosed(body, ["buy_assets"])
      for (const item of listOf(body["buy_assets"])) {
        isClosed(item, ["asset", "price", "decimals"])
        expect(String(item["asset"])).toMatch(/^iso4217:[A-Z]{3}$/)
        expect(typeof item["price"]).toBe("string")
        expect(Number(item["price"])).toBeGreaterThan(0)
        expect(Number.isInteger(item["decimals"])).toBe(true)
      }
    })

    it("/prices of cash is an empty list (S38-PS-06)", async () => {
      expect(answered(await get("prices", { sell_asset: bought, sell_amount: "100" }), 200)).toEqual({
        buy_assets: []
      })
    })

    it("/prices takes the pair without a delivery method (S38-PS-01, S38-GEN-06)", async () => {
      const query = { sell_asset: sold, buy_asset: bought, sell_amount: "100" }
      isClosed(answered(await get("prices", query), 200), ["buy_assets"])
    })

    it("/price answers amounts, both prices and the fee, none of them nothing (S38-P-03, S38-P-05)", async () => {
      const body = answered(await get("price", { ...wanted(), buy_delivery_method: method }), 200)
      const fee = body["fee"] as Members

      isClosed(body, priceMembers)
      for (const number of [
        body["total_price"],
        body["price"],
        body["sell_amount"],
        body["buy_amount"],
        fee["total"]
      ]) {
        expect(typeof number).toBe("string")
        expect(Number(number)).toBeGreaterThan(0)
      }
      expect([sold, bought]).toContain(fee["asset"])
    })

    it("/price adds up for amounts on either side (S38-F-01, S38-F-02, S38-F-04)", async () => {
      for (const amount of ["100", "1.37", "9999.99", "3"]) {
        const { sell_amount: _, ...rest } = wanted()
        for (const side of [{ sell_amount: amount }, { buy_amount: amount }]) {
          const body = answered(await get("price", { ...rest, ...side, buy_delivery_method: method }), 200)
          addsUp({ ...body, buy_asset: bought }, decimals)
          expect(body).toMatchObject(side)
        }
      }
    })

    it("/price takes an amount to be bought, and no delivery method (S38-P-01, S38-P-04, S38-F-08)", async () => {
      const { sell_amount: _, ...rest } = wanted()

      isClosed(answered(await get("price", { ...rest, buy_amount: "100" }), 200), priceMembers)
      isClosed(answered(await get("price", wanted()), 200), priceMembers)
    })

    it("POST /quote without a token is 403 (S38-GEN-01)", async () => {
      refused(await ask("POST", `${address}/quote`, { body: wanted() }), 403)
    })

    it("POST /quote answers what was asked for, firm for a while (S38-Q-01, S38-Q-02, S38-Q-05)", async () => {
      const body = await quote()

      isClosed(body, [...quoteMembers, "buy_delivery_method"])
      expect(body).toMatchObject({
        sell_asset: sold,
        buy_asset: bought,
        sell_amount: "100",
        buy_delivery_method: method
      })
      expect(typeof body["id"]).toBe("string")
      expect(body["expires_at"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      expect(Date.parse(String(body["expires_at"]))).toBeGreaterThan(Date.now())
    })

    it("a quote adds up, fee and its details too (S38-F-04, S38-F-11)", async () => {
      const body = await quote()
      const { details = [], total } = body["fee"] as Members

      addsUp(body, decimals)
      const parts = listOf(details).map(({ amount }) => Number(amount))
      if (parts.length > 0)
        expect(
          rounded(
            parts.reduce((a, b) => a + b),
            7
          )
        ).toBe(Number(total))
    })

    it("GET /quote/:id without a token is 403, with it the same as was answered (S38-GEN-01, S38-G-01)", async () => {
      const made = await quote()
      const at = `${address}/quote/${String(made["id"])}`

      refused(await ask("GET", at), 403)
      expect(answered(await ask("GET", at, { token }), 200)).toEqual(made)
    })

    it("a quote of nobody is 404, whatever its id looks like (S38-G-02, S38-GEN-03)", async () => {
      refused(await ask("GET", `${address}/quote/18e413284`, { token }), 404)
      refused(await ask("GET", `${address}/quote/0190a000-0000-7000-8000-00000000ffff`, { token }), 404)
    })

    it("a quote is shown to its Sending Anchor alone, under any memo (S38-Q-09, S38-G-02)", async () => {
      const { id } = await quote()
      const at = `${address}/quote/${String(id)}`

      answered(await ask("GET", at, { token: await signIn(anchor, anchor.sendingAnchor, "1") }), 200)
      refused(await ask("GET", at, { token: await signIn(anchor, anchor.otherAnchor) }), 404)
    })
  })

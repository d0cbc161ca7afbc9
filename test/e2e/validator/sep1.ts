// The validator's expectations of stellar.toml.
import { StrKey } from "@stellar/stellar-sdk"
import { StellarToml } from "@stellar/stellar-sdk"
import { beforeAll, describe, expect, it } from "vitest"
import type { Anchor } from "./anchor.ts"
import { ask, homeOf } from "./client.ts"

export const stellarTomlExpectations = (anchorOf: () => Anchor) =>
  describe("validator SEP-1", () => {
    let anchor: Anchor
    beforeAll(async () => {
      anchor = anchorOf()
    })

    const file = () => ask("GET", `${anchor.home}/.well-known/stellar.toml`)

    it("the file is at its place, as text, open to every page (S1-01, S1-02, S1-03)", async () => {
      const { headers, status } = await file()

      expect(status).toBe(200)
      expect(headers.get("content-type")).toMatch(/^(text\/plain|application\/toml)\b/)
      expect(headers.get("access-control-allow-origin")).toBe("*")
    })

    it("it is TOML of at most 100,000 bytes (S1-04)", async () => {
      const { text } = await file()

      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000)
      const read = await StellarToml.Resolver.resolve(anchor.host, { allowHttp: true })
      expect(read.SIGNING_KEY).toBe(anchor.signing)
    })

    it("the network's passphrase is one that clients know (S1-07)", async () => {
      expect([
        "Test SDF Network ; September 2015",
        "Public Global Stellar Network ; September 2015"
      ]).toContain((await homeOf(anchor))["NETWORK_PASSPHRASE"])
    })

    it("every currency has what the validator wants of one (S1-12)", async () => {
      const { CURRENCIES: currencies = [] } = await StellarToml.Resolver.resolve(anchor.host, {
        allowHttp: true
      })

      expect(currencies).toHaveLength(1)
      for (const currency of currencies) {
        expect(currency).toMatchObject({
          code: anchor.asset.code,
          issuer: anchor.asset.issuer,
          is_asset_anchored: true
        })
        expect(typeof currency.desc).toBe("string")
        expect(["live", "dead", "test", "private"]).toContain(currency.status)
        expect(["fiat", "crypto", "stock", "bond", "commodity", "realestate", "other"]).toContain(
          currency.anchor_asset_type
        )
      }
    })

    it("no address ends in a slash, and each is that of a service (S1-06, S31-GEN-01, S31-GEN-02)", async () => {
      const home = await homeOf(anchor)
      const addresses = ["WEB_AUTH_ENDPOINT", "KYC_SERVER", "DIRECT_PAYMENT_SERVER"].map(
        (name) => home[name] ?? ""
      )

      for (const address of addresses) {
        expect(address).toMatch(/[^/]$/)
        expect(new URL(address).host).toBe(anchor.host)
      }
      expect(home["ANCHOR_QUOTE_SERVER"]).toBeUndefined()
    })

    it("the signing key is an account (S10-GEN-01)", async () => {
      expect(StrKey.isValidEd25519PublicKey((await homeOf(anchor))["SIGNING_KEY"] ?? "")).toBe(true)
    })
  })

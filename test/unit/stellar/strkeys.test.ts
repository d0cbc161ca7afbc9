// The vectors are SEP-23's own: the valid ones of the kinds we take, the valid ones of the kinds we do not, and all
// fifteen invalid ones.
import { StrKey } from "@stellar/stellar-sdk"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { addressSentence, isAccount, parseAddress } from "../../../src/stellar/strkeys.ts"
import { keyOf } from "../../support/signIn.ts"

const account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"

const invalid = [
  "GAAAAAAAACGC6",
  "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUR",
  "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA",
  "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUACUSI",
  "G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I",
  "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA",
  "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAAV75I",
  "M47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
  "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUK===",
  "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUO",
  "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IAAAAAAAAPM",
  "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4Z2PQ",
  "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DXFH6",
  "BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TV",
  "BAAT6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGXACA"
]

describe("parseAddress", () => {
  it("reads a G as itself, without an id", () => {
    expect(parseAddress(account)).toEqual(Result.succeed({ text: account, account, muxedId: null }))
  })

  it.each([
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ", "0"],
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK", "9223372036854775808"]
  ])("reads %s as its account and the unsigned id %s (S23-01, S23-02)", (text, muxedId) => {
    expect(parseAddress(text)).toEqual(Result.succeed({ text, account, muxedId }))
  })

  it.each([
    [
      "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IBZGM"
    ],
    [
      "PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUAAAAFGBU"
    ],
    ["CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA"],
    ["LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN"],
    ["BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TU"]
  ])("refuses the valid vector %s, which is no account (S23-01, S23-04)", (text) => {
    // Valid by the SDK, so what is refused is its kind and not a slip in copying it.
    expect([
      StrKey.isValidSignedPayload(text),
      StrKey.isValidContract(text),
      StrKey.isValidLiquidityPool(text),
      StrKey.isValidClaimableBalance(text)
    ]).toContain(true)
    expect(Result.isFailure(parseAddress(text))).toBe(true)
    expect(isAccount(text)).toBe(false)
  })

  it.each(invalid)("refuses the invalid vector %s (S23-01)", (text) => {
    expect(parseAddress(text)).toEqual(Result.fail("invalid"))
    expect(isAccount(text)).toBe(false)
  })

  it.each([account.toLowerCase(), ` ${account}`, `${account}\n`, "", "G", account.slice(0, -1)])(
    "refuses %j, which is no spelling of an account (S23-03)",
    (text) => {
      expect(parseAddress(text)).toEqual(Result.fail("invalid"))
    }
  )

  it("tells a contract from what is nothing at all (S23-04)", () => {
    expect(parseAddress("CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA")).toEqual(
      Result.fail("contract")
    )
    expect(parseAddress("LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN")).toEqual(
      Result.fail("invalid")
    )
  })

  it("warns of a secret seed, mistyped or not, and repeats none of it (S23-04)", () => {
    const seed = keyOf("someone").secret()
    expect(parseAddress(seed)).toEqual(Result.fail("seed"))
    expect(parseAddress(`${seed.slice(0, -1)}A`)).toEqual(Result.fail("seed"))
    expect(String(addressSentence.seed)).not.toContain(seed)
  })
})

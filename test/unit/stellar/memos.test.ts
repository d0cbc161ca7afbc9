import { Memo as StellarMemo } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { fromStellarMemo, toStellarMemo } from "../../../src/stellar/memos.ts"

const hash = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

describe("memos", () => {
  it.each([
    { type: "id", value: "18446744073709551615" },
    { type: "text", value: "héllo" },
    { type: "hash", value: hash }
  ] as const)("keeps %o through XDR and back", (memo) => {
    const read = StellarMemo.fromXdrObject(toStellarMemo(memo).toXdrObject())
    expect(fromStellarMemo(read)).toEqual(memo)
  })

  it("says none for no memo and return for a return hash", () => {
    expect(fromStellarMemo(StellarMemo.none())).toEqual({ type: "none" })
    expect(fromStellarMemo(StellarMemo.return(new Uint8Array(32).fill(1)))).toEqual({
      type: "return",
      value: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
    })
  })

  it("gives a text memo that is not UTF-8 no value that could match", () => {
    const odd = new StellarMemo("text", Uint8Array.of(0xff, 0xfe))
    expect(fromStellarMemo(odd)).toEqual({ type: "unreadable" })
  })
})

import { describe, expect, it } from "vitest"
import { parseSubject, subjectOf } from "../../../src/sep10/Caller.ts"
import { clientKey, muxed, plain } from "../../support/signIn.ts"

const account = clientKey.publicKey()

describe("the subject of a token", () => {
  it("is the account, the account with its memo, or the muxed form (S10-JWT-02)", () => {
    const text = muxed(account, "5")
    expect(subjectOf(plain(account), null)).toBe(account)
    expect(subjectOf(plain(account), "5")).toBe(`${account}:5`)
    expect(subjectOf({ text, account, muxedId: "5" }, null)).toBe(text)
  })

  it("tells an account from the same account with a memo, the memo 0 too (S10-JWT-08)", () => {
    expect(parseSubject(account)?.memo).toBe(null)
    expect(parseSubject(`${account}:0`)?.memo).toBe("0")
  })

  it("reads back as who it was, a memo and a muxed id alike (S10-JWT-07)", () => {
    const text = muxed(account, "18446744073709551615")
    expect(parseSubject(account)).toEqual({ account, muxedAccount: null, memo: null, subject: account })
    expect(parseSubject(`${account}:0`)).toEqual({
      account,
      muxedAccount: null,
      memo: "0",
      subject: `${account}:0`
    })
    expect(parseSubject(text)).toEqual({
      account,
      muxedAccount: text,
      memo: "18446744073709551615",
      subject: text
    })
  })

  it.each([
    "",
    "someone",
    `${account}:`,
    `${account}:01`,
    `${account}:-1`,
    `${account}:18446744073709551616`,
    `${account}:1:2`,
    `${muxed(account, "5")}:5`,
    "CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA",
    account.toLowerCase()
  ])("is not %j (S10-JWT-05)", (subject) => {
    expect(parseSubject(subject)).toBe(null)
  })
})

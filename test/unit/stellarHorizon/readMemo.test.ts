import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { type MemoMembers, readMemo } from "../../../adapters/stellar-horizon/readMemo.ts"

const read = (members: MemoMembers) => Result.getOrThrow(readMemo(members))
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
const hash = base64(new Uint8Array(32).fill(7))

describe("stellar-horizon readMemo", () => {
  it.each([
    [{ memo_type: "none" }, { type: "none", value: null }],
    [
      { memo_type: "id", memo: "123" },
      { type: "id", value: "123" }
    ],
    [
      { memo_type: "id", memo: "18446744073709551615" },
      { type: "id", value: "18446744073709551615" }
    ],
    [
      { memo_type: "text", memo: "123", memo_bytes: "MTIz" },
      { type: "text", value: "123" }
    ],
    [
      { memo_type: "text", memo: "123" },
      { type: "text", value: "123" }
    ],
    [
      { memo_type: "text", memo: "", memo_bytes: "" },
      { type: "text", value: "" }
    ],
    [
      { memo_type: "hash", memo: hash },
      { type: "hash", value: hash }
    ],
    [
      { memo_type: "return", memo: hash },
      { type: "return", value: hash }
    ]
  ])("%o is read as %o (S31-MEMO-04, I22)", (members, memo) => {
    expect(read(members)).toEqual(memo)
  })

  it.each([
    [{ memo_type: "id", memo: "0123" }, "decimal number"],
    [{ memo_type: "id", memo: "18446744073709551616" }, "decimal number"],
    [{ memo_type: "id", memo: "-1" }, "decimal number"],
    [{ memo_type: "hash", memo: "AAAA" }, "3 bytes where a hash has 32"],
    [{ memo_type: "hash", memo: "not base64!" }, "not base64"],
    [{ memo_type: "text", memo: "x", memo_bytes: "*" }, "memo_bytes is not base64"],
    [{ memo_type: "hash" }, "no memo"],
    [{ memo_type: "Id", memo: "1" }, "memo type Id is not known"]
  ])("%o cannot be read (I23)", (members, why) => {
    const result = readMemo(members)
    expect(Result.isFailure(result) ? result.failure : "it was read").toContain(why)
  })

  it.each([
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0x31]), "1"],
    ["a NUL, which Horizon leaves out of what it shows", new Uint8Array([0x31, 0x00, 0x32]), "12"]
  ])("%s can never equal a memo of ours, whatever Horizon shows for them (I23)", (_, bytes, shown) => {
    const memo = read({ memo_type: "text", memo: shown, memo_bytes: base64(bytes) })

    expect(memo.value).toContain(base64(bytes))
    expect(memo.value).not.toContain("\0")
    expect(new TextEncoder().encode(memo.value ?? "").length).toBeGreaterThan(28)
  })

  it("a text memo keeps a byte order mark and every space: bytes are compared", () => {
    const text = "\uFEFF a "
    expect(
      read({ memo_type: "text", memo: "a", memo_bytes: base64(new TextEncoder().encode(text)) }).value
    ).toBe(text)
  })

  it("two spellings of one hash in base64 are one memo", () => {
    const loose = `${hash.slice(0, 42)}${hash[42] === "c" ? "d" : "f"}=`
    expect(read({ memo_type: "hash", memo: loose }).value).toBe(hash)
  })
})

import { Buffer } from "node:buffer"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Memo, memoFault, memoKey } from "../../../machines/domain/Memo.ts"
import { holds, seeded } from "../../support/seed.ts"

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
const faultOf = (type: Memo["type"], value: string) => memoFault({ type, value })

describe(seeded("Memo"), () => {
  it("takes an id exactly when it is the one spelling of a uint64 (S31-MEMO-04, I23)", () => {
    holds(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 66n }), (id) => {
        expect(faultOf("id", id.toString()) === null).toBe(id < 2n ** 64n)
        expect(faultOf("id", `0${id}`)).not.toBeNull()
      })
    )
    for (const wrong of ["", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "１００", "18446744073709551616"])
      expect(faultOf("id", wrong), wrong).not.toBeNull()
    for (const right of ["0", "18446744073709551615"]) expect(faultOf("id", right)).toBeNull()
  })

  it("takes a text exactly when it is at most 28 bytes of UTF-8 (I23)", () => {
    holds(
      fc.property(fc.string({ maxLength: 40, unit: "binary" }), (text) => {
        expect(faultOf("text", text) === null).toBe(Buffer.byteLength(text, "utf8") <= 28)
      })
    )
    expect(faultOf("text", "é".repeat(14))).toBeNull()
    expect(faultOf("text", `${"é".repeat(14)}a`)).not.toBeNull()
  })

  it("takes the base64 of any 32 bytes, and of no other number of bytes", () => {
    holds(
      fc.property(bytes32, fc.uint8Array({ maxLength: 64 }), (right, any) => {
        expect(faultOf("hash", base64(right))).toBeNull()
        expect(faultOf("hash", base64(any)) === null).toBe(any.length === 32)
      })
    )
    for (const wrong of ["", "ab".repeat(32), "A".repeat(43), `${"A".repeat(42)}_=`, `${"A".repeat(44)}`])
      expect(faultOf("hash", wrong), wrong).not.toBeNull()
  })

  it("takes a hash in one spelling only: what it takes is what its bytes print as (I23)", () => {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".split("")
    holds(
      fc.property(bytes32, fc.constantFrom(...digits), (bytes, last) => {
        const text = `${base64(bytes).slice(0, 42)}${last}=`

        expect(faultOf("hash", text) === null).toBe(base64(Buffer.from(text, "base64")) === text)
      })
    )
  })

  it("meets under one key exactly when account, type and value are equal (I22)", () => {
    const memo = fc.record({
      type: fc.constantFrom("id" as const, "text" as const),
      value: fc.constantFrom("1", "12", "123")
    })
    const accounts = fc.constantFrom("GA", "GB")
    holds(
      fc.property(accounts, memo, accounts, memo, (a, one, b, other) => {
        const isSame = a === b && one.type === other.type && one.value === other.value

        expect(memoKey(a, one) === memoKey(b, other)).toBe(isSame)
      })
    )
  })
})

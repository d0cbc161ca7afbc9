// Whatever a client sends as a customer's data: judged without a throw, without an echo, and the same each time.
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fileFault, sep9Names, sniff, valueFault } from "../../../machines/domain/Sep9.ts"
import { formatFault } from "../../../machines/domain/sep9Formats.ts"
import { say } from "../../../machines/domain/Sentence.ts"
import { readAsked } from "../../../src/sep12/asked.ts"
import { withContested } from "../../../src/sep12/contested.ts"
import { isId, keyOf, mayReach, ownerOf } from "../../../src/sep12/identity.ts"
import { readValues, type Submitted } from "../../../src/sep12/submitted.ts"
import { anchorA, anchorB } from "../../support/sep12World.ts"

const name = fc.oneof(
  fc.constantFrom(...sep9Names),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "card.number",
    "mobile_number_verification",
    "photo_id_front_file_id",
    "memo",
    "id"
  ),
  fc.string()
)
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."0123456789-+.:@".split("")) }),
  fc.constantFrom("2024-02-30", "\ud800", "a".repeat(3000))
)
const value: fc.Arbitrary<Submitted> = fc.oneof(
  anyText.map((text) => ({ _tag: "Text" as const, text })),
  fc
    .oneof(fc.integer().map(String), fc.constantFrom("1e999", "-0", "0.1"))
    .map((digits) => ({ _tag: "Number" as const, digits })),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ _tag: "File" as const, bytes })),
  fc.constantFrom(say`null`, say`a list`, say`an object`).map((kind) => ({ _tag: "Other" as const, kind }))
)
const fields = fc.array(fc.record({ name, value }), { maxLength: 12 })

describe("sep12 values, whatever they are", () => {
  it("are judged without a throw and never quoted (S12-PUT-08, SEC-24)", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sep9Names),
        fc.string({ minLength: 9, unit: "grapheme" }),
        (field, text) => {
          const fault = valueFault(field, `${text}\u0007zyzzyva`)
          expect(fault).not.toBeNull()
          expect(fault).not.toContain("zyzzyva")
        }
      )
    )
    fc.assert(fc.property(name, anyText, (field, text) => void valueFault(field, text)))
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 40 }), (field, bytes) => void fileFault(field, bytes))
    )
  })

  it("of a body are all read or none, under catalogued names (S12-PUT-10, SEC-43)", () => {
    fc.assert(
      fc.property(fields, (sent) => {
        const read = readValues(sent)
        if (Result.isFailure(read)) expect(String(read.failure).length).toBeLessThan(400)
        for (const [field, kept] of Object.entries(Result.isSuccess(read) ? read.success.values : {})) {
          expect(sep9Names).toContain(field)
          expect(typeof kept === "string" ? valueFault(field, kept, { otherFormat: true }) : null).toBeNull()
          if (typeof kept !== "string") expect(kept.contentType).toBe(sniff(kept.bytes))
        }
      })
    )
  })

  it("that name a customer are texts, or a number no client can have spoilt (H-24)", () => {
    fc.assert(
      fc.property(fields, (sent) => {
        const read = readAsked(sent)
        if (Result.isSuccess(read)) {
          for (const text of Object.values(read.success.asked)) expect(typeof text).toBe("string")
        }
      })
    )
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), (memo) => {
        const read = readAsked([{ name: "memo", value: { _tag: "Number", digits: memo.toString() } }])
        expect(Result.isSuccess(read)).toBe(memo < 2n ** 53n)
      })
    )
  })
})

describe("sep9 formats", () => {
  it("a date is right exactly when the calendar has it (S9-05)", () => {
    const pad = (n: number, width: number) => String(n).padStart(width, "0")
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (y, m, d) => {
          const text = `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}`
          const read = new Date(`${text}T00:00:00Z`)
          const exists = !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text)
          expect(formatFault("date", text) === null).toBe(exists)
        }
      )
    )
  })

  it("an IP address is taken in every spelling (S9-05)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
        expect(formatFault("ip", ip)).toBeNull()
      })
    )
  })

  it("changing one digit of a CLABE or CBU is found (S9-07)", () => {
    const right = { clabe: "032180000118359719", cbu: "2850590940090418135201" } as const
    fc.assert(
      fc.property(
        fc.constantFrom("clabe" as const, "cbu" as const),
        fc.nat(21),
        fc.integer({ min: 1, max: 9 }),
        (kind, where, by) => {
          const text = right[kind]
          const at = where % text.length
          const other = text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1)
          expect(formatFault(kind, other)).not.toBeNull()
        }
      )
    )
  })
})

describe("sep12 ownership, whatever is asked", () => {
  const memo = fc.option(fc.bigInt({ min: 0n, max: 3n }).map(String), { nil: null })
  const identity = fc.record({
    account: fc.constantFrom(anchorA, anchorB),
    muxedAccount: fc.constant(null),
    memo,
    isSendingAnchor: fc.boolean()
  })
  const sentMemo = fc.option(fc.oneof(fc.bigInt({ min: 0n, max: 3n }).map(String), fc.string()), {
    nil: undefined
  })
  const naming = fc.record({
    account: fc.option(fc.oneof(fc.constantFrom(anchorA, anchorB), fc.string()), { nil: undefined }),
    memo: sentMemo,
    memoType: fc.option(fc.constantFrom("id", "text", "hash", "return"), { nil: undefined })
  })
  const row = (
    owner: string,
    account: string,
    of: { type: "id" | "text" | "hash"; value: string } | null
  ) => ({
    id: "0190a000-0000-7000-8000-00000000c001" as never,
    owner,
    account,
    memo: of,
    version: 1,
    erased: false,
    statuses: {},
    contested: []
  })

  it("what a caller may register it may reach, and no other account ever (SEC-20, H-06)", () => {
    fc.assert(
      fc.property(identity, naming, identity, (who, names, other) => {
        const key = keyOf(who, names)
        if (Result.isFailure(key)) return
        const customer = row(key.success.owner, key.success.account, key.success.memo)
        expect(mayReach(who, customer)).toBe(true)
        expect(mayReach(who, { ...customer, erased: true })).toBe(false)
        if (other.account !== who.account) expect(mayReach(other, customer)).toBe(false)
      }),
      { numRuns: 500 }
    )
  })

  it("a caller with a memo reaches the customer of that memo alone (H-06)", () => {
    fc.assert(
      fc.property(identity, memo, (who, value) => {
        fc.pre(who.memo !== null)
        const customer = row(ownerOf(who), who.account, value === null ? null : { type: "id", value })
        expect(mayReach(who, customer)).toBe(value === who.memo)
      })
    )
  })

  it("a text is an id or is not, without a throw", () => {
    fc.assert(fc.property(fc.string(), (text) => void isId(text)))
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        expect(isId(text)).toBe(true)
      })
    )
  })
})

describe("sep12 contested fields", () => {
  it("are wanted and not held, whatever the verdict, unless it is REJECTED (S12-GET-08)", () => {
    const described = { type: "string" as const, description: "d" }
    const names = fc.uniqueArray(fc.constantFrom("last_name", "family_name", "bank_account_number", "odd"), {
      minLength: 1
    })
    const entries = fc.dictionary(
      fc.constantFrom("last_name", "bank_account_number", "city"),
      fc.constant(described)
    )
    const status = fc.constantFrom(
      "ACCEPTED" as const,
      "PROCESSING" as const,
      "NEEDS_INFO" as const,
      "REJECTED" as const
    )
    fc.assert(
      fc.property(names, entries, entries, status, (contested, wanted, held, given) => {
        const provided = Object.fromEntries(
          Object.entries(held).map(([key, each]) => [key, { ...each, status: "ACCEPTED" as const }])
        )
        const shown = withContested({ status: given, fields: wanted, provided }, contested, "en")
        expect(shown.status).toBe(given === "REJECTED" ? "REJECTED" : "NEEDS_INFO")
        for (const each of given === "REJECTED" ? [] : contested) {
          expect(shown.fields).toHaveProperty([each])
          expect(shown.fields[each]?.optional).toBeUndefined()
          expect(shown.provided).not.toHaveProperty([each])
        }
      })
    )
  })
})

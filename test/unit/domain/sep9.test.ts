// The SEP-9 catalogue: which values each format takes, with values that exist.
import { describe, expect, it } from "vitest"
import {
  canonicalName,
  fileFault,
  isCardField,
  numberText,
  sep9Field,
  sep9Names,
  sniff,
  spellingsOf,
  textMax,
  valueFault
} from "../../../machines/domain/Sep9.ts"

describe("sep9 names", () => {
  it("holds every field of a person, an account and an organisation, and no card (S9-01, S9-02, S9-03)", () => {
    expect(sep9Names).toHaveLength(36 + 14 + 17 + 14)
    for (const name of ["referral_id", "cbu_alias", "organization.VAT_number", "organization.clabe_number"]) {
      expect(sep9Field(name)).toBeDefined()
    }
    expect(sep9Names.filter(isCardField)).toEqual([])
    expect(isCardField("card.number")).toBe(true)
  })

  const binary =
    "photo_id_front photo_id_back notary_approval_of_photo_id photo_proof_residence proof_of_income proof_of_liveness"
  const account =
    "bank_name bank_account_type bank_account_number bank_number bank_phone_number bank_branch_number external_transfer_memo clabe_number cbu_number cbu_alias mobile_money_number mobile_money_provider crypto_address crypto_memo"
  const tables: Readonly<Record<string, string>> = {
    "S9-01":
      "family_name last_name given_name first_name additional_name address_country_code state_or_province city postal_code address mobile_number mobile_number_format email_address birth_date birth_place birth_country_code tax_id tax_id_name occupation employer_name employer_address language_code id_type id_country_code id_issue_date id_expiration_date id_number ip_address sex referral_id",
    "S9-02": account,
    "S9-03":
      "name VAT_number registration_number registration_date registered_address number_of_shareholders shareholder_name photo_incorporation_doc photo_proof_address address_country_code state_or_province city postal_code director_name website email phone"
  }
  it("has each name of SEP-9 as it is spelled there, and no other (S9-01, S9-02, S9-03)", () => {
    const organization = `${tables["S9-03"] ?? ""} ${account}`
      .split(" ")
      .map((name) => `organization.${name}`)
    const names = [...`${tables["S9-01"] ?? ""} ${binary} ${account}`.split(" "), ...organization]
    expect(sep9Names.toSorted()).toEqual(names.toSorted())
    const typed = (type: string) => sep9Names.filter((name) => sep9Field(name)?.type === type).toSorted()
    expect(typed("binary")).toEqual(
      [
        ...binary.split(" "),
        "organization.photo_incorporation_doc",
        "organization.photo_proof_address"
      ].toSorted()
    )
    expect(typed("number")).toEqual(["occupation", "organization.number_of_shareholders"])
    expect(typed("date")).toEqual(
      ["birth_date", "id_issue_date", "id_expiration_date", "organization.registration_date"].toSorted()
    )
    expect(sep9Field("sex")?.choices).toEqual(["male", "female", "other"])
    expect(sep9Field("bank_account_type")?.choices).toEqual(["checking", "savings"])
  })

  it("knows a card's fields as such, and takes none of them (S9-04)", () => {
    const rest =
      "number expiration_date cvc holder_name network postal_code country_code state_or_province city address token"
    for (const name of rest.split(" ").map((each) => `card.${each}`)) {
      expect(isCardField(name)).toBe(true)
      expect(sep9Field(name)).toBeUndefined()
      expect(canonicalName(name)).toBe(name)
    }
    expect(["cardholder", "card_number", "id_number"].filter(isCardField)).toEqual([])
  })

  it("knows nothing of an object's own machinery (SEC-43)", () => {
    for (const name of ["__proto__", "constructor", "toString", ""]) expect(sep9Field(name)).toBeUndefined()
  })

  it("two names of one datum are one (S9-01)", () => {
    expect([canonicalName("family_name"), canonicalName("given_name"), canonicalName("city")]).toEqual([
      "last_name",
      "first_name",
      "city"
    ])
    expect(spellingsOf("family_name")).toEqual(["last_name", "family_name"])
    expect(spellingsOf("city")).toEqual(["city"])
  })
})

describe("sep9 values", () => {
  const cases: Readonly<
    Record<string, readonly [right: ReadonlyArray<string>, wrong: ReadonlyArray<string>]>
  > = {
    birth_date: [
      ["1985-04-12", "2024-02-29", "2000-02-29"],
      [
        "1985-4-12",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-04-31",
        "2024-00-10",
        "0000-01-01",
        "1985-04-12T00:00:00Z"
      ]
    ],
    email_address: [
      ["ada@example.org", "a.b+c@mail.example.org"],
      [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@example..org",
        "a da@example.org",
        `${"a".repeat(250)}@b.org`
      ]
    ],
    mobile_number: [
      ["+14155550100", "14155550100", "+491711234567"],
      ["+0155550100", "123", "+1 415 555 0100", "+1234567890123456"]
    ],
    mobile_money_number: [["+254712345678"], ["0712345678"]],
    address_country_code: [
      ["BRA", "DEU", "XKX"],
      ["BR", "bra", "XYZ", "ZZZ"]
    ],
    language_code: [
      ["pt", "en"],
      ["PT", "por", "xx"]
    ],
    occupation: [
      ["011", "241"],
      ["11", "2411", "abc"]
    ],
    sex: [
      ["male", "female", "other"],
      ["m", "Male", ""]
    ],
    bank_account_type: [["checking", "savings"], ["current"]],
    ip_address: [
      ["192.0.2.1", "2001:db8::1", "::", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"],
      ["192.0.2.256", "192.0.2", "1:2:3", "1::2::3", ":::", "1:2:3:4:5:6:7:8:9", "::12345", "192.0.02.1"]
    ],
    clabe_number: [
      ["032180000118359719", "002010077777777771"],
      ["032180000118359718", "03218000011835971", "x".repeat(18)]
    ],
    cbu_number: [
      ["2850590940090418135201"],
      ["2850590940090418135202", "2850590840090418135201", "285059094009041813520"]
    ],
    cbu_alias: [["casa.rio.sol"], ["abc", "casa rio", "x".repeat(21)]],
    "organization.number_of_shareholders": [
      ["0", "12"],
      ["-1", "1.5", "01", "many"]
    ],
    "organization.registration_date": [["1999-12-31"], ["31-12-1999"]],
    last_name: [
      ["O'Connor-Ōkafor", "李"],
      ["", "a\u0000b", "\ud800", "x".repeat(textMax + 1)]
    ],
    address: [["1 Main St\nSpringfield"], ["\u0007"]]
  }

  for (const [name, [right, wrong]] of Object.entries(cases)) {
    it(`${name} takes what it should and nothing else (S9-05, S12-PUT-08)`, () => {
      expect(right.map((value) => [value, valueFault(name, value)])).toEqual(
        right.map((value) => [value, null])
      )
      expect(wrong.filter((value) => valueFault(name, value) === null)).toEqual([])
    })
  }

  it("a bad check digit of a CLABE or a CBU is a fault (S9-07)", () => {
    const digits = "0123456789".split("")
    const rightOnes = (prefix: string, name: string) =>
      digits.filter((digit) => valueFault(name, prefix + digit) === null)

    expect(rightOnes("03218000011835971", "clabe_number")).toEqual(["9"])
    expect(rightOnes("285059094009041813520", "cbu_number")).toEqual(["1"])
  })

  it("a phone number may have a format of its own (S9-05)", () => {
    expect(valueFault("mobile_number", "9f86d081", { otherFormat: true })).toBeNull()
    expect(valueFault("mobile_money_number", "9f86d081", { otherFormat: true })).not.toBeNull()
  })

  it("an occupation that came as a number gets its zeros back (S9-05, S9-06)", () => {
    expect(numberText("occupation", "11")).toBe("011")
    expect(numberText("organization.number_of_shareholders", "11")).toBe("11")
  })

  it("no sentence quotes the value (SEC-24)", () => {
    for (const name of sep9Names) expect(valueFault(name, "zyzzyva\u0001") ?? "").not.toContain("zyzzyva")
  })
})

describe("sep9 files", () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0])
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pdf = new TextEncoder().encode("%PDF-1.7")
  const mp4 = new Uint8Array([0, 0, 0, 0x18, 0x66, 0x74, 0x79, 0x70])

  it("are known by their first bytes (S12-FILE-06, SEC-23)", () => {
    expect([jpeg, png, pdf, mp4, new Uint8Array([0x1a, 0x45, 0xdf, 0xa3])].map(sniff)).toEqual([
      "image/jpeg",
      "image/png",
      "application/pdf",
      "video/mp4",
      "video/webm"
    ])
    expect([new Uint8Array(), png.subarray(0, 7), new TextEncoder().encode("<svg>")].map(sniff)).toEqual([
      null,
      null,
      null
    ])
  })

  it("a video proves liveness and nothing else (S12-PUT-08)", () => {
    expect(fileFault("proof_of_liveness", mp4)).toBeNull()
    expect(fileFault("photo_id_front", mp4)).not.toBeNull()
    expect(fileFault("photo_id_front", png)).toBeNull()
    expect(fileFault("last_name", png)).not.toBeNull()
    expect(fileFault("shoe", png)).not.toBeNull()
  })
})

// GET and PUT /customer over HTTP: statuses, fields, merging, the three body types, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { anchorA, nobody, receiver, sender, type Sep12World, startSep12 } from "../../support/sep12World.ts"

let world: Sep12World
let memos = 0
/** A customer of its own for each test. */
const fresh = () => {
  memos += 1
  return { memo: String(memos) }
}
beforeAll(async () => {
  world = await startSep12()
})
afterAll(() => world.stop())

describe("sep12 authentication", () => {
  const endpoints = [
    ["GET", "/sep12/customer"],
    ["PUT", "/sep12/customer"],
    ["PUT", "/sep12/customer/verification"],
    ["PUT", "/sep12/customer/callback"],
    ["POST", "/sep12/customer/files"],
    ["GET", "/sep12/customer/files"],
    ["DELETE", `/sep12/customer/${anchorA}`]
  ] as const

  for (const [method, path] of endpoints) {
    it(`${method} ${path.replace(anchorA, ":account")} without a token is 401 and names the scheme (S12-GEN-01, H-02)`, async () => {
      const { body, headers, status } = await world.ask(method, path, { as: null })

      expect(status).toBe(401)
      expect(headers.get("www-authenticate")).toBe("Bearer")
      expect(body["error"]).toEqual(expect.any(String))
    })
  }

  it("the token is looked at before the body (S12-GEN-04)", async () => {
    const { status } = await world.ask("PUT", "/sep12/customer", { as: null, body: "{", type: "text/csv" })

    expect(status).toBe(401)
  })

  it("an account that is no Sending Anchor may use it too (S12-GEN-05)", async () => {
    expect((await world.put(sender, nobody)).status).toBe(202)
  })
})

describe("sep12 GET /customer", () => {
  it("of nobody registered lists the fields of the type, without an id (S12-GET-02, S12-GET-05)", async () => {
    const { body, status } = await world.get({ ...fresh(), type: "sep31-receiver" })

    expect(status).toBe(200)
    expect(body["status"]).toBe("NEEDS_INFO")
    expect(body).not.toHaveProperty("id")
    expect(body).not.toHaveProperty("provided_fields")
    expect(body["fields"]).toMatchObject({
      last_name: { type: "string", description: "family name" },
      bank_name: { type: "string", optional: true, choices: ["First", "Second"] },
      birth_date: { type: "date", optional: true },
      photo_id_front: { type: "binary", optional: true }
    })
    expect((body["fields"] as Record<string, object>)["last_name"]).not.toHaveProperty("optional")
  })

  it("without parameters is about the caller, under the first type (S12-GET-02, S12-GET-10, H-26)", async () => {
    const { body } = await world.get({}, `${anchorA}:990`)

    expect(Object.keys(body["fields"] as object)).toEqual(["first_name", "last_name", "email_address"])
  })

  it("of a customer with gaps lists what is missing and what is held, and no value (S12-GET-01, S12-GET-07, S12-GET-14)", async () => {
    const { memo } = fresh()
    const id = await world.register({ memo, first_name: "Canarya", type: "sep31-receiver" })
    const { body, text } = await world.get({ id, type: "sep31-receiver" })

    expect(body).toMatchObject({ id, status: "NEEDS_INFO" })
    expect(Object.keys(body["fields"] as object)).toContain("last_name")
    expect(body["fields"]).not.toHaveProperty("first_name")
    expect(body["provided_fields"]).toEqual({
      first_name: { type: "string", description: "given name", status: "ACCEPTED" }
    })
    expect(text).not.toContain("Canarya")
  })

  it("of a complete customer is ACCEPTED and wants nothing (S12-GET-04, S12-GET-09)", async () => {
    const id = await world.register({ ...receiver, ...fresh() })
    const { body } = await world.get({ id, type: "sep31-receiver" })

    expect(body["status"]).toBe("ACCEPTED")
    expect(body).not.toHaveProperty("fields")
  })

  it("the status is one of the type's: a sender is no receiver yet (S12-GET-11, S12-ID-08)", async () => {
    const id = await world.register({ ...sender, ...fresh() })

    expect((await world.get({ id, type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
    expect((await world.get({ id, type: "sep31-receiver" })).body["status"]).toBe("NEEDS_INFO")
  })

  it("an unknown type is refused, and so is a transaction without a type (S12-GET-10, S31-KYC-02)", async () => {
    for (const query of [
      { type: "sep24-customer" },
      { type: "constructor" },
      { transaction_id: "0190a000-0000-7000-8000-000000000001" },
      { type: "" },
      { id: "" }
    ]) {
      const { body, status } = await world.get(query)
      expect([query, status]).toEqual([query, 400])
      expect(body["error"]).toEqual(expect.any(String))
    }
  })

  it("a parameter given twice is refused (SEC-43)", async () => {
    expect((await world.ask("GET", "/sep12/customer?memo=1&memo=2")).status).toBe(400)
  })
})

describe("sep12 PUT /customer", () => {
  it("answers 202 with the id, the same one each time (S12-PUT-01, S12-PUT-02, H-20)", async () => {
    const body = { ...sender, ...fresh() }
    const first = await world.put(body)
    const second = await world.put(body)

    expect(first.status).toBe(202)
    expect(first.body).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })
    expect([second.status, second.body]).toEqual([202, first.body])
  })

  it("merges what is sent into what is held (S12-PUT-03)", async () => {
    const { memo } = fresh()
    const id = await world.register({ memo, first_name: "Ada", type: "sep31-sender" })
    await world.register({ id, last_name: "Okafor", type: "sep31-sender" })

    expect((await world.get({ id, type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
  })

  it("family_name and given_name are last_name and first_name (S9-01)", async () => {
    const id = await world.register({
      ...fresh(),
      given_name: "Ada",
      family_name: "Okafor",
      type: "sep31-sender"
    })

    expect((await world.get({ id, type: "sep31-sender" })).body["status"]).toBe("ACCEPTED")
    expect((await world.put({ id, given_name: "Ada", first_name: "Eve" })).status).toBe(400)
  })

  it("without any value still registers the customer, even without a body (S12-PUT-05)", async () => {
    const { body, status } = await world.ask("PUT", "/sep12/customer", { as: `${anchorA}:991` })

    expect(status).toBe(202)
    expect((await world.get({}, `${anchorA}:991`)).body["id"]).toBe(body["id"])
  })

  it("two at once for a new customer make one (S12-PUT-17)", async () => {
    const body = { ...sender, ...fresh() }
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.put(body)))

    expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1)
  })

  it("takes a form as it takes JSON (S12-GEN-02, S9-06)", async () => {
    const { memo } = fresh()
    const form = new URLSearchParams({ ...sender, memo, last_name: "Ōkafor & co" })
    const { body, status } = await world.put(form)

    expect(status).toBe(202)
    expect((await world.get({ id: String(body["id"]), type: "sep31-sender" })).body["status"]).toBe(
      "ACCEPTED"
    )
  })

  it("takes multipart with files, in any order (S12-GEN-02, S12-PUT-09)", async () => {
    const form = new FormData()
    form.set("photo_id_front", new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2])]), "x.exe")
    for (const [name, value] of Object.entries({ ...receiver, ...fresh() })) form.set(name, value)
    const { body, status } = await world.put(form)
    const shown = await world.get({ id: String(body["id"]), type: "sep31-receiver" })

    expect(status).toBe(202)
    expect(shown.body["status"]).toBe("ACCEPTED")
    expect(shown.body["provided_fields"]).toMatchObject({
      photo_id_front: { type: "binary", status: "ACCEPTED" }
    })
  })

  it("judges a file by its bytes, whatever it is called (S12-FILE-06, S12-PUT-08)", async () => {
    const form = new FormData()
    form.set("photo_id_front", new Blob(["<script>"], { type: "image/png" }), "front.png")
    const { body, status } = await world.put(form, `${anchorA}:992`)

    expect(status).toBe(400)
    expect(body["error"]).toContain("photo_id_front must be a JPEG, PNG or PDF file")
    expect((await world.get({}, `${anchorA}:992`)).body).not.toHaveProperty("id")
  })

  it("a body of another type is 415 and one that is too large 413, as JSON (S12-GEN-03, S12-PUT-15)", async () => {
    const other = await world.ask("PUT", "/sep12/customer", { body: "first_name: Ada", type: "text/yaml" })
    const large = await world.put({ first_name: "x".repeat(70_000) })
    const form = new FormData()
    form.set("photo_id_front", new Blob([new Uint8Array(11_000_000)]), "x.png")
    const largeFile = await world.put(form)

    expect([other.status, large.status, largeFile.status]).toEqual([415, 413, 413])
    for (const { body } of [other, large, largeFile]) expect(body["error"]).toEqual(expect.any(String))
  })

  const refused: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>, string]> = [
    ["a date that does not exist", { birth_date: "2023-02-29" }, "birth_date"],
    ["a date in another order", { birth_date: "12/04/1985" }, "birth_date"],
    ["a phone number without its country", { mobile_number: "0171 2345678" }, "mobile_number"],
    ["an address that is no email", { email_address: "ada(at)example.org" }, "email_address"],
    ["a country in two letters", { address_country_code: "DE" }, "address_country_code"],
    ["a CLABE with a wrong check digit", { clabe_number: "032180000118359718" }, "clabe_number"],
    ["an empty value", { first_name: "" }, "first_name"],
    ["a number for a text", { bank_account_number: 12345 }, "bank_account_number"],
    ["null", { first_name: null }, "first_name"],
    ["a list", { first_name: ["Ada"] }, "first_name"],
    ["nested objects", { organization: { name: "Okafor Ltd" } }, "organization.name"],
    ["text for a file", { photo_id_front: "aGVsbG8=" }, "photo_id_front"],
    ["card data", { "card.number": "4111111111111111" }, "card data"],
    ["a code nobody awaits", { mobile_number_verification: "1234" }, "mobile_number_verification"],
    ["a file nobody uploaded", { photo_id_front_file_id: "f1" }, "photo_id_front_file_id"],
    ["an unknown type", { type: "sep6" }, "type"],
    ["a transaction without a type", { transaction_id: "t" }, "transaction_id"]
  ]
  for (const [what, body, named] of refused) {
    it(`refuses ${what}, says which field, and quotes no value (S12-PUT-08, S12-GEN-03, SEC-24)`, async () => {
      const { memo } = fresh()
      const answer = await world.put({ memo, ...body })

      expect(answer.status).toBe(400)
      expect(answer.body["error"]).toContain(named)
      for (const value of Object.values(body)) {
        if (typeof value === "string" && value.length > 6) expect(answer.text).not.toContain(value)
      }
      expect((await world.get({ memo })).body).not.toHaveProperty("id")
    })
  }

  it("refuses what the provider refuses, a choice that is none (S12-PUT-08)", async () => {
    const { body, status } = await world.put({ ...receiver, ...fresh(), bank_name: "Third" })

    expect([status, body["error"]]).toEqual([400, "bank_name must be one of First, Second"])
  })

  it("a phone number in a format the customer named is judged by that format (S9-05)", async () => {
    const { memo } = fresh()
    const hashed = "9f86d081884c7d659a2feaa0c55ad015"
    const id = await world.register({
      ...receiver,
      memo,
      mobile_number: hashed,
      mobile_number_format: "hash"
    })

    expect((await world.put({ id, mobile_number: hashed })).status).toBe(202)
    expect((await world.put({ id, mobile_number: hashed, mobile_number_format: "E.164" })).status).toBe(400)
  })

  it("keeps nothing that no type asks for, and ignores what SEP-9 does not know (S12-PUT-10)", async () => {
    const id = await world.register({ ...sender, ...fresh(), tax_id: "123", shoe_size: "44", __proto: "x" })

    expect([...(world.tables.customerValues.get(id as never)?.keys() ?? [])].toSorted()).toEqual([
      "first_name",
      "last_name"
    ])
  })

  it("a key given twice is refused, in JSON and in a form (SEC-43)", async () => {
    const twice = await world.ask("PUT", "/sep12/customer", { body: '{"memo":"1","memo":"2"}' })
    const form = await world.put(new URLSearchParams("first_name=Ada&first_name=Eve"))

    expect([twice.status, form.status]).toEqual([400, 400])
  })
})

describe("sep12 methods", () => {
  it("a method that a path has not is 405 with Allow", async () => {
    const { headers, status } = await world.ask("POST", "/sep12/customer", { body: {} })

    expect(status).toBe(405)
    expect(headers.get("allow")).toContain("PUT")
  })
})

describe("sep12 the sandbox's script", () => {
  const verdictOf = async (last_name: string) => {
    const id = await world.register({ ...receiver, ...fresh(), last_name })
    return { id, body: (await world.get({ id, type: "sep31-receiver" })).body }
  }

  it("REJECTED is rejected, with a message, and a PUT of another name judges anew (S12-GET-01)", async () => {
    const { body, id } = await verdictOf("Rejected")
    expect(body).toMatchObject({ status: "REJECTED", message: expect.any(String) as string })

    await world.register({ id, last_name: "Okafor", type: "sep31-receiver" })
    expect((await world.get({ id, type: "sep31-receiver" })).body["status"]).toBe("ACCEPTED")
  })

  it("NEEDSINFO wants another name, which is shown as rejected beside it (S12-GET-08)", async () => {
    const { body } = await verdictOf("needsinfo")

    expect(body["status"]).toBe("NEEDS_INFO")
    expect(Object.keys(body["fields"] as object)).toContain("last_name")
    expect(body["provided_fields"]).toMatchObject({
      last_name: { status: "REJECTED", error: expect.any(String) as string }
    })
  })

  it("PROCESSING is processed (S12-GET-03)", async () => {
    const { body } = await verdictOf("PROCESSING")

    expect(body["status"]).toBe("PROCESSING")
    expect(body["provided_fields"]).toMatchObject({ last_name: { status: "PROCESSING" } })
  })
})

// Who may use SEP-12 at all, and in which language it answers.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  anchorA,
  customerTypes,
  nobody,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

let open: Sep12World
let closed: Sep12World
beforeAll(async () => {
  const types = {
    ...customerTypes,
    "sep31-sender": {
      description: "a person who sends money",
      fields: {
        first_name: {
          description: { en: "given name", es: "nombre" },
          optional: false,
          choices: null
        }
      }
    }
  }
  open = await startSep12({ settings: { customerTypes: types } })
  closed = await startSep12({ settings: { customers: { clients: "sending-anchors", fileMax: 1_000_000 } } })
})
afterAll(() => Promise.all([open.stop(), closed.stop()]))

const type = "sep31-sender"

describe("sep12 clients", () => {
  it("are all who have a token, unless they must be Sending Anchors; then others are refused everywhere (S12-GEN-05)", async () => {
    expect((await open.put(sender, nobody)).status).toBe(202)
    expect((await closed.put(sender, anchorA)).status).toBe(202)
    const form = new FormData()
    form.set("file", new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0])]), "x")
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PUT", "", sender],
      ["PUT", "/verification", { id: "x", last_name_verification: "1" }],
      ["PUT", "/callback", { url: "https://x.example/" }],
      ["POST", "/files", form],
      ["GET", "/files?file_id=x", undefined],
      ["DELETE", `/${nobody}`, undefined]
    ] as const) {
      const answer = await closed.ask(method, `/sep12/customer${path}`, { as: nobody, body })
      expect([method, path, answer.status]).toEqual([method, path, 403])
      expect(answer.body["error"]).toEqual(expect.any(String))
    }
  })
})

describe("sep12 lang", () => {
  it("is what descriptions and refusals are in, from the query or the body (S12-GET-15, S31-GEN-10)", async () => {
    const described = async (lang: string) =>
      (await open.get({ type, memo: "1", lang })).body["fields"] as Readonly<
        Record<string, { readonly description: string }>
      >
    expect((await described("es"))["first_name"]?.description).toBe("nombre")
    expect((await described("es-MX"))["first_name"]?.description).toBe("nombre")
    expect((await described("de"))["first_name"]?.description).toBe("given name")

    const inQuery = await open.ask("GET", "/sep12/customer?memo=x&lang=es")
    const inBody = await open.put({ memo: "1", birth_date: "x", lang: "es" })
    expect(inQuery.body["error"]).toContain("memo no corresponde")
    expect(inBody.body["error"]).toContain("birth_date debe ser")
  })

  it.each(["lang=english!", "lang=", "lang=e1"])(
    "with %s in the query is 400 (S12-GET-15, S31-GEN-10)",
    async (query) => {
      const { body, status } = await open.ask("GET", `/sep12/customer?type=${type}&${query}`)
      expect([status, String(body["error"])]).toEqual([400, expect.stringContaining("ISO 639-1")])
    }
  )

  it("does not change what is on record, whoever asked last (S12-GET-15, S12-PUT-02)", async () => {
    const id = await open.register({ ...sender, last_name: "REJECTED", memo: "2" })
    const spanish = await open.get({ id, type, lang: "es" })
    const english = await open.get({ id, type })

    expect([spanish.body["message"], english.body["message"]]).toEqual([
      "No se puede atender al cliente.",
      "The customer cannot be served."
    ])
  })
})

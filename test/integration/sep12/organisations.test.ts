// Fields of organisations: SEP-9 writes them with a dot, which is part of the name and no structure.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Sep12World, startSep12 } from "../../support/sep12World.ts"

const wanted = (description: string) => ({ description, optional: false, choices: null })

describe("sep12 fields of an organisation", () => {
  let world: Sep12World
  beforeAll(async () => {
    world = await startSep12({
      settings: {
        customerTypes: {
          "sep31-receiver": {
            description: "a company that receives money",
            fields: {
              "organization.name": wanted("its name"),
              "organization.VAT_number": wanted("its number for taxes")
            }
          }
        }
      }
    })
  })
  afterAll(() => world.stop())

  const type = "sep31-receiver"
  const flat = { "organization.name": "Okafor Ltd", "organization.VAT_number": "DE123456789" }

  it("are flat names with a dot, in JSON and in a form (S12-PUT-11, S9-03)", async () => {
    const form = new URLSearchParams({ type, memo: "2", ...flat })
    for (const [memo, body] of [
      ["1", { type, memo: "1", ...flat }],
      ["2", form]
    ] as const) {
      expect((await world.put(body)).status).toBe(202)
      const { body: seen } = await world.get({ type, memo })
      expect(seen["status"]).toBe("ACCEPTED")
      expect(Object.keys(seen["provided_fields"] ?? {})).toEqual(Object.keys(flat))
    }
  })

  it("as nested objects they are refused with the name that is right, and nothing is kept (S12-PUT-11)", async () => {
    const nested = { organization: { name: "Okafor Ltd", VAT_number: "DE123456789" } }
    const answer = await world.put({ type, memo: "3", ...nested })

    expect(answer.status).toBe(400)
    expect(answer.body["error"]).toContain("organization.name")
    expect(answer.text).not.toContain("Okafor")
    expect((await world.get({ type, memo: "3" })).body).not.toHaveProperty("id")
  })
})

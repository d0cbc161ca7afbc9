// Values that must be proven by a code: sent by the institution's hook, taken a few times at most, by both endpoints.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { es } from "../../../src/http/languages/es.ts"
import type { CodeMessage } from "../../../src/ports/KycProvider.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { customerTypes, sender, type Sep12World, startSep12 } from "../../support/sep12World.ts"

const sent: Array<CodeMessage> = []
let isDown = false
let world: Sep12World
beforeAll(async () => {
  const phone = { description: "phone", optional: false, choices: null, verify: true }
  world = await startSep12({
    hooks: {
      sendCode: (message) =>
        Effect.suspend(() => {
          if (isDown) return Effect.fail("canary of the hook")
          sent.push(message)
          return Effect.void
        })
    },
    settings: {
      customerTypes: {
        ...customerTypes,
        "sep31-sender": {
          description: "a person who sends money",
          fields: { ...customerTypes["sep31-sender"]?.fields, mobile_number: phone }
        }
      }
    }
  })
})
afterAll(() => world.stop())
beforeEach(() => {
  sent.length = 0
})

let memos = 0
const type = "sep31-sender"
const registered = async (mobile_number = "+14155550100") => {
  memos += 1
  return world.register({ ...sender, memo: String(memos), mobile_number })
}
const verify = (body: unknown) => world.ask("PUT", "/sep12/customer/verification", { body })
const codeNow = () => sent.at(-1)?.code ?? "none"
const wrongNow = () => String((Number(codeNow()) + 1) % 1_000_000).padStart(6, "0")
const statusOf = async (id: string) => (await world.get({ id, type })).body

describe("sep12 verification codes", () => {
  it("a field to be proven is held and awaits its code, and the customer is not accepted (S12-GET-07, S12-GET-01)", async () => {
    const id = await registered()
    const body = await statusOf(id)

    expect(body).toMatchObject({
      status: "NEEDS_INFO",
      provided_fields: {
        mobile_number: { status: "VERIFICATION_REQUIRED" },
        last_name: { status: "ACCEPTED" }
      }
    })
    expect(Object.keys(body["fields"] as object)).not.toContain("mobile_number")
    expect(sent).toEqual([
      {
        customerId: id,
        field: "mobile_number",
        value: "+14155550100",
        code: expect.stringMatching(/^[0-9]{6}$/) as string,
        lang: "en"
      }
    ])
  })

  it("PUT /customer/verification takes it and answers the customer as it then is (S12-VER-01, S12-VER-02)", async () => {
    const id = await registered()
    const { body, status } = await verify({ id, mobile_number_verification: codeNow() })

    expect(status).toBe(200)
    expect(body).toMatchObject({ id, provided_fields: { mobile_number: { status: "ACCEPTED" } } })
    expect(body).toEqual((await world.get({ id })).body)
    expect((await statusOf(id))["status"]).toBe("ACCEPTED")
  })

  it("PUT /customer takes it too, alone or with values (S12-PUT-06)", async () => {
    const alone = await registered()
    expect((await world.put({ id: alone, type, mobile_number_verification: codeNow() })).status).toBe(202)
    expect((await statusOf(alone))["status"]).toBe("ACCEPTED")

    const beside = await registered()
    const body = { id: beside, type, mobile_number_verification: codeNow(), email_address: "a@example.org" }
    expect((await world.put(body)).status).toBe(202)
    expect((await statusOf(beside))["status"]).toBe("ACCEPTED")
  })

  it("a wrong code is refused and counted; after five a new one is needed, and comes with the value put again (S12-PUT-06)", async () => {
    const id = await registered()
    const first = codeNow()
    for (let times = 0; times < 5; times += 1) {
      const wrong = await verify({ id, mobile_number_verification: wrongNow() })
      expect([wrong.status, wrong.body["error"]]).toEqual([
        400,
        "mobile_number_verification is not the code that was sent"
      ])
    }
    const right = await verify({ id, mobile_number_verification: first })
    expect([right.status, right.body["error"]]).toEqual([
      400,
      "the code for mobile_number was wrong too often: put mobile_number again for a new one"
    ])
    expect((await statusOf(id))["status"]).toBe("NEEDS_INFO")

    await world.register({ id, type, mobile_number: "+14155550100" })
    expect((await verify({ id, mobile_number_verification: codeNow() })).status).toBe(200)
    expect((await statusOf(id))["status"]).toBe("ACCEPTED")
  })

  it("tries made at once are no more than five either (S12-PUT-06)", async () => {
    const id = await registered()
    const tries = Array.from({ length: 12 }, () => verify({ id, mobile_number_verification: wrongNow() }))
    const judged = (await Promise.all(tries)).filter(({ text }) => text.includes("is not the code"))

    expect(judged.length).toBeLessThanOrEqual(5)
    expect((await verify({ id, mobile_number_verification: codeNow() })).status).toBe(400)
  })

  it("a proof is for the value it was given for: another value needs another (S12-PUT-06, S12-PUT-02)", async () => {
    const id = await registered()
    await verify({ id, mobile_number_verification: codeNow() })
    const before = sent.length
    await world.register({ id, type, mobile_number: "+14155550100" })
    expect([(await statusOf(id))["status"], sent.length]).toEqual(["ACCEPTED", before])

    const old = codeNow()
    await world.register({ id, type, mobile_number: "+14155550101" })
    expect((await statusOf(id))["status"]).toBe("NEEDS_INFO")
    expect(sent.at(-1)).toMatchObject({ value: "+14155550101" })
    if (codeNow() !== old) expect((await verify({ id, mobile_number_verification: old })).status).toBe(400)
  })

  it("a code nobody awaits, one for a text, and a body with anything else are refused (S12-PUT-06, S12-VER-01)", async () => {
    const id = await registered()
    for (const body of [
      { id, last_name_verification: "123456" },
      { id },
      { id, mobile_number_verification: codeNow(), last_name: "Eve" },
      { id, mobile_number_verification: 123456 },
      { mobile_number_verification: codeNow() }
    ]) {
      const answer = await verify(body)
      expect([answer.status, typeof answer.body["error"]]).toEqual([400, "string"])
    }
    expect((await statusOf(id))["provided_fields"]).toMatchObject({ last_name: { status: "ACCEPTED" } })
  })

  it("an unknown or another's id is not found, and nothing is asked without a token (S12-VER-01, S12-GEN-01)", async () => {
    const unknown = await verify({
      id: "0190a000-0000-7000-8000-00000000dead",
      mobile_number_verification: "123456"
    })
    const anonymous = await world.ask("PUT", "/sep12/customer/verification", { as: null, body: {} })

    expect([unknown.status, anonymous.status]).toEqual([404, 401])
    expect(anonymous.headers.get("www-authenticate")).toBe("Bearer")
  })

  it("is kept sealed, and no code is in a log line (SEC-21)", async () => {
    const id = (await registered()) as CustomerId
    const code = codeNow()
    const rows = await world.run(Effect.flatMap(Storage, (storage) => storage.customerValues(id)))
    await verify({ id, mobile_number_verification: wrongNow() })

    expect(rows.map(({ name }) => name)).toContain("code/mobile_number")
    expect(world.lines.join("\n")).not.toContain(code)
    expect((await world.get({ id })).text).not.toContain(code)
  })

  it("a hook that cannot send makes the PUT our failure, and the same PUT sends it later (S12-PUT-02)", async () => {
    isDown = true
    memos += 1
    const body = { ...sender, memo: String(memos), mobile_number: "+14155550102" }
    const failed = await world.put(body)
    isDown = false

    expect(failed.status).toBe(503)
    expect(failed.text).not.toContain("canary")
    const id = await world.register(body)
    expect((await verify({ id, mobile_number_verification: codeNow() })).status).toBe(200)
  })

  it("is refused in the language of the request (S12-GET-15)", async () => {
    const id = await registered()
    const { body } = await world.ask("PUT", "/sep12/customer/verification?lang=es", {
      body: { id, mobile_number_verification: wrongNow() }
    })
    const inBody = await verify({ id, mobile_number_verification: wrongNow(), lang: "es" })

    const spanish = (es["{0} is not the code that was sent"] ?? "").replace(
      "{0}",
      "mobile_number_verification"
    )
    expect([body["error"], inBody.body["error"]]).toEqual([spanish, spanish])
  })
})

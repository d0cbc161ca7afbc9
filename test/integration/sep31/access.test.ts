// Who may do what: every cell of the status-code matrix that needs no body to be right (S31-MTX-01), and /info, which is public.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { AssetInfo } from "../../../src/ports/BusinessHooks.ts"
import { containing, having, someText } from "../../support/matchers.ts"
import { otherAnchor, receivingAccount, sendingAnchor, usdc } from "../../support/sep31.ts"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
let id: string
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
  const { body } = await world.ask("POST", "/sep31/transactions", { body: goodPost })
  id = (body as { readonly id: string }).id
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.hooks = {}
})

const protectedEndpoints = [
  ["POST", () => "/sep31/transactions"],
  ["GET", () => `/sep31/transactions/${id}`],
  ["PATCH", () => `/sep31/transactions/${id}`],
  ["PUT", () => `/sep31/transactions/${id}/callback`]
] as const
const refused = { status: 403, body: { error: someText } }

describe.each(protectedEndpoints)("sep31 %s", (method, path) => {
  it.each([
    ["no token", null],
    ["a token of nobody", "not.a.token"],
    ["an empty token", ""]
  ])("with %s is 403, whatever the body is (S31-AUTH-01, S31-AUTH-02, S31-GEN-06)", async (_, as) => {
    const bodies = method === "GET" ? [{}] : [{}, { body: "{}", type: "text/plain" }, { body: "not json" }]
    for (const body of bodies) {
      expect(await world.ask(method, path(), { as, ...body })).toMatchObject(refused)
    }
  })

  it("with another scheme than Bearer is 403 (S31-AUTH-02)", async () => {
    const response = await fetch(`${world.url}${path()}`, {
      method,
      headers: { authorization: "Basic eDp5" }
    })

    expect(response.status).toBe(403)
  })

  it("of an account without agreement is 403 (S31-AUTH-03)", async () => {
    const as = await world.token(receivingAccount)

    expect(
      await world.ask(method, path(), { as, ...(method === "GET" ? {} : { body: "not json" }) })
    ).toMatchObject(refused)
  })

  it("asks valid_sending_anchor on every request, by the base account (S31-AUTH-03, S31-AUTH-04)", async () => {
    const asked: Array<string> = []
    world.script.hooks = { isSendingAnchor: (account) => Effect.sync(() => (asked.push(account), false)) }
    const as = await world.token(`${sendingAnchor}:7`)

    expect(await world.ask(method, path(), { as })).toMatchObject(refused)
    expect(await world.ask(method, path(), { as })).toMatchObject(refused)
    expect(asked).toEqual([sendingAnchor, sendingAnchor])
  })

  it("may be asked by any page, refused or not (S31-GEN-12)", async () => {
    const preflight = await world.ask("OPTIONS", path(), { as: null })
    const answer = await world.ask(method, path(), { as: null })

    expect(preflight.status).toBe(204)
    expect(preflight.headers.get("access-control-allow-methods")).toContain(method)
    expect(answer.headers.get("access-control-allow-origin")).toBe("*")
  })
})

describe.each([
  ["DELETE", "/sep31/transactions", "POST"],
  ["GET", "/sep31/transactions", "POST"],
  ["DELETE", "/sep31/transactions/x", "GET"],
  ["POST", "/sep31/transactions/x/callback", "PUT"],
  ["POST", "/sep31/info", "GET"]
])("sep31 %s %s", (method, path, allowed) => {
  it("is 405 with Allow (S31-MTX-01)", async () => {
    const answer = await world.ask(method, path, method === "GET" ? {} : { body: {} })

    expect(answer).toMatchObject({ status: 405, body: { error: someText } })
    expect(answer.headers.get("allow")).toContain(allowed)
  })
})

describe("sep31 GET /info", () => {
  it("answers without a token, and with a bad one (S31-AUTH-05, S31-INFO-01)", async () => {
    const bare = await world.ask("GET", "/sep31/info", { as: null })

    expect(bare.status).toBe(200)
    expect(bare.body).toEqual({
      receive: { USDC: having({ enabled: true, min_amount: 1, fee_percent: 1 }) }
    })
    expect((await world.ask("GET", "/sep31/info", { as: "not.a.token" })).body).toEqual(bare.body)
  })

  it("info(asset, lang): the hook is asked in the language of the query (S31-INFO-02, S31-GEN-10)", async () => {
    const asked: Array<string> = []
    const fields = {
      transaction: { iban: { description: "IBAN des Empfängers", choices: ["a"], optional: true } }
    }
    world.script.hooks = {
      info: (asset, lang) => Effect.sync(() => (asked.push(`${asset} ${lang}`), { fields }))
    }
    const { body } = await world.ask("GET", "/sep31/info?lang=de-CH", { as: null })

    expect(asked).toEqual([`stellar:USDC:${usdc.issuer} de`])
    expect(body).toMatchObject({ receive: { USDC: { fields } } })
  })

  it.each(["lang=english!", "lang=", "lang=en&lang=de"])("with %s is 400 (S31-GEN-10)", async (query) => {
    expect(await world.ask("GET", `/sep31/info?${query}`, { as: null })).toMatchObject({
      status: 400,
      body: { error: containing("lang") }
    })
  })

  it("is our 500 with a precise line when the hook's answer is malformed (S31-ERR-06)", async () => {
    world.script.hooks = {
      info: () => Effect.succeed({ fields: { transaction: { iban: {} } } } as unknown as AssetInfo)
    }
    const answer = await world.ask("GET", "/sep31/info", { as: null })

    expect(answer).toMatchObject({ status: 500, body: { error: "internal error" } })
    expect(world.lines.join("\n")).toContain(
      "the info hook answered outside its type: fields.transaction.iban.description: is missing"
    )
  })

  it("rules POST too: a field the hook asks for is needed there (S31-POST-13)", async () => {
    const fields = { transaction: { iban: { description: "IBAN" } } }
    world.script.hooks = { info: () => Effect.succeed({ fields }) }

    expect(await world.ask("POST", "/sep31/transactions", { body: goodPost })).toMatchObject({
      status: 400,
      body: { error: "transaction_info_needed", fields }
    })
  })
})

describe("two Sending Anchors", () => {
  it("each may send, and neither sees the other's (SEC-20, A5)", async () => {
    const other = await world.token(otherAnchor)

    expect((await world.ask("GET", `/sep31/transactions/${id}`, { as: other })).status).toBe(404)
    expect((await world.ask("POST", "/sep31/transactions", { as: other, body: goodPost })).body).toEqual({
      error: "customer_info_needed",
      type: "sep31-sender"
    })
  })
})

describe("ACTIVE_SEPS", () => {
  it("without sep-31 none of its paths is there", async () => {
    const without = await startSep31({ settings: { activeSeps: ["sep-1", "sep-10"] } })
    const answers = await Promise.all([
      without.ask("GET", "/sep31/info", { as: null }),
      without.ask("POST", "/sep31/transactions", { body: goodPost })
    ])
    await without.stop()

    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    expect(answers[0]?.body).toEqual({ error: someText })
  })
})

// An anchor that declares no fields: everything about customers goes by SEP-12, and PATCH is still an endpoint.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { someText } from "../../support/matchers.ts"
import { otherAnchor, usdc } from "../../support/sep31.ts"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

describe("sep31 of an asset without fields", () => {
  let world: Sep31World
  beforeAll(async () => {
    world = await startSep31({ settings: { assets: [{ ...usdc, fields: {} }] } })
    await world.run(registerBoth)
  })
  afterAll(() => world.stop())

  const create = async (fields?: unknown) =>
    world.ask("POST", "/sep31/transactions", {
      body: { ...goodPost, fields }
    })

  it.each([
    ["left out", undefined],
    ["empty", {}],
    ["with an empty transaction", { transaction: {} }],
    ["with a name nobody declared", { transaction: { account_number: "1" } }]
  ])("takes a POST with fields %s (S31-POST-12)", async (_, fields) => {
    expect((await create(fields)).status).toBe(201)
  })

  it("answers PATCH by the rules: 400 for its own, 404 for another's and for none, never 405 (S31-DUAL-10)", async () => {
    const { id } = (await create()).body as { readonly id: string }
    const body = { fields: { transaction: { account_number: "1" } } }
    const patch = (path: string, as?: string) =>
      world.ask("PATCH", `/sep31/transactions/${path}`, { body, ...(as === undefined ? {} : { as }) })
    const refusal = { body: { error: someText } }

    expect(await patch(id)).toMatchObject({ status: 400, ...refusal })
    expect(await patch(id, await world.token(otherAnchor))).toMatchObject({ status: 404, ...refusal })
    expect(await patch("0190a000-0000-7000-8000-00000000ffff")).toMatchObject({ status: 404, ...refusal })
  })
})

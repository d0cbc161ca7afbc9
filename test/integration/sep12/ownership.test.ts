// Whose customer is whose, over HTTP: no identity reaches a customer that is not its own, by any endpoint, and none can
// tell another's customer from one that does not exist.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  anchorA,
  anchorB,
  muxedA,
  nobody,
  person,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

let world: Sep12World
beforeAll(async () => {
  world = await startSep12()
})
afterAll(() => world.stop())

const unknownId = "0190a000-0000-7000-8000-00000000dead"

/** Every way to name a customer by its id. */
const ways = {
  "GET ?id": (id: string, as: string) => world.get({ id, type: "sep31-sender" }, as),
  "PUT id": (id: string, as: string) => world.put({ id, ...sender }, as)
}

describe("sep12 ownership by id", () => {
  const owners = [
    ["a Sending Anchor", anchorA, anchorB],
    ["the other Sending Anchor", anchorB, anchorA],
    ["an account that is no Sending Anchor", nobody, anchorA],
    ["a memo of an account that is no Sending Anchor", `${nobody}:5`, nobody],
    ["an account that is no Sending Anchor, towards its memo", nobody, `${nobody}:5`]
  ] as const

  for (const [what, owner, stranger] of owners) {
    for (const [way, go] of Object.entries(ways)) {
      it(`${way}: ${what} finds its own, and the other finds it as little as an unknown one (SEC-20, H-07, S12-ID-09)`, async () => {
        const id = await world.register(sender, owner)

        const own = await go(id, owner)
        const foreign = await go(id, stranger)
        const unknown = await go(unknownId, stranger)

        expect(own.status).toBe(way.startsWith("GET") ? 200 : 202)
        expect(own.body["id"]).toBe(id)
        expect(foreign.status).toBe(404)
        expect(foreign.text).toBe(unknown.text)
        expect(unknown.status).toBe(404)
      })
    }
  }

  it("an id that is no UUID is unknown too (S12-ID-09)", async () => {
    for (const id of ["1", "' or 1=1", "0190A000-0000-7000-8000-00000000DEAD"]) {
      expect((await world.get({ id })).status).toBe(404)
    }
  })

  it("a stranger's PUT by id changes nothing of the customer (S12-ID-11, S12-PUT-14)", async () => {
    const id = await world.register({ first_name: "Ada", memo: "250", type: "sep31-sender" }, anchorA)

    await world.put({ id, ...sender }, anchorB)

    expect((await world.get({ id, type: "sep31-sender" }, anchorA)).body["status"]).toBe("NEEDS_INFO")
  })
})

describe("sep12 ownership and memos", () => {
  it("a Sending Anchor's plain token reaches by id what its memoed tokens registered (S12-ID-05, S12-ID-11, H-06)", async () => {
    const one = await world.register(sender, `${anchorA}:1`)
    const two = await world.register(sender, `${anchorA}:2`)

    expect(one).not.toBe(two)
    for (const id of [one, two]) expect((await world.get({ id }, anchorA)).body["id"]).toBe(id)
  })

  it("a memoed token reaches its own customer and no other of its Sending Anchor (H-06, S12-ID-11)", async () => {
    const plain = await world.register(sender, anchorA)
    const one = await world.register(sender, `${anchorA}:1`)
    const two = await world.register({ ...sender, memo: "2" }, anchorA)

    expect((await world.get({ id: one }, `${anchorA}:1`)).status).toBe(200)
    for (const id of [plain, two]) {
      expect((await world.get({ id }, `${anchorA}:1`)).status).toBe(404)
      expect((await world.put({ id, ...person }, `${anchorA}:1`)).status).toBe(404)
    }
  })

  it("a memo in the request and the same memo in the token are one customer of a Sending Anchor (S12-ID-03, S12-ID-07)", async () => {
    const registered = await world.register({ ...sender, memo: "77", memo_type: "id" }, anchorA)

    expect(await world.register(sender, `${anchorA}:77`)).toBe(registered)
  })

  it("a muxed account and the memo of the same number are one customer (S12-ID-02)", async () => {
    const registered = await world.register(sender, muxedA)

    expect(await world.register(sender, `${anchorA}:7`)).toBe(registered)
    expect(await world.register({ ...sender, account: muxedA }, muxedA)).toBe(registered)
    expect(await world.register({ ...sender, account: anchorA }, muxedA)).toBe(registered)
  })

  it("a memo other than the token's is refused (S12-ID-02)", async () => {
    expect((await world.put({ ...sender, memo: "2" }, `${anchorA}:1`)).status).toBe(403)
    expect((await world.get({ memo: "2" }, muxedA)).status).toBe(403)
  })

  it("memo_type counts as much as the memo, and is id when left out (S12-ID-06, H-27)", async () => {
    const byId = await world.register({ ...sender, memo: "123" })

    expect(await world.register({ ...sender, memo: "123", memo_type: "id" })).toBe(byId)
    expect(await world.register({ ...sender, memo: "123", memo_type: "text" })).not.toBe(byId)
  })

  it("memo_type is ignored where the token carries the memo (S12-ID-06)", async () => {
    const id = await world.register({ ...sender, memo: "8", memo_type: "text" }, `${anchorA}:8`)

    expect((await world.get({}, `${anchorA}:8`)).body["id"]).toBe(id)
  })

  it("memos beyond 2^53 stay apart to the last digit (H-24, S23-02)", async () => {
    const one = await world.register({ ...sender, memo: "18446744073709551615" })
    const two = await world.register({ ...sender, memo: "18446744073709551614" })

    expect(one).not.toBe(two)
  })

  it("a memo as a JSON number is taken while it is exact, and refused beyond (H-24)", async () => {
    expect(await world.register({ ...sender, memo: 4242 })).toBe(
      await world.register({ ...sender, memo: "4242" })
    )
    const lossy = await world.ask("PUT", "/sep12/customer", { body: '{"memo": 9007199254740993}' })
    expect(lossy.status).toBe(400)
  })

  it("a hash memo has one spelling (H-25)", async () => {
    const body = { ...sender, memo_type: "hash" }
    expect((await world.put({ ...body, memo: `${"A".repeat(43)}=` })).status).toBe(202)
    expect((await world.put({ ...body, memo: `${"A".repeat(42)}B=` })).status).toBe(400)
  })

  it("memos that are none are refused (S12-ID-06)", async () => {
    for (const body of [
      { memo: "x" },
      { memo: "-1" },
      { memo: "18446744073709551616" },
      { memo: "1", memo_type: "return" },
      { memo: "", memo_type: "id" },
      { memo_type: "id" },
      { memo: "x".repeat(29), memo_type: "text" },
      { memo: "a\u0000b", memo_type: "text" }
    ]) {
      expect([body, (await world.put({ ...sender, ...body })).status]).toEqual([body, 400])
    }
  })

  it("an account other than the token's is refused, and a secret key is not repeated (S12-ID-01, S23-04)", async () => {
    const seed = `S${"A".repeat(55)}`
    const secret = await world.put({ ...sender, account: seed })

    expect((await world.put({ ...sender, account: anchorB }, anchorA)).status).toBe(403)
    expect((await world.get({ account: nobody }, anchorA)).status).toBe(403)
    expect(secret.status).toBe(400)
    expect(secret.text).not.toContain(seed)
    expect(world.lines.join("\n")).not.toContain(seed)
  })

  it("a contract account takes no memo (S12-ID-04)", async () => {
    const account = `C${"A".repeat(55)}`
    expect((await world.get({ account, memo: "1" })).status).toBe(400)
  })

  it("an id with a memo that is another customer's is refused (S12-ID-10)", async () => {
    const id = await world.register({ ...sender, memo: "300" })

    expect((await world.get({ id, memo: "301" })).status).toBe(400)
    expect((await world.get({ id, memo: "300" })).status).toBe(200)
    expect((await world.get({ id, account: anchorA })).status).toBe(200)
  })
})

describe("sep12 DELETE", () => {
  const erase = (account: string, as: string, body?: unknown, query = "") =>
    world.ask("DELETE", `/sep12/customer/${account}${query}`, { as, ...(body === undefined ? {} : { body }) })

  it("erases the customer; then it is unknown by id and unregistered by key (S12-DEL-01, S12-DEL-04)", async () => {
    const id = await world.register({ ...sender, memo: "900" })
    const erased = await erase(anchorA, anchorA, { memo: "900", memo_type: "id" })

    expect(erased.status).toBe(200)
    expect((await world.get({ id })).status).toBe(404)
    const again = await world.get({ memo: "900" })
    expect(again.body).toMatchObject({ status: "NEEDS_INFO" })
    expect(again.body["id"]).toBeUndefined()
    expect([...(world.tables.customerValues.get(id as never)?.keys() ?? [])]).toEqual([])
    expect((await erase(anchorA, anchorA, { memo: "900" })).status).toBe(404)
  })

  it("what was erased may be registered anew, as somebody else (S12-DEL-04)", async () => {
    const before = await world.register({ ...sender, memo: "901" })
    await erase(anchorA, anchorA, { memo: "901" })
    const after = await world.register({ first_name: "Ada", type: "sep31-sender", memo: "901" })

    expect(after).not.toBe(before)
    expect((await world.get({ id: after, type: "sep31-sender" })).body["status"]).toBe("NEEDS_INFO")
  })

  it("a token with a memo erases its own customer without a body (S12-DEL-02)", async () => {
    const id = await world.register(sender, `${anchorA}:902`)

    expect((await erase(anchorA, `${anchorA}:902`)).status).toBe(200)
    expect((await world.get({ id })).status).toBe(404)
  })

  it("the memo may stand in the query, but not differ from the body's (H-40)", async () => {
    const id = await world.register({ ...sender, memo: "903" })

    expect((await erase(anchorA, anchorA, { memo: "904" }, "?memo=903")).status).toBe(400)
    expect((await erase(anchorA, anchorA, undefined, "?memo=903&memo_type=id")).status).toBe(200)
    expect((await world.get({ id })).status).toBe(404)
  })

  it("without a memo only the customer without one is erased (S12-DEL-06)", async () => {
    const kept = await world.register({ ...sender, memo: "905" })
    await world.register(sender, anchorA)

    expect((await erase(anchorA, anchorA)).status).toBe(200)
    expect((await world.get({ id: kept })).status).toBe(200)
    expect((await erase(anchorA, anchorA)).status).toBe(404)
  })

  it("another's account, an unknown memo and a muxed account that is not the token's are not found (S12-DEL-03)", async () => {
    const id = await world.register({ ...sender, memo: "906" }, anchorA)

    const foreign = await erase(anchorA, anchorB, { memo: "906" })
    const unknown = await erase(anchorA, anchorA, { memo: "907" })
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
    expect((await erase(muxedA, anchorA)).status).toBe(404)
    expect((await world.get({ id })).status).toBe(200)
  })

  it("an id erases that customer, if it is the caller's and nothing else is named with it (S12-DEL-02, S12-ID-11)", async () => {
    const id = await world.register({ ...sender, memo: "910" })
    const kept = await world.register({ ...sender, memo: "911" })

    expect((await erase(anchorB, anchorB, { id })).status).toBe(404)
    expect((await erase(anchorA, anchorA, { id, memo: "911" })).status).toBe(400)
    expect((await erase(anchorA, anchorA, { id }, `?id=${kept}`)).status).toBe(400)
    expect((await world.get({ id })).status).toBe(200)
    expect((await erase(anchorA, anchorA, { id })).status).toBe(200)
    expect((await world.get({ id })).status).toBe(404)
    expect((await world.get({ id: kept })).status).toBe(200)
  })

  it("a memo or account other than the token's is refused (S12-DEL-02)", async () => {
    const id = await world.register(sender, `${anchorA}:908`)

    expect((await erase(anchorA, `${anchorA}:908`, { memo: "909" })).status).toBe(403)
    expect((await erase(anchorA, anchorA, { account: anchorB })).status).toBe(400)
    expect((await world.get({ id })).status).toBe(200)
  })

  it("needs a token (S12-DEL-01)", async () => {
    expect((await world.ask("DELETE", `/sep12/customer/${anchorA}`, { as: null })).status).toBe(401)
  })
})

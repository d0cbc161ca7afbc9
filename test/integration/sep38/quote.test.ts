// Firm quotes over a real listener: who is given one, what it promises, for how long, and that it stays what it was.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { QuoteId } from "../../../machines/domain/Ids.ts"
import type { Rate } from "../../../src/ports/RateProvider.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { containing, like, someText } from "../../support/matchers.ts"
import { muxedAnchor, otherAnchor, receivingAccount, sendingAnchor } from "../../support/sep31.ts"
import {
  type Answer,
  brl,
  goodQuote,
  jpy,
  sellAsset,
  type Sep38World,
  sep38Settings,
  startSep38
} from "../../support/sep38World.ts"

let world: Sep38World
beforeAll(async () => {
  world = await startSep38()
})
afterAll(() => world.stop())
beforeEach(() => {
  // Every quote of the tests before has expired: none of them fills anybody's share.
  world.pass(86_400)
  world.script.rate = null
  world.script.agreed = [sendingAnchor, otherAnchor]
  world.asked.length = 0
})

const post = (change: Readonly<Record<string, unknown>> = {}, as?: string | null) =>
  world.ask("POST", "/quote", { body: { ...goodQuote, ...change }, ...(as === undefined ? {} : { as }) })
const read = (id: string, as?: string | null) =>
  world.ask("GET", `/quote/${id}`, as === undefined ? {} : { as })
const idOf = ({ body }: Answer) => (body as { readonly id: string }).id
const expiryOf = ({ body }: Answer) => Date.parse((body as { readonly expires_at: string }).expires_at)
const refused = (word: string) => ({ status: 400, body: { error: containing(word) } })
const answering = (rate: Rate) => {
  world.script.rate = () => Effect.succeed(rate)
}
const now = () => world.run(Effect.flatMap(Storage, (storage) => storage.nowMillis))

describe("sep38 POST /quote", () => {
  it("answers 201 with the quote, and nothing else (S38-Q-01, S38-Q-02, S38-GEN-06)", async () => {
    const answer = await post()

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      id: like(/^[0-9a-f-]{36}$/),
      expires_at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      total_price: "0.22222222222222222222",
      price: "0.2",
      sell_asset: sellAsset,
      sell_amount: "100",
      buy_asset: "iso4217:BRL",
      buy_amount: "450",
      buy_delivery_method: "PIX",
      fee: { total: "10", asset: sellAsset }
    })
    const bare = await post({ buy_asset: jpy.asset, buy_delivery_method: undefined })
    expect(bare.status).toBe(201)
    expect(Object.keys(bare.body as object).filter((name) => name.endsWith("_delivery_method"))).toEqual([])
  })

  it("takes the amount bought, and echoes the one that was named (S38-F-08)", async () => {
    expect((await post({ sell_amount: null, buy_amount: "450.00" })).body).toMatchObject({
      sell_amount: "100",
      buy_amount: "450"
    })
  })

  it("expires in the future, in the usual time (S38-Q-05)", async () => {
    const before = await now()
    const expiry = expiryOf(await post())

    expect(expiry).toBeGreaterThanOrEqual(before + sep38Settings.timing.quoteLifetime * 1000)
    expect(expiry).toBeLessThanOrEqual((await now()) + sep38Settings.timing.quoteLifetime * 1000)
  })

  it.each([
    ["no token", null],
    ["a token of nobody", "not.a.token"]
  ])("with %s is 403, whatever the body is (S38-GEN-01)", async (_, as) => {
    for (const body of [goodQuote, "not json"]) {
      expect(await world.ask("POST", "/quote", { as, body })).toMatchObject({
        status: 403,
        body: { error: someText }
      })
    }
  })

  it("of an account without agreement is 403, and the institution is not asked (S38-Q-08)", async () => {
    expect(await post({}, await world.token(receivingAccount))).toMatchObject({
      status: 403,
      body: { error: someText }
    })
    expect(world.asked).toEqual([])
  })

  it("is for everyone with a token where the settings say so (S38-Q-08)", async () => {
    const { quotes } = sep38Settings
    if (quotes === null) throw new Error("quotes")
    const open = await startSep38({ settings: { quotes: { ...quotes, clients: "authenticated" } } })
    const answer = await open.ask("POST", "/quote", {
      as: await open.token(receivingAccount),
      body: goodQuote
    })
    const bare = await open.ask("POST", "/quote", { as: null, body: goodQuote })
    await open.stop()

    expect(answer.status).toBe(201)
    expect(bare.status).toBe(403)
  })

  it.each([undefined, null, "sep6", "sep24", "sep32", 31])(
    "context %s is 400 (S38-Q-01)",
    async (context) => {
      expect(await post({ context })).toMatchObject(refused("context"))
    }
  )

  it.each([
    ["no sell_asset", { sell_asset: undefined }, "sell_asset"],
    ["an unknown buy_asset", { buy_asset: "iso4217:EUR" }, "buy_asset"],
    ["both amounts", { buy_amount: "1" }, "not both"],
    ["neither amount", { sell_amount: null }, "missing"],
    ["an amount as a number", { sell_amount: 100 }, "sell_amount"],
    ["an amount as a list", { sell_amount: ["100"] }, "sell_amount"],
    ["too many decimals", { sell_amount: null, buy_amount: "450.001" }, "buy_amount"],
    ["what the fee eats", { sell_amount: "5" }, "leaves nothing"],
    ["the pair the other way round", { sell_asset: brl.asset, buy_asset: sellAsset }, "not sold here"]
  ])("with %s is 400 (S38-Q-12, S38-GEN-03, S38-GEN-05)", async (_, change, word) => {
    expect(await post(change)).toMatchObject(refused(word))
  })

  it("null is absence for what may be left out (S38-Q-04)", async () => {
    const nothing = { buy_amount: null, sell_delivery_method: null, country_code: null, expire_after: null }
    const answer = await post(nothing)

    expect(answer.status).toBe(201)
    expect(Object.keys(answer.body as object)).not.toContain("sell_delivery_method")
  })

  it("reads JSON and nothing else (S38-GEN-07)", async () => {
    expect((await world.ask("POST", "/quote", { body: "sell_amount=1", type: "text/plain" })).status).toBe(
      415
    )
    expect(await world.ask("POST", "/quote", { body: "{" })).toMatchObject(refused("JSON"))
    expect(await world.ask("POST", "/quote", { body: "[]" })).toMatchObject(refused("object"))
    expect(
      await world.ask("POST", "/quote", { body: '{"context":"sep31","context":"sep31"}' })
    ).toMatchObject(refused("twice"))
  })

  it("needs a delivery method where there are several, and defaults to the only one unsaid (S38-Q-03, H-14)", async () => {
    const single = await post({ buy_asset: jpy.asset, buy_delivery_method: undefined })

    expect(await post({ buy_delivery_method: undefined })).toMatchObject(refused("buy_delivery_method"))
    expect(await post({ buy_delivery_method: null })).toMatchObject(refused("buy_delivery_method"))
    expect(single.status).toBe(201)
    expect(Object.keys(single.body as object)).not.toContain("buy_delivery_method")
    expect(world.asked.at(-1)).toMatchObject({ buyAsset: jpy.asset, buyDeliveryMethod: "PIX" })
    const { id } = single.body as { readonly id: QuoteId }
    const kept = await world.run(Effect.flatMap(Storage, (storage) => storage.quote(id)))
    expect(kept).toMatchObject({ buyDeliveryMethod: null, deliveryMethod: "PIX" })
  })

  it("never takes both delivery methods, nor one for what is paid on Stellar (S38-Q-03)", async () => {
    expect(await post({ sell_delivery_method: "cash" })).toMatchObject(refused("not both"))
    expect(await post({ sell_delivery_method: "cash", buy_delivery_method: null })).toMatchObject(
      refused("sell_delivery_method")
    )
  })

  it("an unknown delivery method or country is 400 (S38-Q-01, S38-PS-07)", async () => {
    expect(await post({ buy_delivery_method: "SWIFT" })).toMatchObject(refused("buy_delivery_method"))
    expect(await post({ country_code: "AR" })).toMatchObject(refused("country_code"))
  })

  it("asks for a firm rate that holds until the quote expires (S38-Q-07)", async () => {
    const answer = await post({}, await world.token(`${sendingAnchor}:9`))

    expect(world.asked).toMatchObject([
      { kind: "firm", client: sendingAnchor, untilMillis: expiryOf(answer) }
    ])
  })

  it("what was promised is not promised again, until it expires (S38-Q-07)", async () => {
    answering({ rate: "5" })
    const large = { sell_amount: "500" }
    const first = await post(large)
    const second = await post(large)
    const third = await post({ sell_amount: "0.5" }, await world.token(otherAnchor))
    const beyond = await post({ sell_amount: "1.01" }, await world.token(otherAnchor))
    world.pass(sep38Settings.timing.quoteLifetime)
    const after = await post(large)

    expect([first.status, second.status, after.status]).toEqual([201, 201, 201])
    expect(third).toMatchObject(refused("minimum"))
    expect(beyond).toMatchObject(refused("cannot be promised"))
  })

  it("one account has so many open quotes at once, and each its own share (S38-Q-08)", async () => {
    const asOther = await world.token(otherAnchor)
    const own = [await post(), await post({}, await world.token(`${sendingAnchor}:4`)), await post()]
    const more = await post()

    expect(own.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(more).toMatchObject(refused("3 open quotes"))
    expect((await post({}, asOther)).status).toBe(201)
    world.pass(sep38Settings.timing.quoteLifetime)
    expect((await post()).status).toBe(201)
  })

  it("requests at the same moment get no more than the share between them (S38-Q-08)", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post()))

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5)
  })

  it("ids cannot be guessed from one another (S38-Q-11)", async () => {
    const [one, two] = [idOf(await post()), idOf(await post())]

    // Version 7: the last 62 bits are drawn.
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[47]/)
    expect(one.slice(-12)).not.toBe(two.slice(-12))
  })
})

describe("sep38 GET /quote/:id", () => {
  it("is what POST answered, before and long after it expired (S38-G-01, S38-G-04)", async () => {
    const details = [
      { name: "Network", description: "what PIX takes", amount: "1" },
      { name: "Service", amount: "2.5" }
    ]
    answering({ rate: "5.4321", fee: { total: "3.5", asset: sellAsset, details } })
    const made = await post({ country_code: "BR" })
    const open = await read(idOf(made))
    world.pass(sep38Settings.timing.quoteHorizon * 30)
    await world.run(Effect.flatMap(Storage, (storage) => storage.prune))
    const late = await read(idOf(made))

    expect(open.status).toBe(200)
    expect(open.body).toEqual(made.body)
    expect(late).toMatchObject({ status: 200, body: made.body })
    expect((made.body as { readonly fee: unknown }).fee).toEqual({ total: "3.5", asset: sellAsset, details })
  })

  it.each([
    "18e413284",
    "0190a000-0000-7000-8000-00000000ffff",
    "0190A000-0000-7000-8000-00000000FFFF",
    "%00",
    "..%2Finfo",
    "%F0%9F%9A%80"
  ])("%s is 404 (S38-G-02)", async (id) => {
    expect(await read(id)).toMatchObject({ status: 404, body: { error: someText } })
  })

  it("of another is 404 in the very same words (S38-G-02, S38-Q-09)", async () => {
    const id = idOf(await post())
    const unknown = await read("0190a000-0000-7000-8000-00000000ffff")

    expect(await read(id, await world.token(otherAnchor))).toMatchObject({ status: 404, body: unknown.body })
  })

  it("belongs to the base account, whatever memo or muxed form its token has (S38-Q-09)", async () => {
    const id = idOf(await post({}, await world.token(`${sendingAnchor}:1`)))

    for (const subject of [sendingAnchor, `${sendingAnchor}:2`, muxedAnchor]) {
      expect((await read(id, await world.token(subject))).status, subject).toBe(200)
    }
  })

  it("without a token, or without an agreement by now, is 403 (S38-GEN-01, S38-Q-08)", async () => {
    const id = idOf(await post())
    const bare = await read(id, null)
    world.script.agreed = []

    expect(bare).toMatchObject({ status: 403, body: { error: someText } })
    expect((await read(id)).status).toBe(403)
  })

  it("is found while rates cannot be had (S38-G-05)", async () => {
    const id = idOf(await post())
    world.script.rate = () => Effect.die(new Error("the desk is on fire"))

    expect((await read(id)).status).toBe(200)
    expect((await post()).status).toBe(503)
  })
})

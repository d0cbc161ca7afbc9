// A thousand requests nobody would send on purpose: whatever comes, the answer is the client's fault or a success, in JSON.
import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { seeded, seed } from "../../support/seed.ts"
import {
  type Answer,
  brl,
  goodQuote,
  jpy,
  sellAsset,
  type Sep38World,
  startSep38
} from "../../support/sep38World.ts"

let world: Sep38World
beforeAll(async () => {
  world = await startSep38()
})
afterAll(() => world.stop())
beforeEach(() => world.pass(86_400))

const oddText = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "0",
    "-1",
    "1e7",
    "NaN",
    "\u0000",
    "👩‍🚀",
    "__proto__",
    "9".repeat(400),
    "0.00000001"
  ),
  fc.string({ unit: "grapheme", maxLength: 40 })
)
const odd: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(null, true, 0, 1e21, [], {}, [[]]),
  fc.json({ maxDepth: 2 }).map((json) => JSON.parse(json) as unknown)
)
/** Mostly good, so that the walk goes deep before it stumbles. */
const mostly = <A>(good: A, bad: fc.Arbitrary<A>) =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: bad })

const members = <A>(bad: fc.Arbitrary<A | string>) =>
  fc.record(
    {
      sell_asset: mostly(sellAsset, bad),
      buy_asset: mostly(brl.asset, fc.oneof(bad, fc.constant(jpy.asset))),
      sell_amount: mostly("100", bad),
      buy_amount: bad,
      context: mostly("sep31", bad),
      buy_delivery_method: mostly("PIX", bad),
      sell_delivery_method: bad,
      country_code: mostly("BR", bad),
      expire_after: bad
    },
    { requiredKeys: [] }
  )

/** A good one but for a member or two. */
const nearly = fc
  .dictionary(fc.constantFrom(...Object.keys(goodQuote), "extra", "expire_after", "country_code"), odd, {
    maxKeys: 2
  })
  .map((bad) => ({ ...goodQuote, ...bad }))

const isRight = ({ body, headers, status }: Answer, success: number): boolean =>
  headers.get("content-type")?.startsWith("application/json") === true &&
  (status === success || (status === 400 && typeof (body as { error?: unknown }).error === "string"))

it(seeded("no query makes a 5xx, and what is answered is a price (S38-GEN-03, SEC-42)"), async () => {
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(members(oddText), fc.constantFrom("/prices", "/price"), async (query, path) => {
      const some = path === "/prices" ? { ...query, buy_amount: undefined } : query
      const given = Object.entries(some).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]]
      )
      const answer = await world.get(path, Object.fromEntries(given) as Record<string, string>)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)

      expect(isRight(answer, 200), `${answer.status} ${JSON.stringify(answer.body)}`).toBe(true)
    }),
    { seed, numRuns: 600 }
  )

  expect(statuses.get(200) ?? 0).toBeGreaterThan(10)
  expect(statuses.get(400) ?? 0).toBeGreaterThan(100)
})

it(seeded("no body makes a 5xx, and some make a quote (S38-GEN-03, SEC-42)"), async () => {
  let made = 0
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        { weight: 10, arbitrary: members(odd) },
        { weight: 10, arbitrary: nearly },
        { weight: 1, arbitrary: odd }
      ),
      async (body) => {
        // Each with its own share of open quotes.
        world.pass(600)
        const answer = await world.ask("POST", "/quote", { body: JSON.stringify(body) })
        if (answer.status === 201) made += 1

        expect(isRight(answer, 201), `${answer.status} ${JSON.stringify(answer.body)}`).toBe(true)
      }
    ),
    { seed, numRuns: 600 }
  )

  expect(made).toBeGreaterThan(20)
  expect(world.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

it(seeded("no id makes a 5xx (S38-G-02)"), async () => {
  const ids = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }).map(encodeURIComponent),
    fc.webPath(),
    fc.uuid()
  )
  await fc.assert(
    fc.asyncProperty(ids, async (id) => {
      const answer = await world.ask("GET", `/quote/${id}`)

      expect([400, 404, 405]).toContain(answer.status)
      expect(answer.body).toHaveProperty("error")
    }),
    { seed, numRuns: 300 }
  )
})

it("a request that is right is answered after all of that (S38-Q-01)", async () => {
  expect((await world.ask("POST", "/quote", { body: goodQuote })).status).toBe(201)
})

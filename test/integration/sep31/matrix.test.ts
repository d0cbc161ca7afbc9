// The status-code matrix of SEP-31, a test a cell. What a cell means in detail is told in the tests of its endpoint; here no cell
// may be missing, and none may answer with another status than the table has.
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import { defaultTiming } from "../../../src/KedgeConfig.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { issuer, otherAnchor, receivingAccount, sendingAnchor } from "../../support/sep31.ts"
import {
  type Answer,
  goodPost,
  pay,
  registerBoth,
  type Sep31World,
  startSep31
} from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

const endpoints = ["GET /info", "POST /transactions", "GET /:id", "PATCH /:id", "PUT /:id/callback"] as const
type Endpoint = (typeof endpoints)[number]
const protectedEndpoints = endpoints.filter((each) => each !== "GET /info")
const ofOne = endpoints.filter((each) => each.includes(":id"))
const withBody = protectedEndpoints.filter((each) => !each.startsWith("GET"))

const unknownId = "0190a000-0000-7000-8000-00000000ffff"

/** A transaction of the Sending Anchor's whose rail wants another account number. */
interface Waiting {
  readonly world: Sep31World
  readonly id: string
}

const announce = async (world: Sep31World, accountNumber: string): Promise<string> => {
  const transaction = { ...goodPost.fields.transaction, account_number: accountNumber }
  const { body } = await world.ask("POST", "/sep31/transactions", {
    body: { ...goodPost, fields: { transaction } }
  })
  return (body as { readonly id: string }).id
}
const rowOf = async (world: Sep31World, id: string) => {
  const [row] = await world.run(
    Effect.flatMap(Storage, (storage) => storage.transactions([id as TransactionId]))
  )
  if (row === undefined) throw new Error(`no transaction ${id}`)
  return row
}
const waiting = async (world: Sep31World): Promise<string> => {
  world.script.outcomes.set("closed", {
    _tag: "TransactionInfoNeeded",
    fields: { account_number: { description: "an account that is open" } }
  })
  const id = await announce(world, "closed")
  await world.run(pay(await rowOf(world, id), "100"))
  await waitFor(
    "the rail to ask",
    async () => (await rowOf(world, id)).status === "pending_transaction_info_update"
  )
  return id
}

type Asked = NonNullable<Parameters<Sep31World["ask"]>[2]>

const pathOf = (endpoint: Endpoint, id: string): string =>
  ({
    "GET /info": "/sep31/info",
    "POST /transactions": "/sep31/transactions",
    "GET /:id": `/sep31/transactions/${id}`,
    "PATCH /:id": `/sep31/transactions/${id}`,
    "PUT /:id/callback": `/sep31/transactions/${id}/callback`
  })[endpoint]

const goodBody = (endpoint: Endpoint): unknown =>
  ({
    "GET /info": undefined,
    "POST /transactions": goodPost,
    "GET /:id": undefined,
    "PATCH /:id": { fields: { transaction: { account_number: "open" } } },
    "PUT /:id/callback": { url: "https://anchor.example/callback" }
  })[endpoint]

const request = (
  { id, world }: Waiting,
  endpoint: Endpoint,
  { id: other, method, ...asked }: Asked & { readonly id?: string; readonly method?: string } = {}
): Promise<Answer> => {
  const body = goodBody(endpoint)
  return world.ask(method ?? endpoint.split(" ")[0] ?? "", pathOf(endpoint, other ?? id), {
    ...(body === undefined ? {} : { body }),
    ...asked
  })
}

const expectStatus = (answer: Answer, status: number) => {
  expect(answer.status).toBe(status)
  if (status >= 400) {
    expect(answer.headers.get("content-type")).toContain("application/json")
    expect(typeof (answer.body as { readonly error?: unknown }).error).toBe("string")
  }
}

let at: Waiting
beforeAll(async () => {
  const world = await startSep31()
  await world.run(registerBoth)
  at = { world, id: await waiting(world) }
})
afterAll(() => at.world.stop())

describe("success", () => {
  it.each([
    ["GET /info", 200],
    ["POST /transactions", 201],
    ["GET /:id", 200],
    ["PUT /:id/callback", 204],
    ["PATCH /:id", 200]
  ] as const)("× %s is %i (S31-MTX-01)", async (endpoint, status) => {
    const id = await waiting(at.world)
    const answer = await request({ world: at.world, id }, endpoint)

    expectStatus(answer, status)
    if (status === 204) expect(answer.body).toBeNull()
    else expect(answer.headers.get("content-type")).toContain("application/json")
  })
})

describe.each([
  ["no token", async () => null],
  ["a bad token", async () => "not.a.token"],
  ["a token of an account that is no Sending Anchor", () => at.world.token(receivingAccount)]
])("%s", (_, tokenOf) => {
  it.each(endpoints.map((each) => [each, each === "GET /info" ? 200 : 403] as const))(
    "× %s is %i (S31-MTX-01, S31-AUTH-02, S31-AUTH-03)",
    async (endpoint, status) => {
      expectStatus(await request(at, endpoint, { as: await tokenOf() }), status)
    }
  )
})

describe.each([
  ["an unknown id", async () => ({ id: unknownId })],
  ["a malformed id", async () => ({ id: "not-an-id" })],
  ["a foreign id", async () => ({ as: await at.world.token(otherAnchor) })]
])("%s", (_, changed) => {
  it.each(ofOne)("× %s is 404 (S31-MTX-01, S31-GET-02, S31-AUTH-07)", async (endpoint) => {
    expectStatus(await request(at, endpoint, await changed()), 404)
  })
})

describe("callbacks not offered", () => {
  let without: Waiting
  beforeAll(async () => {
    const world = await startSep31({ settings: { callbacks: false } })
    await world.run(registerBoth)
    without = { world, id: await announce(world, "1") }
  })
  afterAll(() => without.world.stop())

  it("× PUT /:id/callback is 404, in the words of an unknown transaction (S31-MTX-01, S31-CB-03)", async () => {
    const [own, unknown, anyBody] = [
      await request(without, "PUT /:id/callback"),
      await request(at, "PUT /:id/callback", { id: unknownId }),
      await request(without, "PUT /:id/callback", { body: "no JSON" })
    ]

    expectStatus(own, 404)
    expect([own.body, anyBody.body]).toEqual([unknown.body, unknown.body])
    expectStatus(await request(without, "PUT /:id/callback", { as: null }), 403)
  })

  it("× GET /:id is 200 still (S31-MTX-01)", async () => {
    expectStatus(await request(without, "GET /:id"), 200)
  })
})

describe.each([
  ["a body that is not JSON", "amount=100"],
  ["a body of another shape", "[]"]
])("%s", (_, body) => {
  it.each(withBody)("× %s is 400 (S31-MTX-01, S31-GEN-06)", async (endpoint) => {
    expectStatus(await request(at, endpoint, { body }), 400)
  })
})

describe("a body of another content type", () => {
  it.each(withBody)("× %s is 415 (S31-MTX-01, S31-GEN-06)", async (endpoint) => {
    expectStatus(await request(at, endpoint, { type: "text/plain" }), 415)
  })

  it.each(withBody)("× %s without a token is 403 still (S31-MTX-01, S31-GEN-06)", async (endpoint) => {
    expectStatus(await request(at, endpoint, { type: "text/plain", as: null }), 403)
  })
})

describe("an invalid value", () => {
  const post = (change: Readonly<Record<string, unknown>>) => ({ ...goodPost, ...change })

  it.each([
    ["an amount", "POST /transactions", post({ amount: "-1" })],
    ["a limit", "POST /transactions", post({ amount: "10000.0000001" })],
    ["a quote", "POST /transactions", post({ quote_id: unknownId })],
    ["a method", "POST /transactions", post({ funding_method: "PIX" })],
    ["a conversion", "POST /transactions", post({ destination_asset: `stellar:EURC:${issuer}` })],
    ["a blank field", "PATCH /:id", { fields: { transaction: { account_number: " " } } }],
    ["a URL", "PUT /:id/callback", { url: "ftp://anchor.example" }],
    ["a URL that is none", "PUT /:id/callback", { url: 7 }]
  ] as const)("%s × %s is a plain 400 (S31-MTX-01, S31-ERR-01)", async (_, endpoint, body) => {
    const answer = await request(at, endpoint, { body })

    expectStatus(answer, 400)
    expect(Object.keys(answer.body as object)).toEqual(["error"])
    expect(answer.body).not.toEqual({ error: "customer_info_needed" })
  })
})

describe("customer data missing", () => {
  it("× POST /transactions is 400 customer_info_needed (S31-MTX-01, S31-ERR-02)", async () => {
    const answer = await request(at, "POST /transactions", { body: { ...goodPost, sender_id: unknownId } })

    expectStatus(answer, 400)
    expect(answer.body).toEqual({ error: "customer_info_needed", type: "sep31-sender" })
  })
})

describe("fields missing", () => {
  it("× POST /transactions is 400 transaction_info_needed (S31-MTX-01, S31-ERR-03)", async () => {
    const answer = await request(at, "POST /transactions", { body: { ...goodPost, fields: {} } })

    expectStatus(answer, 400)
    expect(answer.body).toMatchObject({ error: "transaction_info_needed" })
  })

  it("× PATCH /:id is a plain 400 (S31-MTX-01, S31-PATCH-07)", async () => {
    const answer = await request(at, "PATCH /:id", { body: { fields: { transaction: {} } } })

    expectStatus(answer, 400)
    expect(Object.keys(answer.body as object)).toEqual(["error"])
  })
})

describe("an update not asked for", () => {
  it("× PATCH /:id is a plain 400 (S31-MTX-01, S31-PATCH-03)", async () => {
    const id = await announce(at.world, "1")

    expectStatus(await request(at, "PATCH /:id", { id }), 400)
  })
})

describe("a wrong method on a known path", () => {
  it.each([
    ["GET /info", "POST", "GET"],
    ["POST /transactions", "GET", "POST"],
    ["GET /:id", "DELETE", "GET"],
    ["PATCH /:id", "PUT", "PATCH"],
    ["PUT /:id/callback", "PATCH", "PUT"]
  ] as const)("× %s, asked with %s, is 405 and allows %s (S31-MTX-01)", async (endpoint, method, allowed) => {
    const answer = await request(at, endpoint, { method, ...(method === "GET" ? { body: undefined } : {}) })

    expectStatus(answer, 405)
    expect(answer.headers.get("allow")?.split(", ")).toContain(allowed)
    expect(answer.headers.get("allow")?.split(", ")).not.toContain(method)
  })
})

describe("more requests than a caller's share", () => {
  let crowded: Waiting
  beforeAll(async () => {
    const seldom = { perSecond: 0.0001, burst: 1 }
    const world = await startSep31({
      settings: { fairness: { account: seldom, address: seldom, trustedProxies: 0 } }
    })
    crowded = { world, id: unknownId }
    await request(crowded, "GET /info")
    await request(crowded, "GET /:id")
  })
  afterAll(() => crowded.world.stop())

  it.each(endpoints)("× %s is 429 with Retry-After (S31-MTX-01, S31-ERR-06)", async (endpoint) => {
    const answer = await request(crowded, endpoint)

    expectStatus(answer, 429)
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0)
  })

  it("× another Sending Anchor is not the other's doing (S31-MTX-01, SEC-08)", async () => {
    expectStatus(await request(crowded, "GET /:id", { as: await crowded.world.token(otherAnchor) }), 404)
  })
})

/** A server whose storage is right until the test breaks it. */
const breakable = async (broken: Effect.Effect<never, StorageUnavailable>) => {
  let isBroken = false
  const world = await startSep31({
    settings: { timing: { ...defaultTiming, hookTimeout: 0.05 } },
    storage: Layer.sync(Storage, () => {
      const memory = make(emptyTables())
      return {
        ...memory,
        transactions: (ids) => (isBroken ? broken : memory.transactions(ids)),
        nowMillis: Effect.suspend(() => (isBroken ? broken : memory.nowMillis))
      }
    })
  })
  await world.run(registerBoth)
  return {
    world,
    id: await announce(world, "1"),
    break: () => {
      isBroken = true
    }
  }
}

describe("a dependency that is down", () => {
  let broken: Awaited<ReturnType<typeof breakable>>
  beforeAll(async () => {
    broken = await breakable(Effect.fail(new StorageUnavailable({ message: "10.0.0.7 is gone" })))
    broken.world.script.hooks = { info: () => Effect.succeed({}) }
    broken.break()
  })
  afterAll(() => broken.world.stop())

  it.each(protectedEndpoints)("× %s is 503 with Retry-After (S31-MTX-01, S31-ERR-06)", async (endpoint) => {
    const answer = await request(broken, endpoint)

    expectStatus(answer, 503)
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(JSON.stringify(answer.body)).not.toContain("10.0.0.7")
  })

  it("× GET /info is 503 with Retry-After (S31-MTX-01, S31-ERR-06)", async () => {
    broken.world.script.hooks = { info: () => Effect.never }
    const answer = await request(broken, "GET /info")

    expectStatus(answer, 503)
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0)
  })
})

describe("a bug", () => {
  let broken: Awaited<ReturnType<typeof breakable>>
  beforeAll(async () => {
    broken = await breakable(Effect.die(new Error(`a secret about ${sendingAnchor}`)))
    broken.world.script.hooks = { info: () => Effect.succeed({}) }
    broken.break()
  })
  afterAll(() => broken.world.stop())

  it.each(protectedEndpoints)("× %s is 500 and tells nothing (S31-MTX-01, S31-ERR-06)", async (endpoint) => {
    const answer = await request(broken, endpoint)

    expectStatus(answer, 500)
    expect(answer.body).toEqual({ error: "internal error" })
  })

  it("× GET /info is 500 and tells nothing (S31-MTX-01, S31-ERR-06)", async () => {
    broken.world.script.hooks = { info: () => Effect.die(new Error("a secret")) }
    const answer = await request(broken, "GET /info")

    expectStatus(answer, 500)
    expect(answer.body).toEqual({ error: "internal error" })
  })
})

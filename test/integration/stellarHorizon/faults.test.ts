// What stands between us and Horizon fails in many ways. None of them may be read as data, and none may be mistaken for
// another ledger.
import { Effect, Exit, Fiber, Stream } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { type HorizonOptions, layerWith } from "../../../adapters/stellar-horizon/HorizonNetwork.ts"
import { endOfLedger } from "../../../adapters/stellar-horizon/toid.ts"
import { StellarNetwork } from "../../../src/ports/StellarNetwork.ts"
import {
  closedAtMillis,
  listOf,
  passphrase,
  paymentRecord,
  rootRecord,
  toidOf,
  us
} from "../../support/horizonRecords.ts"
import {
  problem,
  type Reply,
  type Script,
  type ScriptedHorizon,
  startScriptedHorizon
} from "../../support/ScriptedHorizon.ts"

const start = toidOf({ ledger: 900 }).toString()
const open: Array<ScriptedHorizon> = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

const horizon = async (script: Script): Promise<ScriptedHorizon> => {
  const server = await startScriptedHorizon(script)
  open.push(server)
  return server
}

/** The root as it should be, and `payments` for everything else. */
const withRoot =
  (payments: Reply | ((url: URL) => Reply), latest = 1_000): Script =>
  (url) =>
    url.pathname === "/"
      ? { json: rootRecord(latest) }
      : typeof payments === "function"
        ? payments(url)
        : payments

const run = <A, E>(
  server: ScriptedHorizon,
  use: (network: StellarNetwork["Service"]) => Effect.Effect<A, E>,
  options: Partial<HorizonOptions> = {}
) =>
  Effect.runPromise(
    StellarNetwork.use(use).pipe(
      Effect.result,
      Effect.provide(layerWith({ url: server.url, passphrase, timeoutSeconds: 20, ...options }))
    )
  )

const pageOf = async (server: ScriptedHorizon, position = start, options: Partial<HorizonOptions> = {}) => {
  const result = await run(server, (network) => network.page(us, position, 4), options)
  return result._tag === "Success" ? { _tag: "Page" as const, ...result.success } : result.failure
}

describe("stellar-horizon: faults on the way", () => {
  it.each<[string, Reply, string]>([
    ["a gateway's error", { status: 502, text: "<html>Bad Gateway</html>" }, "answered 502"],
    ["Horizon's own time-out", problem(504, "Timeout"), "answered 504"],
    [
      "a redirect",
      { status: 301, headers: { location: "https://elsewhere.example" }, text: "" },
      "answered 301"
    ],
    ["a page of HTML with status 200", { text: "<html>maintenance</html>" }, "not JSON"],
    ["a page of HTML with status 404", { status: 404, text: "<html>no such app</html>" }, "not JSON"],
    ["JSON that is no problem document, with status 404", { status: 404, json: {} }, "answered 404"],
    ["half a body", { truncated: '{"_embedded": {"records": [' }, "Horizon"],
    ["JSON cut short", { text: '{"_embedded": {"records": [' }, "not JSON"],
    ["JSON of something else", { json: { _embedded: {} } }, "no list of records"],
    ["a list of records in disorder", { json: listOf([paymentRecord({ ledger: 800 })]) }, "comes after"],
    ["a hang-up", "reset", "Horizon"],
    ["silence", "silence", "no whole answer within"],
    ["a body that stalls", { stalled: '{"_embedded":' }, "no whole answer within"],
    [
      "a refusal of another parameter",
      problem(400, "Bad Request", { invalid_field: "account_id" }),
      "answered 400"
    ]
  ])("%s is no answer: asked again later, never read as data (I8)", async (_, answer, why) => {
    const hangs = answer === "silence" || "stalled" in Object(answer)
    const outcome = await pageOf(await horizon(withRoot(answer)), start, hangs ? { timeoutSeconds: 0.4 } : {})

    expect(outcome._tag).toBe("LedgerUnavailable")
    expect(outcome).toHaveProperty("message", expect.stringContaining(why))
  })

  it.each<[string, unknown]>([
    ["without a network", { history_latest_ledger: 5 }],
    ["with a closing time that is none", rootRecord(5, { history_latest_ledger_closed_at: "soon" })]
  ])("a root %s vouches for nothing", async (_, root) => {
    expect((await pageOf(await horizon(() => ({ json: root }))))._tag).toBe("LedgerUnavailable")
  })

  it("a server that is not there is unavailable", async () => {
    const server = await horizon(() => "reset")
    await server.close()
    expect((await pageOf(server))._tag).toBe("LedgerUnavailable")
  })

  it("an answer beyond the size limit is asked for in smaller pages, and taken where one fits", async () => {
    const records = [1, 2, 3, 4, 5].map((transaction) => paymentRecord({ ledger: 950, transaction }))
    const server = await horizon(
      withRoot((url) => {
        const after = BigInt(url.searchParams.get("cursor") ?? "0")
        const limit = Number(url.searchParams.get("limit"))
        return { json: listOf(records.filter(({ id }) => BigInt(String(id)) > after).slice(0, limit)) }
      })
    )
    const size = JSON.stringify(listOf(records.slice(0, 2))).length

    const page = await pageOf(server, start, { bytesMax: size })

    expect(page._tag === "Page" && page.credits.length).toBe(1)
    expect(page._tag === "Page" && page.full).toBe(true)
    expect((await pageOf(server, start, { bytesMax: 500 }))._tag).toBe("LedgerUnavailable")
  })
})

describe("stellar-horizon: 429", () => {
  it("every request waits as long as the server said, and then goes on (I7)", async () => {
    const times: Array<number> = []
    const server = await horizon((url) => {
      if (url.pathname === "/") return { json: rootRecord(1_000) }
      times.push(performance.now())
      return times.length === 1
        ? { status: 429, headers: { "retry-after": "1" }, text: "slow down" }
        : { json: listOf([]) }
    })

    const result = await run(server, (network) =>
      network.page(us, start, 4).pipe(
        Effect.flip,
        Effect.tap((error) => Effect.sync(() => expect(error).toMatchObject({ _tag: "LedgerUnavailable" }))),
        Effect.andThen(network.page(us, start, 4))
      )
    )

    expect(result._tag).toBe("Success")
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900)
  })
})

describe("stellar-horizon: positions that are not of this ledger", () => {
  const refusal = async (script: Script, position = start) => {
    const outcome = await pageOf(await horizon(script), position)
    expect(outcome._tag).toBe("PositionRefused")
    return "message" in outcome ? outcome.message : ""
  }

  it("another network is refused, naming both (I5)", async () => {
    const message = await refusal(() => ({
      json: rootRecord(1_000, { network_passphrase: "Another Network" })
    }))
    expect(message).toContain("Another Network")
    expect(message).toContain(passphrase)
  })

  it("a position far beyond the newest ledger is refused: the network was reset (I5)", async () => {
    expect(await refusal(withRoot({ json: listOf([]) }, 500))).toContain("the newest ledger is 500")
  })

  it("a position a little beyond the newest ledger is an instance that lags, and finds nothing (I3)", async () => {
    const page = await pageOf(await horizon(withRoot({ json: listOf([]) }, 890)))
    expect(page).toMatchObject({ _tag: "Page", credits: [], position: start })
  })

  it("a position older than the history kept is refused, since payments may be missing (S31-PAY-10, I6)", async () => {
    const root = rootRecord(1_000, { history_elder_ledger: 950 })
    expect(await refusal(() => ({ json: root }))).toContain("begins with ledger 950")
  })

  it("a position just before the history kept misses nothing", async () => {
    const root = rootRecord(1_000, { history_elder_ledger: 901 })
    const server = await horizon((url) => ({ json: url.pathname === "/" ? root : listOf([]) }))
    expect((await pageOf(server, endOfLedger(900).toString()))._tag).toBe("Page")
  })

  it.each<[string, Reply]>([
    ["410, before its history (I6)", problem(410, "Data Requested Is Before Recorded History")],
    [
      "400 for the cursor",
      problem(400, "Bad Request", { invalid_field: "cursor", reason: "cursor must be a number" })
    ]
  ])("Horizon's own refusal is a refusal: %s", async (_, answer) => {
    expect(await refusal(withRoot(answer))).toContain(start)
  })

  it("text that is no position is refused", async () => {
    expect(await refusal(withRoot({ json: listOf([]) }), "now")).toContain('"now"')
  })
})

describe("stellar-horizon: what the ledger has", () => {
  it("an account that never was on the ledger has an empty history", async () => {
    const page = await pageOf(await horizon(withRoot(problem(404, "Resource Missing"))))
    expect(page).toMatchObject({ _tag: "Page", credits: [], position: start })
  })

  it("an instance that is behind the root does not vouch for the root's ledger (I3)", async () => {
    const answer = (latest: string) => withRoot({ json: listOf([]), headers: { "latest-ledger": latest } })

    const behind = await pageOf(await horizon(answer("998")))
    const level = await pageOf(await horizon(answer("1000")))

    expect(behind).toMatchObject({ processedLedger: null })
    expect(level).toMatchObject({
      processedLedger: { sequence: 1_000, closedAtMillis: closedAtMillis(1_000) }
    })
  })

  it("a page that is all one Stellar transaction is read on until its end (S31-PAY-07)", async () => {
    const records = [
      ...[1, 2, 3, 4, 5, 6, 7].map((operation) => paymentRecord({ ledger: 950, operation })),
      paymentRecord({ ledger: 951 })
    ]
    const server = await horizon(
      withRoot((url) => {
        const after = BigInt(url.searchParams.get("cursor") ?? "0")
        return { json: listOf(records.filter(({ id }) => BigInt(String(id)) > after).slice(0, 4)) }
      })
    )

    const page = await pageOf(server)

    expect(page._tag === "Page" && page.credits).toHaveLength(7)
    expect(page).toMatchObject({
      full: true,
      transactions: 1,
      position: toidOf({ ledger: 950, operation: 7 }).toString()
    })
  })

  it("asks for successful records in ledger order with their transactions", async () => {
    const server = await horizon(withRoot({ json: listOf([]) }))
    await pageOf(server)

    const asked = server.requests.find(({ pathname }) => pathname !== "/")
    expect(asked?.pathname).toBe(`/accounts/${us}/payments`)
    expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({
      cursor: start,
      order: "asc",
      limit: "4",
      join: "transactions"
    })
  })

  it("a quarantined Stellar transaction is read again whole, and only it", async () => {
    const records = [
      paymentRecord({ ledger: 950, operation: 1 }),
      paymentRecord({ ledger: 950, operation: 2 }),
      paymentRecord({ ledger: 950, transaction: 2 })
    ]
    const server = await horizon(
      withRoot((url) => {
        const after = BigInt(url.searchParams.get("cursor") ?? "0")
        return { json: listOf(records.filter(({ id }) => BigInt(String(id)) > after)) }
      })
    )
    const position = toidOf({ ledger: 950, operation: 2 }).toString()

    const again = await run(server, (network) => network.reread(us, position))
    const gone = await run(server, (network) => network.reread(us, toidOf({ ledger: 949 }).toString()))

    expect(again).toMatchObject({
      success: { transactions: 1, unreadable: [], position, processedLedger: null }
    })
    expect(again._tag === "Success" && again.success.credits).toHaveLength(2)
    expect(gone).toMatchObject({ success: { transactions: 0, credits: [] } })
  })

  it("a first watch begins behind the newest ledger", async () => {
    const tip = await run(await horizon(withRoot("reset")), (network) => network.tip(us))
    expect(tip).toMatchObject({ success: endOfLedger(1_000).toString() })
  })

  it("the root is asked for once a second at most", async () => {
    const server = await horizon(withRoot({ json: listOf([]) }))
    await run(server, (network) =>
      network.page(us, start, 4).pipe(Effect.andThen(network.page(us, start, 4)))
    )
    expect(server.requests.filter(({ pathname }) => pathname === "/")).toHaveLength(1)
  })

  it("signers are the account's keys; an account that does not exist has none", async () => {
    const account = {
      signers: [
        { key: us, weight: 1, type: "ed25519_public_key" },
        { key: "XHASH", weight: 5, type: "sha256_hash" }
      ],
      thresholds: { low_threshold: 1, med_threshold: 2, high_threshold: 3 }
    }
    const found = await run(await horizon(() => ({ json: account })), (network) => network.signers(us))
    const none = await run(await horizon(() => problem(404, "Resource Missing")), (network) =>
      network.signers(us)
    )
    const down = await run(await horizon(() => problem(500, "Internal")), (network) => network.signers(us))

    expect(found).toMatchObject({
      success: { signers: [{ key: us, weight: 1 }], thresholds: { low: 1, medium: 2, high: 3 } }
    })
    expect(none).toMatchObject({ success: null })
    expect(down).toMatchObject({ failure: { _tag: "LedgerUnavailable" } })
  })
})

describe("stellar-horizon wakeUps", () => {
  const hello = 'retry: 1000\nevent: open\ndata: "hello"\n\n'
  const event = (id: number) => `id: ${id}\ndata: {"id":"${id}"}\n\n`
  const goodbye = 'event: close\ndata: "byebye"\n\n'

  it("rings for records, not for hello and goodbye, and ends when the server does", async () => {
    const server = await horizon(() => ({ events: [hello, event(1), goodbye], ends: true }))
    const rung = await run(server, (network) => Stream.runCount(network.wakeUps(us, start)))

    expect(rung).toMatchObject({ success: 1 })
    expect(server.requests[0]?.searchParams.get("cursor")).toBe(start)
  })

  it("rings as each record comes", async () => {
    const server = await horizon(() => ({ events: [hello] }))
    const rings = Effect.gen(function* () {
      const network = yield* StellarNetwork
      const first = yield* network.wakeUps(us, start).pipe(Stream.take(1), Stream.runCount, Effect.forkChild)
      // Sent until it is heard, since nobody tells us when the connection stands.
      const sending = yield* Effect.sync(() => server.send(event(1))).pipe(
        Effect.andThen(Effect.sleep("5 millis")),
        Effect.forever,
        Effect.forkChild
      )
      const count = yield* Fiber.join(first)
      yield* Fiber.interrupt(sending)
      return count
    })

    expect(
      await Effect.runPromise(rings.pipe(Effect.provide(layerWith({ url: server.url, passphrase }))))
    ).toBe(1)
  })

  it("a connection that died without a word ends (I9)", async () => {
    const server = await horizon(() => ({ events: [hello] }))
    const rung = await run(server, (network) => Stream.runCount(network.wakeUps(us, start)), {
      streamSilenceSeconds: 0.2
    })
    expect(rung).toMatchObject({ success: 0 })
  })

  it.each<[string, Reply]>([
    ["an error", problem(503, "Service Unavailable")],
    ["a page of JSON", { json: listOf([]) }],
    ["too many requests", { status: 429, text: "" }],
    ["a hang-up", "reset"],
    ["silence", "silence"]
  ])("%s in place of a stream is a failure, not a bell", async (_, answer) => {
    const server = await horizon(() => answer)
    const exit = await Effect.runPromise(
      StellarNetwork.use((network) => Stream.runCount(network.wakeUps(us, start))).pipe(
        Effect.provide(layerWith({ url: server.url, passphrase, timeoutSeconds: 0.3 })),
        Effect.exit
      )
    )
    expect(Exit.isFailure(exit)).toBe(true)
  })
})

// What does a client without the official library see? Raw HTTP: pages, problems, server-sent events to the byte.
import { Asset, Claimant, Keypair, Operation } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { fundedKeypair, startWorld } from "./world.ts"
import type { World } from "./world.ts"

const get = async (
  { sandbox }: World,
  path: string
): Promise<{ status: number; type: string; body: unknown }> => {
  const response = await fetch(`${sandbox.url}${path}`)
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    body: await response.json()
  }
}

interface Page {
  readonly _links: { readonly next: { readonly href: string } }
  readonly _embedded: { readonly records: ReadonlyArray<{ readonly [member: string]: unknown }> }
}

const pageOf = async (world: World, path: string): Promise<Page> => (await get(world, path)).body as Page

const inject = async (
  world: World,
  to: string,
  count: number,
  from = world.usdc.issuer ?? ""
): Promise<void> => {
  const asset = `USDC:${world.usdc.issuer ?? ""}`
  const payments = Array.from({ length: count }, (_, index) => ({
    from,
    to,
    asset,
    amount: BigInt(index + 1)
  }))
  await world.sandbox.ledger.injectPayments(payments, 4)
}

/** Opens a stream; answers how to hear so many whole events of it, comments not counted, and hang up. */
const listen = async (
  world: World,
  path: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<(count: number) => Promise<ReadonlyArray<string>>> => {
  const abort = new AbortController()
  const response = await fetch(`${world.sandbox.url}${path}`, {
    headers: { accept: "text/event-stream", ...headers },
    signal: abort.signal
  })
  const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream<Uint8Array>()
  return async (count) => {
    let said = ""
    for await (const chunk of body) {
      said += Buffer.from(chunk).toString("utf8")
      if (eventsIn(said).length >= count) break
    }
    abort.abort()
    return eventsIn(said)
  }
}

const eventsIn = (said: string): ReadonlyArray<string> =>
  said
    .split("\n\n")
    .slice(0, -1)
    .filter((event) => !event.startsWith(":"))

const idsOf = (events: ReadonlyArray<string>): ReadonlyArray<string> =>
  events.flatMap((event) => /^id: (.*)$/m.exec(event)?.[1] ?? [])

describe("horizon GET of a list", () => {
  it("gives ten records unless asked for more, oldest first, and links that lead on", async () => {
    const world = await startWorld()
    const to = Keypair.random().publicKey()
    await inject(world, to, 25)

    const first = await pageOf(world, `/accounts/${to}/payments`)
    const second = await pageOf(
      world,
      new URL(first._links.next.href).pathname + new URL(first._links.next.href).search
    )

    const amounts = [...first._embedded.records, ...second._embedded.records].map(({ amount }) => amount)
    expect(amounts).toEqual(
      Array.from({ length: 20 }, (_, index) => `0.00000${String(index + 1).padStart(2, "0")}`)
    )
  })

  it("takes cursor=now for the end of the tip, in both directions", async () => {
    const world = await startWorld()
    const to = Keypair.random().publicKey()
    await inject(world, to, 3)

    const ahead = await pageOf(world, `/accounts/${to}/payments?cursor=now`)
    const behind = await pageOf(world, `/accounts/${to}/payments?cursor=now&order=desc`)
    const effects = await pageOf(world, "/effects?cursor=now&order=desc&limit=1")

    expect(ahead._embedded.records).toEqual([])
    expect(behind._embedded.records.map(({ amount }) => amount)).toEqual([
      "0.0000003",
      "0.0000002",
      "0.0000001"
    ])
    expect(effects._embedded.records).toHaveLength(1)
  })

  it("keeps within one ledger, one transaction, one operation", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    await inject(world, owner.publicKey(), 8)
    const { sequence } = world.sandbox.ledger.tip

    const payments = await pageOf(world, `/ledgers/${sequence}/payments?limit=200`)
    const [payment] = payments._embedded.records
    const byTransaction = await pageOf(
      world,
      `/transactions/${String(payment?.["transaction_hash"])}/operations`
    )
    const creation = await pageOf(world, `/accounts/${owner.publicKey()}/operations?limit=1`)
    const effects = await pageOf(
      world,
      `/operations/${String(creation._embedded.records[0]?.["id"])}/effects`
    )

    expect(payments._embedded.records.map(({ amount }) => amount)).toEqual([
      "0.0000005",
      "0.0000006",
      "0.0000007",
      "0.0000008"
    ])
    expect(byTransaction._embedded.records.map(({ id }) => id)).toEqual([payment?.["id"]])
    expect(effects._embedded.records.map(({ type }) => type)).toEqual([
      "account_created",
      "account_debited",
      "signer_created"
    ])
  })

  it("finds claimable balances by claimant, and pages them", async () => {
    const world = await startWorld()
    const [from, to] = [await fundedKeypair(world, 1n), Keypair.random().publicKey()]
    const operations = ["1", "2", "3"].map((amount) =>
      Operation.createClaimableBalance({ asset: Asset.native(), amount, claimants: [new Claimant(to)] })
    )
    const { ledger, passphrase } = world.sandbox
    const sequence = (ledger.account(from.publicKey())?.sequence ?? 0n) + 1n
    const transaction = transactionOf({ passphrase, sequence, operations, signers: [from] })
    await world.server.submitTransaction(transaction)

    const first = await pageOf(world, `/claimable_balances?claimant=${to}&limit=2`)
    const cursor = String(first._embedded.records.at(-1)?.["paging_token"])
    const second = await pageOf(world, `/claimable_balances?claimant=${to}&limit=2&cursor=${cursor}`)
    const stranger = await pageOf(world, `/claimable_balances?claimant=${Keypair.random().publicKey()}`)

    const amounts = [...first._embedded.records, ...second._embedded.records].map(({ amount }) =>
      String(amount)
    )
    expect(amounts.toSorted()).toEqual(["1.0000000", "2.0000000", "3.0000000"])
    expect(stranger._embedded.records).toEqual([])
  })

  it.each([
    ["limit=201", "limit"],
    ["limit=0", "limit"],
    ["limit=x", "limit"],
    ["cursor=abc", "cursor"],
    ["order=up", "order"],
    ["join=effects", "join"],
    ["include_failed=maybe", "include_failed"]
  ])("refuses %s as a bad request", async (query, field) => {
    const world = await startWorld()

    expect(await get(world, `/payments?${query}`)).toMatchObject({
      status: 400,
      type: "application/problem+json; charset=utf-8",
      body: {
        type: "https://stellar.org/horizon-errors/bad_request",
        status: 400,
        extras: { invalid_field: field }
      }
    })
  })

  it.each([
    "/accounts/GAAAA/payments",
    "/ledgers/999999",
    `/transactions/${"0".repeat(64)}`,
    `/transactions/${"0".repeat(64)}/operations`,
    "/operations/1",
    "/nothing/of/this/kind",
    "/accounts/%E0%A4%A/data/%E0%A4%A"
  ])("answers %s as not found", async (path) => {
    const world = await startWorld()

    expect(await get(world, path)).toMatchObject({
      status: 404,
      body: { type: "https://stellar.org/horizon-errors/not_found", title: "Resource Missing" }
    })
  })
})

describe("horizon POST /transactions", () => {
  const submit = async (
    { sandbox }: World,
    body: string,
    type: string
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${sandbox.url}/transactions`, {
      method: "POST",
      headers: { "content-type": type },
      body
    })
    return { status: response.status, body: await response.json() }
  }

  it("says that it could not read an envelope, and repeats it", async () => {
    const world = await startWorld()

    expect(await submit(world, "tx=AAAA", "application/x-www-form-urlencoded")).toMatchObject({
      status: 400,
      body: {
        type: "https://stellar.org/horizon-errors/transaction_malformed",
        extras: { envelope_xdr: "AAAA" }
      }
    })
  })

  it("refuses a body that is no form", async () => {
    const world = await startWorld()

    expect((await submit(world, '{"tx":"AAAA"}', "application/json")).status).toBe(415)
  })

  it("S1: times out when no ledger decides, though the transaction may still be included", async () => {
    const world = await startWorld({ closeWhenPendingMs: null, submitTimeoutMs: 50 })
    const owner = await fundedKeypair(world, 1n)
    const { ledger, passphrase } = world.sandbox
    const transaction = transactionOf({
      passphrase,
      sequence: (ledger.account(owner.publicKey())?.sequence ?? 0n) + 1n,
      operations: [Operation.manageData({ name: "a", value: "b" })],
      signers: [owner]
    })
    const body = new URLSearchParams({ tx: transaction.toEnvelope().toXdr("base64") }).toString()

    const early = await submit(world, body, "application/x-www-form-urlencoded")
    await ledger.close()
    const late = await submit(world, body, "application/x-www-form-urlencoded")

    expect(early).toMatchObject({ status: 504, body: { title: "Timeout" } })
    expect(late).toMatchObject({ status: 200, body: { successful: true } })
  })
})

describe("horizon as server-sent events", () => {
  it("says hello, each record under its paging token, and goodbye after the limit", async () => {
    const world = await startWorld()
    const to = Keypair.random().publicKey()
    await inject(world, to, 3)

    const hear = await listen(world, `/accounts/${to}/payments?limit=2`)
    const events = await hear(9)

    const { _embedded } = await pageOf(world, `/accounts/${to}/payments?limit=2`)
    expect(events).toEqual([
      'retry: 1000\nevent: open\ndata: "hello"',
      ..._embedded.records.map(
        (record) => `id: ${String(record["paging_token"])}\ndata: ${JSON.stringify(record)}`
      ),
      'retry: 10\nevent: close\ndata: "byebye"'
    ])
  })

  it("I2: goes on after the last event id, which wins over the cursor", async () => {
    const world = await startWorld()
    const to = Keypair.random().publicKey()
    await inject(world, to, 6)
    const { _embedded } = await pageOf(world, `/accounts/${to}/payments`)
    const tokens = _embedded.records.map((record) => String(record["paging_token"]))
    const path = `/accounts/${to}/payments?cursor=${tokens[0] ?? ""}`

    const hear = await listen(world, path, { "last-event-id": tokens[2] ?? "" })
    const events = await hear(4)

    expect(idsOf(events)).toEqual(tokens.slice(3))
  })

  it("tells from cursor=now on only what closes later, of any list", async () => {
    const world = await startWorld()
    const to = await fundedKeypair(world, 1n)
    const path = (list: string): string => `/accounts/${to.publicKey()}/${list}?cursor=now`
    const lists = ["payments", "transactions", "effects"]
    const listening = await Promise.all(lists.map((list) => listen(world, path(list))))
    const hearLedgers = await listen(world, "/ledgers?cursor=now")

    await world.sandbox.faucet.fund(to.publicKey(), "USDC", 5n)

    const heard = await Promise.all(listening.map((hear) => hear(2)))
    const [payments, transactions, effects] = heard.map(idsOf)
    const last = world.sandbox.ledger.history.ofAccount(to.publicKey())
    expect(payments).toEqual([String(last?.payments.last?.position)])
    expect(transactions).toEqual([String(last?.transactions.last?.position)])
    expect(effects).toEqual([`${String(last?.payments.last?.position)}-1`])
    expect(idsOf(await hearLedgers(2))).toEqual([String(world.sandbox.ledger.tip.position)])
  })

  it("keeps a silent line alive with comments", async () => {
    const world = await startWorld({ keepAliveMs: 10 })
    const response = await fetch(`${world.sandbox.url}/payments?cursor=now`, {
      headers: { accept: "text/event-stream" }
    })
    const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream<Uint8Array>()
    let said = ""
    for await (const chunk of body) {
      said += Buffer.from(chunk).toString("utf8")
      if (said.includes(": keep-alive\n\n")) break
    }

    expect(said.startsWith("retry: 1000\n")).toBe(true)
  })

  it("refuses a stream of what does not exist as any other request", async () => {
    const world = await startWorld()

    const response = await fetch(`${world.sandbox.url}/accounts/GAAAA/payments`, {
      headers: { accept: "text/event-stream" }
    })

    expect(response.status).toBe(404)
  })
})

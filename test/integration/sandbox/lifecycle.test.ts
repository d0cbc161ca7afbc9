// When do ledgers close, what goes wrong on order, and does a sandbox end without leaving anything behind?
import { Keypair, Operation } from "@stellar/stellar-sdk"
import { Effect, Exit, Scope } from "effect"
import { describe, expect, it } from "vitest"
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { waitFor } from "../../support/waitFor.ts"
import { fundedKeypair, startWorld } from "./world.ts"
import type { World } from "./world.ts"

const noteFrom = ({ sandbox }: World, owner: Keypair): string => {
  const { ledger, passphrase } = sandbox
  const account = ledger.account(owner.publicKey())
  if (account === undefined) throw new Error("no such account")
  return transactionOf({
    passphrase,
    sequence: ledger.sequenceOf(account) + 1n,
    operations: [Operation.manageData({ name: "a", value: "b" })],
    signers: [owner]
  })
    .toEnvelope()
    .toXdr("base64")
}

describe("a ledger closes", () => {
  it("at its interval, empty where nothing waits, and its time never goes back", async () => {
    const { sandbox } = await startWorld({ closeEverySeconds: 0.02, closeWhenPendingMs: null })
    const { sequence, closedAt } = sandbox.ledger.tip

    const tip = await waitFor(
      "three ledgers",
      () => sandbox.ledger.tip.sequence >= sequence + 3 && sandbox.ledger.tip
    )

    expect(tip.successfulCount).toBe(0)
    expect(tip.closedAt).toBeGreaterThanOrEqual(closedAt)
  })

  it("only when asked, where no interval is set: POST /sandbox/close", async () => {
    const world = await startWorld({ closeWhenPendingMs: null })
    const owner = await fundedKeypair(world, 1n)
    const { ledger, url } = world.sandbox
    const before = ledger.tip.sequence
    ledger.submit(noteFrom(world, owner))

    const answer = (await (await fetch(`${url}/sandbox/close`, { method: "POST" })).json()) as {
      readonly latest_ledger: number
    }

    expect(answer.latest_ledger).toBe(before + 1)
    expect(ledger.tip.successfulCount).toBe(1)
  })

  it("in turn, however many ask at once", async () => {
    const { sandbox } = await startWorld({ closeWhenPendingMs: null })
    const before = sandbox.ledger.tip.sequence

    const closed = await Promise.all([1, 2, 3].map(() => sandbox.ledger.close()))

    expect(closed.map(({ sequence }) => sequence - before)).toEqual([1, 2, 3])
  })
})

describe("the faucet", () => {
  const fund = async (world: World, body: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${world.sandbox.url}/sandbox/fund`, {
      method: "POST",
      body: JSON.stringify(body)
    })
    return { status: response.status, body: await response.json() }
  }

  it("pays an account that does not exist yet, and makes its trust line in the open", async () => {
    const world = await startWorld()
    const account = Keypair.random().publicKey()

    const funded = await fund(world, { account, asset_code: "EURC", amount: "25.5" })

    const { operations } = world.sandbox.ledger.history.ofAccount(account) ?? {}
    const names = operations?.page({ cursor: undefined, order: "asc", limit: 9 }).map(({ name }) => name)
    expect(funded).toMatchObject({ status: 200, body: { successful: true } })
    expect(names).toEqual(["create_account", "change_trust", "payment"])
    expect((await world.server.loadAccount(account)).balances[0]).toMatchObject({
      asset_code: "EURC",
      balance: "25.5000000"
    })
  })

  it.each([
    [{ account: "GNOBODY", asset_code: "USDC", amount: "1" }, "account is not"],
    [{ account: Keypair.random().publicKey(), asset_code: "BRL", amount: "1" }, "issues no BRL"],
    [{ account: Keypair.random().publicKey(), asset_code: "USDC", amount: "1.00000001" }, "amount must be"],
    [{ account: Keypair.random().publicKey() }, "asset_code"]
  ])("refuses %o and says why", async (body, reason) => {
    const world = await startWorld()

    expect(await fund(world, body)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(reason) as unknown }
    })
  })

  it("describes the sandbox: network, issuers, where to ask", async () => {
    const world = await startWorld()

    expect(await (await fetch(`${world.sandbox.url}/sandbox`)).json()).toMatchObject({
      network_passphrase: world.sandbox.passphrase,
      horizon_url: world.sandbox.url,
      assets: world.sandbox.assets,
      root: Keypair.master(world.sandbox.passphrase).publicKey()
    })
  })
})

describe("trouble on order", () => {
  it("S2: a lost reply to a submission whose transaction is in the ledger all the same", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    const disturb = await fetch(`${world.sandbox.url}/sandbox/disturb`, {
      method: "POST",
      body: JSON.stringify({ path: "/transactions", method: "POST", kind: "lose_reply", times: 1 })
    })
    const send = (): Promise<Response> =>
      fetch(`${world.sandbox.url}/transactions`, {
        method: "POST",
        body: new URLSearchParams({ tx })
      })
    const tx = noteFrom(world, owner)

    await expect(send()).rejects.toThrow("fetch failed")

    expect(disturb.status).toBe(200)
    expect(await (await send()).json()).toMatchObject({ successful: true })
  })

  it("I8: every third call answered by another status, until it is cleared", async () => {
    const { sandbox } = await startWorld()
    sandbox.disturbances.add({ path: "/fee_stats", kind: "answer", status: 503, every: 3, retry_after: "1" })
    const ask = async (): Promise<number> => (await fetch(`${sandbox.url}/fee_stats`)).status
    const statuses: Array<number> = []
    for (let call = 0; call < 6; call++) statuses.push(await ask())
    await fetch(`${sandbox.url}/sandbox/disturb`, { method: "DELETE" })
    for (let call = 0; call < 3; call++) statuses.push(await ask())

    expect(statuses).toEqual([200, 200, 503, 200, 200, 503, 200, 200, 200])
  })

  it("I9: a line that is cut, and one that hangs until the sandbox ends", async () => {
    const { sandbox } = await startWorld()
    sandbox.disturbances.add({ path: "/ledgers", kind: "cut" })
    sandbox.disturbances.add({ path: "/payments", kind: "hang" })

    await expect(fetch(`${sandbox.url}/ledgers`)).rejects.toThrow("fetch failed")
    const hanging = fetch(`${sandbox.url}/payments`)
    const outcome = expect(hanging).rejects.toThrow("fetch failed")
    await fetch(`${sandbox.url}/fee_stats`)
    await sandbox.close()

    await outcome
  })
})

describe("a sandbox ends", () => {
  it("with its scope: streams say goodbye and the port is free", async () => {
    const scope = await Effect.runPromise(Scope.make())
    const sandbox = await Effect.runPromise(
      SandboxServer.scoped({ closeEverySeconds: null }).pipe(Effect.provideService(Scope.Scope, scope))
    )
    const stream = await fetch(`${sandbox.url}/payments?cursor=now`, {
      headers: { accept: "text/event-stream" }
    })

    await Effect.runPromise(Scope.close(scope, Exit.void))

    expect(await stream.text()).toContain('event: close\ndata: "byebye"')
    await expect(fetch(sandbox.url)).rejects.toThrow("fetch failed")
    const again = await SandboxServer.start({ port: Number(new URL(sandbox.url).port) })
    await again.close()
  })

  it("as a layer's service as well, and refuses with what was wrong when it cannot start", async () => {
    const passphrase = await Effect.runPromise(
      Effect.gen(function* () {
        const sandbox = yield* SandboxServer
        return sandbox.passphrase
      }).pipe(Effect.provide(SandboxServer.layer({ passphrase: "Mine ; 2026" })))
    )
    const { sandbox } = await startWorld()
    const port = Number(new URL(sandbox.url).port)
    const refusal = await Effect.runPromise(Effect.flip(Effect.scoped(SandboxServer.scoped({ port }))))

    expect(passphrase).toBe("Mine ; 2026")
    expect(refusal._tag).toBe("SandboxUnavailable")
    expect(refusal.message).toContain("EADDRINUSE")
  })

  it("twice without complaint", async () => {
    const sandbox = await SandboxServer.start()

    await Promise.all([sandbox.close(), sandbox.close()])

    await expect(fetch(sandbox.url)).rejects.toThrow("fetch failed")
  })
})

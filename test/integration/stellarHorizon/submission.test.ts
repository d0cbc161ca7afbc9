// What is submitted to a ledger with real transactions behind Horizon's interface, and what can be learned of it afterwards.
import { Asset, Keypair, Operation } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { layerWith } from "../../../adapters/stellar-horizon/Horizon.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import { StellarNetwork } from "../../../src/ports/StellarNetwork.ts"
import { StellarSubmission } from "../../../src/ports/StellarSubmission.ts"
import { buildRefund, type RefundOrder } from "../../../src/stellar/buildRefund.ts"
import { bumpFee } from "../../../src/stellar/bumpFee.ts"
import {
  problem,
  type Script,
  type ScriptedHorizon,
  startScriptedHorizon
} from "../../support/ScriptedHorizon.ts"
import { rootRecord } from "../../support/horizonRecords.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { fundedKeypair, startWorld, type World } from "../sandbox/world.ts"

type Port = StellarSubmission["Service"]

const use = <A, E>({ sandbox }: World, work: (ledger: Port) => Effect.Effect<A, E>) =>
  Effect.runPromise(
    StellarSubmission.use(work).pipe(
      Effect.provide(layerWith({ url: new URL(sandbox.url), passphrase: sandbox.passphrase }))
    )
  )

const numberOf = ({ sandbox }: World, keypair: Keypair): bigint =>
  sandbox.ledger.account(keypair.publicKey())?.sequence ?? 0n

/** We have a hundred, the payer trusts. */
const begin = async (options: Parameters<typeof startWorld>[0] = {}) => {
  const world = await startWorld(options)
  const we = await fundedKeypair(world, 100_0000000n)
  const payer = await fundedKeypair(world, 1n)
  const order = (over: Partial<RefundOrder> = {}): RefundOrder => ({
    source: we.publicKey(),
    sequence: (numberOf(world, we) + 1n).toString(),
    from: we.publicKey(),
    destination: payer.publicKey(),
    asset: { code: world.usdc.code, issuer: world.usdc.issuer ?? "" },
    amount: amount("25"),
    memo: { type: "text", value: "order 7" },
    passphrase: world.sandbox.passphrase,
    fee: "100",
    minTime: 0,
    maxTime: world.sandbox.ledger.tip.closedAt + 180,
    ...over
  })
  const signed = (over: Partial<RefundOrder> = {}, signers: ReadonlyArray<Keypair> = [we]) => {
    const built = buildRefund(order(over))
    const signatures = signers.map((key) => ({
      publicKey: key.publicKey(),
      signature: key.sign(built.bytes)
    }))
    return { hash: built.hash, envelope: built.signed(signatures) }
  }
  const submit = (envelope: string) => use(world, (ledger) => ledger.submit(envelope))
  const ended = async (hash: string) => {
    await world.sandbox.ledger.close()
    return use(world, (ledger) => ledger.transaction(hash))
  }
  return { world, we, payer, signed, submit, ended }
}

const change = async (
  world: World,
  by: Keypair,
  operations: Parameters<typeof transactionOf>[0]["operations"]
) =>
  world.server.submitTransaction(
    transactionOf({
      passphrase: world.sandbox.passphrase,
      sequence: numberOf(world, by) + 1n,
      operations,
      signers: [by]
    })
  )

describe("submission to Horizon on the sandbox", () => {
  it("an envelope is taken, taken again, and found by its hash once a ledger holds it (S31-REF-07, S1)", async () => {
    const { ended, payer, signed, submit, world } = await begin({ closeWhenPendingMs: null })
    const { envelope, hash } = signed()

    expect(await use(world, (ledger) => ledger.transaction(hash))).toBeNull()
    expect(await submit(envelope)).toEqual({ _tag: "Taken" })
    expect(await submit(envelope)).toEqual({ _tag: "Taken" })
    expect(await ended(hash)).toEqual({
      successful: true,
      ledger: world.sandbox.ledger.tip.sequence,
      codes: []
    })
    const { records } = await world.server
      .payments()
      .forAccount(payer.publicKey())
      .order("desc")
      .limit(1)
      .call()
    expect(records[0]).toMatchObject({ amount: "25.0000000", transaction_hash: hash })
  })

  it("submitted after its ledger closed it is tx_bad_seq, and still found by its hash (S2)", async () => {
    const { ended, signed, submit } = await begin()
    const { envelope, hash } = signed()
    await submit(envelope)
    await ended(hash)

    expect(await submit(envelope)).toMatchObject({ _tag: "Refused", code: "tx_bad_seq" })
    expect(await ended(hash)).toMatchObject({ successful: true })
  })

  it.each<[string, Partial<RefundOrder>, string]>([
    ["a number that is used up", { sequence: "1" }, "tx_bad_seq"],
    ["a fee that is too low", { fee: "50" }, "tx_insufficient_fee"],
    ["a bound that is past", { maxTime: 1 }, "tx_too_late"],
    ["a source that is not there", { source: Keypair.random().publicKey() }, "tx_no_source_account"]
  ])("%s is refused by its code (S4, S5)", async (_, over, code) => {
    const { signed, submit } = await begin()
    expect(await submit(signed(over).envelope)).toEqual({ _tag: "Refused", code, operations: [] })
  })

  it("a signature of another key is refused", async () => {
    const { signed, submit } = await begin()
    const { envelope } = signed({}, [Keypair.random()])
    expect(await submit(envelope)).toMatchObject({ _tag: "Refused", code: "tx_bad_auth" })
  })

  it("what is no envelope is refused, not asked about for ever", async () => {
    const { submit } = await begin()
    expect(await submit("bm8gZW52ZWxvcGU=")).toEqual({
      _tag: "Refused",
      code: "tx_malformed",
      operations: []
    })
  })

  it("a payment that a ledger failed is found by its hash, with the codes (S6, S9)", async () => {
    const { ended, payer, signed, submit, we, world } = await begin()
    const tooMuch = signed({ amount: amount("1000") })
    await submit(tooMuch.envelope)
    expect(await ended(tooMuch.hash)).toMatchObject({
      successful: false,
      codes: ["tx_failed", "op_underfunded"]
    })

    await change(world, payer, [
      Operation.payment({ destination: we.publicKey(), asset: world.usdc, amount: "0.0000001" }),
      Operation.changeTrust({ asset: world.usdc, limit: "0" })
    ])
    const untrusted = signed()
    await submit(untrusted.envelope)
    expect(await ended(untrusted.hash)).toMatchObject({
      successful: false,
      codes: ["tx_failed", "op_no_trust"]
    })
  })

  it("inside a fee bump it is taken, and found by its own hash (S4)", async () => {
    const { ended, signed, submit, we, world } = await begin()
    const { envelope, hash } = signed({ fee: "50" })
    const bump = bumpFee({
      envelope,
      payer: we.publicKey(),
      feePerOperation: 400,
      passphrase: world.sandbox.passphrase
    })
    const outer = bump.signed([{ publicKey: we.publicKey(), signature: we.sign(bump.bytes) }])

    expect(bump.hash).not.toBe(hash)
    expect(await submit(outer)).toEqual({ _tag: "Taken" })
    expect(await ended(hash)).toMatchObject({ successful: true })
  })

  it("a channel account lends its number, and the receiving account pays", async () => {
    const { ended, payer, signed, submit, we, world } = await begin()
    const channel = await fundedKeypair(world, 1n)
    const { envelope, hash } = signed(
      { source: channel.publicKey(), sequence: (numberOf(world, channel) + 1n).toString() },
      [channel, we]
    )
    await submit(envelope)
    expect(await ended(hash)).toMatchObject({ successful: true })
    const { records } = await world.server
      .payments()
      .forAccount(payer.publicKey())
      .order("desc")
      .limit(1)
      .call()
    expect(records[0]).toMatchObject({ from: we.publicKey(), source_account: we.publicKey() })
  })

  it("our own refund is no credit to us (S11, S31-PAY-03)", async () => {
    const { ended, signed, submit, we, world } = await begin()
    const layer = layerWith({ url: new URL(world.sandbox.url), passphrase: world.sandbox.passphrase })
    const ask = <A, E>(work: (network: StellarNetwork["Service"]) => Effect.Effect<A, E>) =>
      Effect.runPromise(StellarNetwork.use(work).pipe(Effect.provide(layer)))
    const from = await ask((network) => network.tip(we.publicKey()))
    const { envelope, hash } = signed()
    await submit(envelope)
    expect(await ended(hash)).toMatchObject({ successful: true })

    const page = await ask((network) => network.page(we.publicKey(), from, 200))
    expect(page.transactions).toBe(1)
    expect(page.credits).toEqual([])
    expect(page.unreadable).toEqual([])
  })

  it("a server without /transactions_async is given the envelope by /transactions", async () => {
    const { ended, signed, submit, world } = await begin()
    world.sandbox.disturbances.add({
      path: "/transactions_async",
      kind: "answer",
      status: 404,
      body: JSON.stringify({ type: "https://stellar.org/horizon-errors/not_found", title: "x", status: 404 })
    })
    const { envelope, hash } = signed()
    expect(await submit(envelope)).toEqual({ _tag: "Taken" })
    expect(await ended(hash)).toMatchObject({ successful: true })
    expect(await submit(signed({ sequence: "1" }).envelope)).toMatchObject({
      _tag: "Refused",
      code: "tx_bad_seq"
    })
    const failing = signed({ amount: amount("1000") })
    expect(await submit(failing.envelope)).toEqual({
      _tag: "Refused",
      code: "tx_failed",
      operations: ["op_underfunded"]
    })
  })

  it("an account tells its number, what it holds and may hold, and whether it wants a memo", async () => {
    const { payer, world } = await begin()
    await change(world, payer, [Operation.manageData({ name: "config.memo_required", value: "1" })])
    const asset = { code: world.usdc.code, issuer: world.usdc.issuer ?? "" }

    const account = await use(world, (ledger) => ledger.account(payer.publicKey()))
    expect(account).toMatchObject({ sequence: numberOf(world, payer).toString(), isMemoRequired: true })
    expect(account?.balances).toContainEqual({
      asset,
      balance: "0.0000001",
      limit: "922337203685.4775807",
      isAuthorized: true
    })
    const native = account?.balances.find(({ asset: { issuer } }) => issuer === null)
    expect(native).toMatchObject({
      asset: { code: Asset.native().getCode() === "XLM" ? "native" : "?" },
      limit: null
    })
    expect(await use(world, (ledger) => ledger.account(Keypair.random().publicKey()))).toBeNull()
  })

  it("the newest ledger, the oldest one and the price of an operation are told", async () => {
    const { world } = await begin()
    const { tip } = world.sandbox.ledger
    expect(await use(world, (ledger) => ledger.newest)).toEqual({
      sequence: tip.sequence,
      closedAtMillis: tip.closedAt * 1000,
      fee: 100
    })
    const first = world.sandbox.ledger.history.ledger(1)
    expect(await use(world, (ledger) => ledger.keptSinceMillis)).toBe((first?.closedAt ?? 0) * 1000)
  })
})

describe("submission: what stands in between", () => {
  const open: Array<ScriptedHorizon> = []
  afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

  const submitTo = async (script: Script, passphrase = "p") => {
    const server = await startScriptedHorizon(script)
    open.push(server)
    return Effect.runPromise(
      StellarSubmission.use((ledger) => ledger.submit("AAAA")).pipe(
        Effect.result,
        Effect.provide(layerWith({ url: server.url, passphrase, timeoutSeconds: 1 }))
      )
    )
  }

  it.each<[string, Script]>([
    ["Horizon's own time-out", () => problem(504, "Timeout")],
    ["TRY_AGAIN_LATER", () => ({ status: 503, json: { tx_status: "TRY_AGAIN_LATER", hash: "x" } })],
    ["a page of HTML with status 400", () => ({ status: 400, text: "<html>no</html>" })],
    ["a page of HTML with status 404", () => ({ status: 404, text: "<html>no such app</html>" })],
    ["a problem that is none of the network's", () => problem(400, "Bad Request")],
    ["a status nobody knows", () => ({ status: 201, json: { tx_status: "PERHAPS" } })],
    [
      "an error without a result",
      () => ({ status: 400, json: { tx_status: "ERROR", error_result_xdr: "AAAA" } })
    ],
    ["too many requests", () => ({ status: 429, headers: { "retry-after": "0" }, json: {} })],
    ["a hang-up", () => "reset"],
    ["silence", () => "silence"]
  ])("%s says nothing of what became of the envelope (S1)", async (_, script) => {
    expect(await submitTo(script)).toMatchObject({ _tag: "Failure", failure: { _tag: "LedgerUnavailable" } })
  })

  it("a ledger of another network proves nothing about ours", async () => {
    const server = await startScriptedHorizon((url) => ({
      json: url.pathname === "/" ? rootRecord(900) : {}
    }))
    open.push(server)
    const newest = await Effect.runPromise(
      StellarSubmission.use((ledger) => ledger.newest).pipe(
        Effect.result,
        Effect.provide(layerWith({ url: server.url, passphrase: "another" }))
      )
    )
    expect(newest).toMatchObject({ _tag: "Failure", failure: { _tag: "LedgerUnavailable" } })
  })
})

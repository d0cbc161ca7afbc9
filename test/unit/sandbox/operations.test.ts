// What does each operation do to the ledger, and by which code does it fail? The codes are the network's.
import { Account, Asset, Claimant, Keypair, MuxedAccount, Operation, xdr } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { LedgerWorld } from "./ledgerWorld.ts"

const UNIT = 10_000_000n

describe("a payment", () => {
  it("moves exactly its amount of the asset and takes the fee in lumens", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(100n * UNIT), await world.holder(1n * UNIT)]
    const pay = Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount: "99.9999999" })

    expect(await world.outcomeOf(world.envelope({ operations: [pay], signers: [from] }))).toBe(
      "tx_success op_success"
    )

    expect(world.balanceOf(from, world.usdc)).toBe(1n)
    expect(world.balanceOf(to, world.usdc)).toBe(101n * UNIT - 1n)
    expect(world.balanceOf(from, "native")).toBe(10_000n * UNIT - 100n)
  })

  it.each([
    ["op_underfunded", "more than it has", "100.0000001", "holder"],
    ["op_no_trust", "to one without a trust line", "1", "account"],
    ["op_no_destination", "to nobody", "1", "nobody"]
  ] as const)("fails with %s: %s", async (code, _, amount, kind) => {
    const world = await LedgerWorld.make()
    const from = await world.holder(100n * UNIT)
    const to =
      kind === "nobody"
        ? Keypair.random()
        : kind === "holder"
          ? await world.holder(1n)
          : await world.account()
    const pay = Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount })

    expect(await world.outcomeOf(world.envelope({ operations: [pay], signers: [from] }))).toBe(
      `tx_failed ${code}`
    )

    expect(world.balanceOf(from, world.usdc)).toBe(100n * UNIT)
    expect(world.balanceOf(from, "native")).toBe(10_000n * UNIT - 100n)
  })

  it("fails with op_src_no_trust, op_line_full, op_not_authorized", async () => {
    const world = await LedgerWorld.make()
    const [holder, stranger, small] = [
      await world.holder(100n * UNIT),
      await world.account(),
      await world.account()
    ]
    const trust = Operation.changeTrust({ asset: world.usdc, limit: "5" })
    await world.include(world.envelope({ operations: [trust], signers: [small] }))
    const pay = (to: Keypair, amount: string) =>
      Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount })
    const outcome = (from: Keypair, to: Keypair, amount: string): Promise<string> =>
      world.outcomeOf(world.envelope({ operations: [pay(to, amount)], signers: [from] }))

    expect(await outcome(stranger, holder, "1")).toBe("tx_failed op_src_no_trust")
    expect(await outcome(holder, small, "5.0000001")).toBe("tx_failed op_line_full")
    expect(await outcome(holder, small, "5")).toBe("tx_success op_success")

    const strict = Operation.setOptions({ setFlags: 3 })
    const revoke = Operation.setTrustLineFlags({
      trustor: small.publicKey(),
      asset: world.usdc,
      flags: { authorized: false }
    })
    const { issuer } = world.faucet
    await world.include(world.envelope({ operations: [strict, revoke], signers: [issuer] }))
    expect(await outcome(small, holder, "1")).toBe("tx_failed op_src_not_authorized")
    expect(await outcome(holder, small, "1")).toBe("tx_failed op_not_authorized")
  })

  it("fails with op_underfunded when lumens would fall below the reserve", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.account(), await world.account()]
    const all = Operation.payment({
      destination: to.publicKey(),
      asset: Asset.native(),
      amount: "9999.0000000"
    })

    expect(await world.outcomeOf(world.envelope({ operations: [all], signers: [from] }))).toBe(
      "tx_failed op_underfunded"
    )
  })

  it("tells the ids of muxed accounts, and is in the history of the accounts beneath", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(10n * UNIT), await world.holder(1n)]
    const muxed = (keypair: Keypair, id: string): string =>
      new MuxedAccount(new Account(keypair.publicKey(), "0"), id).accountId()
    const [fromMuxed, toMuxed] = [muxed(from, "7"), muxed(to, "18446744073709551615")]
    const pay = Operation.payment({ destination: toMuxed, asset: world.usdc, amount: "1" })

    await world.include(
      world.envelope({
        source: fromMuxed,
        sequence: world.sequenceOf(from) + 1n,
        operations: [pay],
        signers: [from]
      })
    )

    const received = world.ledger.history.ofAccount(to.publicKey())?.payments.last
    expect(received?.details).toMatchObject({
      from: from.publicKey(),
      from_muxed: fromMuxed,
      from_muxed_id: "7",
      to: to.publicKey(),
      to_muxed: toMuxed,
      to_muxed_id: "18446744073709551615"
    })
    expect(received?.transaction.source).toEqual({
      id: from.publicKey(),
      muxed: { address: fromMuxed, id: "7" }
    })
  })
})

describe("a transaction of several operations", () => {
  it("records each under its own total order id, in the order given", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(10n * UNIT), await world.holder(1n)]
    const pay = (amount: string) =>
      Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount })

    const included = await world.include(
      world.envelope({ operations: [pay("1"), pay("2"), pay("3")], signers: [from] })
    )

    const ledger = BigInt(world.ledger.tip.sequence)
    const page = world.ledger.history.ofAccount(to.publicKey())?.payments.page({
      cursor: undefined,
      order: "desc",
      limit: 3
    })
    expect(included.position).toBe((ledger << 32n) | (1n << 12n))
    expect(page?.map(({ position, details }) => [position, details["amount"]])).toEqual([
      [(ledger << 32n) | (1n << 12n) | 3n, "3.0000000"],
      [(ledger << 32n) | (1n << 12n) | 2n, "2.0000000"],
      [(ledger << 32n) | (1n << 12n) | 1n, "1.0000000"]
    ])
    expect(world.balanceOf(to, world.usdc)).toBe(6n * UNIT + 1n)
    expect(included.feeCharged).toBe(300n)
  })

  it("has none of its effects when one operation fails", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(10n * UNIT), await world.holder(1n)]
    const pay = (amount: string) =>
      Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount })

    const outcome = await world.outcomeOf(
      world.envelope({ operations: [pay("1"), pay("100"), pay("2")], signers: [from] })
    )

    expect(outcome).toBe("tx_failed op_success op_underfunded op_success")
    expect(world.balanceOf(to, world.usdc)).toBe(1n)
    expect(world.ledger.history.ofAccount(to.publicKey())?.effects.last?.effect.details["amount"]).toBe(
      "0.0000001"
    )
  })

  it("tells its result in XDR that stellar-sdk reads", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(10n * UNIT), await world.account()]
    const pay = Operation.payment({ destination: to.publicKey(), asset: world.usdc, amount: "1" })
    const swap = Operation.pathPaymentStrictSend({
      sendAsset: world.usdc,
      sendAmount: "1",
      destination: from.publicKey(),
      destAsset: Asset.native(),
      destMin: "1"
    })

    const failed = await world.include(world.envelope({ operations: [swap, pay], signers: [from] }))
    const succeeded = await world.include(world.envelope({ operations: [swap], signers: [from] }))

    const read = (result: string) => xdr.TransactionResult.fromXdr(result, "base64").toJson()
    expect(read(failed.resultXdr)).toMatchObject({
      result: { tx_failed: [{ op_inner: { path_payment_strict_send: { success: {} } } }, { op_inner: {} }] }
    })
    expect(JSON.stringify(read(failed.resultXdr))).toContain("no_trust")
    expect(JSON.stringify(read(succeeded.resultXdr))).toContain('"amount":"10000000"')
  })
})

describe("a path payment", () => {
  it("strict send delivers what the rate gives, and names both amounts", async () => {
    const world = await LedgerWorld.make({ "USDC/EURC": "0.9" })
    const [from, to] = [await world.holder(100n * UNIT), await world.account()]
    const trust = Operation.changeTrust({ asset: world.eurc })
    await world.include(world.envelope({ operations: [trust], signers: [to] }))
    const send = (destMin: string) =>
      Operation.pathPaymentStrictSend({
        sendAsset: world.usdc,
        sendAmount: "10",
        destination: to.publicKey(),
        destAsset: world.eurc,
        destMin
      })

    const short = await world.outcomeOf(world.envelope({ operations: [send("9.1")], signers: [from] }))
    await world.include(world.envelope({ operations: [send("9")], signers: [from] }))

    expect(short).toBe("tx_failed op_under_dest_min")
    expect(world.balanceOf(to, world.eurc)).toBe(9n * UNIT)
    expect(world.balanceOf(from, world.usdc)).toBe(90n * UNIT)
    expect(world.ledger.history.all.payments.last?.details).toMatchObject({
      amount: "9.0000000",
      source_amount: "10.0000000",
      source_asset_code: "USDC",
      asset_code: "EURC"
    })
  })

  it("strict receive takes what the rate asks, rounded up, and no more than the maximum", async () => {
    const world = await LedgerWorld.make({ "USDC/EURC": "3" })
    const [from, to] = [await world.holder(100n * UNIT), await world.account()]
    const trust = Operation.changeTrust({ asset: world.eurc })
    await world.include(world.envelope({ operations: [trust], signers: [to] }))
    const receive = (sendMax: string) =>
      Operation.pathPaymentStrictReceive({
        sendAsset: world.usdc,
        sendMax,
        destination: to.publicKey(),
        destAsset: world.eurc,
        destAmount: "10"
      })

    const short = await world.outcomeOf(
      world.envelope({ operations: [receive("3.3333333")], signers: [from] })
    )
    await world.include(world.envelope({ operations: [receive("3.3333334")], signers: [from] }))

    expect(short).toBe("tx_failed op_over_source_max")
    expect(world.balanceOf(to, world.eurc)).toBe(10n * UNIT)
    expect(world.balanceOf(from, world.usdc)).toBe(100n * UNIT - 33_333_334n)
  })
})

describe("an account", () => {
  it("is created by a payment of at least its reserve, once", async () => {
    const world = await LedgerWorld.make()
    const [owner, fresh] = [await world.account(), Keypair.random()]
    const create = (startingBalance: string) =>
      Operation.createAccount({ destination: fresh.publicKey(), startingBalance })
    const outcome = (startingBalance: string): Promise<string> =>
      world.outcomeOf(world.envelope({ operations: [create(startingBalance)], signers: [owner] }))

    expect(await outcome("0.9999999")).toBe("tx_failed op_low_reserve")
    expect(await outcome("1")).toBe("tx_success op_success")
    expect(await outcome("1")).toBe("tx_failed op_already_exists")
    expect(world.ledger.account(fresh.publicKey())?.sequence).toBe(
      BigInt(world.ledger.tip.sequence - 1) << 32n
    )
  })

  it("merges its lumens into another and is gone, but not with a trust line left", async () => {
    const world = await LedgerWorld.make()
    const [leaving, into, holder] = [await world.account(), await world.account(), await world.holder(1n)]
    const merge = Operation.accountMerge({ destination: into.publicKey() })

    expect(await world.outcomeOf(world.envelope({ operations: [merge], signers: [holder] }))).toBe(
      "tx_failed op_has_sub_entries"
    )
    await world.include(world.envelope({ operations: [merge], signers: [leaving] }))

    expect(world.ledger.account(leaving.publicKey())).toBeUndefined()
    expect(world.balanceOf(into, "native")).toBe(20_000n * UNIT - 100n)
    expect(world.ledger.history.ofAccount(into.publicKey())?.payments.last).toMatchObject({
      name: "account_merge",
      details: { account: leaving.publicKey(), into: into.publicKey() }
    })
  })

  it("keeps data entries and a home domain, and gives them up again", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const include = (operation: Parameters<LedgerWorld["envelope"]>[0]["operations"][number]) =>
      world.outcomeOf(world.envelope({ operations: [operation], signers: [owner] }))

    await include(Operation.manageData({ name: "config.memo_required", value: "1" }))
    await include(Operation.setOptions({ homeDomain: "anchor.example" }))
    const held = world.ledger.account(owner.publicKey())
    await include(Operation.manageData({ name: "config.memo_required", value: null }))

    expect(held?.data.get("config.memo_required")).toBe("MQ==")
    expect(held?.homeDomain).toBe("anchor.example")
    expect(world.ledger.account(owner.publicKey())?.data.size).toBe(0)
    expect(await include(Operation.manageData({ name: "none", value: null }))).toBe(
      "tx_failed op_data_name_not_found"
    )
  })

  it("gives up a trust line only when it is empty", async () => {
    const world = await LedgerWorld.make()
    const holder = await world.holder(UNIT)
    const giveUp = Operation.changeTrust({ asset: world.usdc, limit: "0" })
    const back = Operation.payment({
      destination: world.faucet.issuer.publicKey(),
      asset: world.usdc,
      amount: "1"
    })

    expect(await world.outcomeOf(world.envelope({ operations: [giveUp], signers: [holder] }))).toBe(
      "tx_failed op_invalid_limit"
    )
    expect(await world.outcomeOf(world.envelope({ operations: [back, giveUp], signers: [holder] }))).toBe(
      "tx_success op_success op_success"
    )
    expect(world.balanceOf(holder, world.usdc)).toBeUndefined()
  })
})

describe("a claimable balance", () => {
  it("is claimed by its claimant alone, once, into a trust line", async () => {
    const world = await LedgerWorld.make()
    const [from, to, other] = [await world.holder(10n * UNIT), await world.holder(1n), await world.account()]
    const create = Operation.createClaimableBalance({
      asset: world.usdc,
      amount: "4",
      claimants: [new Claimant(to.publicKey()), new Claimant(from.publicKey())]
    })
    await world.include(world.envelope({ operations: [create], signers: [from] }))
    const [balance] = Array.from(world.ledger.claimableBalances())
    const claim = Operation.claimClaimableBalance({ balanceId: balance?.id ?? "" })
    const outcome = (signer: Keypair): Promise<string> =>
      world.outcomeOf(world.envelope({ operations: [claim], signers: [signer] }))

    expect(balance).toMatchObject({ amount: 4n * UNIT, sponsor: from.publicKey() })
    expect(await outcome(other)).toBe("tx_failed op_cannot_claim")
    expect(await outcome(to)).toBe("tx_success op_success")
    expect(await outcome(from)).toBe("tx_failed op_does_not_exist")
    expect(world.balanceOf(to, world.usdc)).toBe(4n * UNIT + 1n)
    expect(world.balanceOf(from, world.usdc)).toBe(6n * UNIT)
  })

  it("is claimed only while its predicate holds, a relative one from its creation on", async () => {
    const world = await LedgerWorld.make()
    const [from, to] = [await world.holder(10n * UNIT), await world.holder(1n)]
    const soon = Claimant.predicateBeforeRelativeTime("60")
    const create = (predicate: typeof soon) =>
      Operation.createClaimableBalance({
        asset: world.usdc,
        amount: "1",
        claimants: [new Claimant(to.publicKey(), predicate)]
      })
    const operations = [create(soon), create(Claimant.predicateNot(soon))]
    await world.include(world.envelope({ operations, signers: [from] }))
    const ids = Array.from(world.ledger.claimableBalances(), ({ id }) => id)
    world.clock.seconds += 60
    const outcomes: Array<string> = []
    for (const balanceId of ids) {
      const claim = Operation.claimClaimableBalance({ balanceId })
      outcomes.push(await world.outcomeOf(world.envelope({ operations: [claim], signers: [to] })))
    }

    expect(outcomes).toEqual(["tx_failed op_cannot_claim", "tx_success op_success"])
  })
})

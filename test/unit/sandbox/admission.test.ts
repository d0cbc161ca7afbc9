// Which envelopes does the ledger refuse before they cost anything? One claim for each rule the network has.
import { Keypair, Operation, TransactionBuilder } from "@stellar/stellar-sdk"
import type { Transaction } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { LedgerWorld, START } from "./ledgerWorld.ts"

const nothing = Operation.bumpSequence({ bumpTo: "0" })

describe("an envelope is refused", () => {
  it("tx_bad_auth: when another key has signed it", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const thief = Keypair.random()

    const xdr = world.envelope({
      source: owner.publicKey(),
      sequence: world.sequenceOf(owner) + 1n,
      operations: [nothing],
      signers: [thief]
    })

    expect(world.verdictOf(xdr)).toBe("tx_bad_auth")
  })

  it("tx_bad_auth: when it is signed for another network", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()

    const xdr = world.envelope({
      passphrase: "Public Global Stellar Network ; September 2015",
      operations: [nothing],
      signers: [owner]
    })

    expect(world.verdictOf(xdr)).toBe("tx_bad_auth")
  })

  it("tx_bad_auth_extra: when a signature is one too many", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()

    const xdr = world.envelope({ operations: [nothing], signers: [owner, Keypair.random()] })

    expect(world.verdictOf(xdr)).toBe("tx_bad_auth_extra")
  })

  it("op_bad_auth: when its signers weigh less than the threshold, and not once enough have signed", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const cosigner = Keypair.random()
    const shared = Operation.setOptions({
      medThreshold: 2,
      signer: { ed25519PublicKey: cosigner.publicKey(), weight: 1 }
    })
    await world.include(world.envelope({ operations: [shared], signers: [owner] }))
    const payment = Operation.createAccount({
      destination: Keypair.random().publicKey(),
      startingBalance: "5"
    })

    const alone = world.envelope({ operations: [payment], signers: [owner] })
    const together = world.envelope({ operations: [payment], signers: [owner, cosigner] })

    expect(world.verdictOf(alone)).toBe("tx_failed op_bad_auth")
    expect(world.verdictOf(together)).toBe("pending")
  })

  it("tx_bad_auth: when the key that signs was given no weight any more", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const heir = Keypair.random()
    const handOver = Operation.setOptions({
      masterWeight: 0,
      signer: { ed25519PublicKey: heir.publicKey(), weight: 1 }
    })
    await world.include(world.envelope({ operations: [handOver], signers: [owner] }))
    const next = { source: owner.publicKey(), sequence: world.sequenceOf(owner) + 1n, operations: [nothing] }

    expect(world.verdictOf(world.envelope({ ...next, signers: [owner] }))).toBe("tx_bad_auth")
    expect(world.verdictOf(world.envelope({ ...next, signers: [heir] }))).toBe("pending")
  })

  it.each([
    ["the account's own", 0n],
    ["one too far", 2n]
  ])("tx_bad_seq: when its number is %s", async (_, ahead) => {
    const world = await LedgerWorld.make()
    const owner = await world.account()

    const sequence = world.sequenceOf(owner) + ahead

    expect(world.verdictOf(world.envelope({ sequence, operations: [nothing], signers: [owner] }))).toBe(
      "tx_bad_seq"
    )
  })

  it("tx_bad_seq: when its number is used up, also by a failed transaction", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const sequence = world.sequenceOf(owner) + 1n
    const failing = Operation.payment({
      destination: Keypair.random().publicKey(),
      asset: world.usdc,
      amount: "1"
    })
    await world.include(world.envelope({ sequence, operations: [failing], signers: [owner] }))

    expect(world.verdictOf(world.envelope({ sequence, operations: [nothing], signers: [owner] }))).toBe(
      "tx_bad_seq"
    )
  })

  it("tx_too_late, tx_too_early: outside its time bounds, to the second", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const wish = { operations: [nothing], signers: [owner] }

    expect(world.verdictOf(world.envelope({ ...wish, maxTime: START - 1 }))).toBe("tx_too_late")
    expect(world.verdictOf(world.envelope({ ...wish, minTime: START + 1 }))).toBe("tx_too_early")
    expect(world.verdictOf(world.envelope({ ...wish, minTime: START, maxTime: START }))).toBe("pending")
  })

  it("tx_insufficient_fee, tx_missing_operation, tx_no_source_account", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const nobody = Keypair.random()

    const cheap = world.envelope({ fee: "99", operations: [nothing], signers: [owner] })
    const empty = world.envelope({ operations: [], signers: [owner] })
    const homeless = world.envelope({ sequence: 1n, operations: [nothing], signers: [nobody] })

    expect(world.verdictOf(cheap)).toBe("tx_insufficient_fee")
    expect(world.verdictOf(empty)).toBe("tx_missing_operation")
    expect(world.verdictOf(homeless)).toBe("tx_no_source_account")
  })

  it("tx_insufficient_balance: when the fee would touch the reserve", async () => {
    const world = await LedgerWorld.make()
    const rich = await world.account()
    const poor = Keypair.random()
    const create = Operation.createAccount({ destination: poor.publicKey(), startingBalance: "1" })
    await world.include(world.envelope({ operations: [create], signers: [rich] }))

    expect(world.verdictOf(world.envelope({ operations: [nothing], signers: [poor] }))).toBe(
      "tx_insufficient_balance"
    )
  })

  it("as malformed: when it is no envelope", async () => {
    const world = await LedgerWorld.make()

    expect(world.ledger.submit("bm90IGFuIGVudmVsb3Bl").status).toBe("malformed")
    expect(world.ledger.submit("").status).toBe("malformed")
  })

  it("op_not_supported: when it asks for something the sandbox has not", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const offer = Operation.manageSellOffer({
      selling: world.usdc,
      buying: world.eurc,
      amount: "1",
      price: "1"
    })

    expect(world.verdictOf(world.envelope({ operations: [offer], signers: [owner] }))).toBe(
      "tx_failed op_not_supported"
    )
  })
})

describe("a fee bump", () => {
  const bump = (world: LedgerWorld, payer: Keypair, fee: string, inner: Transaction): string => {
    const transaction = TransactionBuilder.buildFeeBumpTransaction(payer, fee, inner, world.ledger.passphrase)
    transaction.sign(payer)
    return transaction.toEnvelope().toXdr("base64")
  }
  const innerOf = (world: LedgerWorld, xdr: string): Transaction => {
    const transaction = TransactionBuilder.fromXdr(xdr, world.ledger.passphrase)
    if ("innerTransaction" in transaction) throw new Error("already a fee bump")
    return transaction
  }

  it("is known by the outer hash, found by both, and paid by the fee account", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const payer = await world.account()
    const before = world.balanceOf(owner, "native")
    const inner = innerOf(world, world.envelope({ operations: [nothing], signers: [owner] }))

    const included = await world.include(bump(world, payer, "300", inner))

    const innerHash = Buffer.from(inner.hash()).toString("hex")
    expect(included.hash).not.toBe(innerHash)
    expect(world.ledger.history.transaction(innerHash)).toBe(included)
    expect(included.feeCharged).toBe(200n)
    expect(included.maxFee).toBe(600n)
    expect(world.balanceOf(owner, "native")).toBe(before)
    expect(world.balanceOf(payer, "native")).toBe(10_000_0000000n - 200n)
    expect(included.resultCodes).toEqual({
      transaction: "tx_fee_bump_inner_success",
      inner_transaction: "tx_success",
      operations: ["op_success"]
    })
  })

  it("tells of a failure inside as the inner transaction's", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const payer = await world.account()
    const stale = innerOf(world, world.envelope({ sequence: 1n, operations: [nothing], signers: [owner] }))

    expect(world.verdictOf(bump(world, payer, "300", stale))).toBe("tx_fee_bump_inner_failed tx_bad_seq")
  })

  it("is refused as itself when its payer has not signed", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const payer = await world.account()
    const inner = innerOf(world, world.envelope({ operations: [nothing], signers: [owner] }))
    const unsigned = TransactionBuilder.buildFeeBumpTransaction(payer, "300", inner, world.ledger.passphrase)

    expect(world.verdictOf(unsigned.toEnvelope().toXdr("base64"))).toBe("tx_bad_auth")
  })
})

describe("between submission and close", () => {
  it("several transactions of one account enter one ledger in their order", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const first = world.ledger.submit(world.envelope({ operations: [nothing], signers: [owner] }))
    const second = world.ledger.submit(world.envelope({ operations: [nothing], signers: [owner] }))

    const ledger = await world.ledger.close()

    expect([first.status, second.status]).toEqual(["pending", "pending"])
    expect(ledger.successfulCount).toBe(2)
  })

  it("a transaction whose time ran out is left out, costs nothing and leaves no trace", async () => {
    const world = await LedgerWorld.make()
    const owner = await world.account()
    const before = world.balanceOf(owner, "native")
    const xdr = world.envelope({ operations: [nothing], signers: [owner], maxTime: START + 5 })
    const submission = world.ledger.submit(xdr)
    world.clock.seconds = START + 6

    await world.ledger.close()

    if (submission.status !== "pending") throw new Error("it was not taken")
    expect(await submission.settled).toEqual({ status: "dropped" })
    expect(world.ledger.history.transaction(submission.hash)).toBeUndefined()
    expect(world.balanceOf(owner, "native")).toBe(before)
  })
})

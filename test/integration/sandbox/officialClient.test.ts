// Does stellar-sdk's own Horizon client work with the sandbox as with a real server? Over loopback, nothing mocked.
import { Keypair, Memo, Operation, TransactionBuilder } from "@stellar/stellar-sdk"
import type { Asset, Transaction } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { waitFor } from "../../support/waitFor.ts"
import { fundedKeypair, startWorld } from "./world.ts"
import type { World } from "./world.ts"

const timebounds = { minTime: 0, maxTime: 0 }

const paymentFrom = async (
  { server, sandbox, usdc }: World,
  sender: Keypair,
  to: string,
  options: { readonly amount?: string; readonly asset?: Asset; readonly memo?: Memo } = {}
): Promise<Transaction> => {
  const account = await server.loadAccount(sender.publicKey())
  const builder = new TransactionBuilder(account, {
    fee: "100",
    networkPassphrase: sandbox.passphrase,
    timebounds,
    ...(options.memo === undefined ? {} : { memo: options.memo })
  }).addOperation(
    Operation.payment({
      destination: to,
      asset: options.asset ?? usdc,
      amount: options.amount ?? "1"
    })
  )
  const transaction = builder.build()
  transaction.sign(sender)
  return transaction
}

describe("the official client", () => {
  it("pays, and finds the payment in the receiver's history", async () => {
    const world = await startWorld()
    const sender = await fundedKeypair(world, 1_000_0000000n)
    const receiver = await fundedKeypair(world, 1n)
    const transaction = await paymentFrom(world, sender, receiver.publicKey(), {
      amount: "12.5",
      memo: Memo.text("hello")
    })

    const submitted = await world.server.submitTransaction(transaction)

    const page = await world.server.payments().forAccount(receiver.publicKey()).order("desc").limit(1).call()
    expect(submitted.successful).toBe(true)
    expect(page.records[0]).toMatchObject({
      type: "payment",
      amount: "12.5000000",
      from: sender.publicKey(),
      transaction_hash: submitted.hash
    })
  })

  it("learns from a refused transaction which code refused it", async () => {
    const world = await startWorld()
    const sender = await fundedKeypair(world, 10n)
    const stale = transactionOf({
      passphrase: world.sandbox.passphrase,
      sequence: 5n,
      operations: [Operation.bumpSequence({ bumpTo: "6" })],
      signers: [sender]
    })

    await expect(world.server.submitTransaction(stale)).rejects.toMatchObject({
      response: { data: { extras: { result_codes: { transaction: "tx_bad_seq" } } } }
    })
  })

  it("learns from a failed payment the operation's code, and finds it in the history as failed", async () => {
    const world = await startWorld()
    const sender = await fundedKeypair(world, 10_0000000n)
    const stranger = Keypair.random()
    const transaction = await paymentFrom(world, sender, stranger.publicKey())

    await expect(world.server.submitTransaction(transaction)).rejects.toMatchObject({
      response: {
        status: 400,
        data: {
          extras: { result_codes: { transaction: "tx_failed", operations: ["op_no_destination"] } }
        }
      }
    })

    const hash = Buffer.from(transaction.hash()).toString("hex")
    const found = await world.server.transactions().transaction(hash).call()
    const plain = await world.server.payments().forAccount(sender.publicKey()).call()
    const withFailed = await world.server.payments().forAccount(sender.publicKey()).includeFailed(true).call()
    expect(found.successful).toBe(false)
    expect(withFailed.records.length).toBe(plain.records.length + 1)
  })

  it("gets the same answer when it submits a transaction again", async () => {
    const world = await startWorld()
    const sender = await fundedKeypair(world, 10_0000000n)
    const receiver = await fundedKeypair(world, 1n)
    const transaction = await paymentFrom(world, sender, receiver.publicKey())

    const first = await world.server.submitTransaction(transaction)
    const again = await world.server.submitTransaction(transaction)

    expect(again).toEqual(first)
    expect(world.sandbox.ledger.account(sender.publicKey())?.sequence).toBe(BigInt(transaction.sequence))
  })

  it("submits without waiting: pending, then duplicate, and once included tx_bad_seq", async () => {
    const world = await startWorld({ closeWhenPendingMs: null })
    const sender = await fundedKeypair(world, 10_0000000n)
    const receiver = await fundedKeypair(world, 1n)
    const transaction = await paymentFrom(world, sender, receiver.publicKey())

    const pending = await world.server.submitAsyncTransaction(transaction)
    const duplicate = await world.server.submitAsyncTransaction(transaction).catch((error: unknown) => error)
    await world.sandbox.ledger.close()
    const late = await world.server.submitAsyncTransaction(transaction).catch((error: unknown) => error)

    expect(pending.tx_status).toBe("PENDING")
    expect(duplicate).toMatchObject({ response: { status: 409, data: { tx_status: "DUPLICATE" } } })
    expect(late).toMatchObject({ response: { status: 400, data: { tx_status: "ERROR" } } })
  })

  it("reads the root, the fees, a ledger and an account", async () => {
    const world = await startWorld()
    const keypair = await fundedKeypair(world, 7_0000000n)

    const root = await world.server.root()
    const fees = await world.server.feeStats()
    const account = await world.server.loadAccount(keypair.publicKey())
    const ledger = await world.server.ledgers().ledger(root.history_latest_ledger).call()

    expect(root.network_passphrase).toBe(world.sandbox.passphrase)
    expect(fees.last_ledger_base_fee).toBe("100")
    expect(account.balances.map(({ balance }) => balance)).toEqual(["7.0000000", "10000.0000000"])
    expect(ledger).toMatchObject({
      sequence: root.history_latest_ledger,
      hash: world.sandbox.ledger.tip.hash
    })
  })

  it("opens an account by friendbot, once", async () => {
    const { server } = await startWorld()
    const address = Keypair.random().publicKey()

    await server.friendbot(address).call()
    const again: unknown = await server
      .friendbot(address)
      .call()
      .catch((error: unknown) => error)

    expect((await server.loadAccount(address)).balances[0]?.balance).toBe("10000.0000000")
    expect(again).toMatchObject({ response: { status: 400 } })
  })

  it("hears of a missing account as not found", async () => {
    const { server } = await startWorld()

    await expect(server.loadAccount(Keypair.random().publicKey())).rejects.toMatchObject({
      response: { status: 404, type: "https://stellar.org/horizon-errors/not_found" }
    })
  })

  it("pages forward and backward through a history by cursor", async () => {
    const world = await startWorld()
    const to = await fundedKeypair(world, 1n)
    const from = world.sandbox.faucet.issuer.publicKey()
    const payments = Array.from({ length: 450 }, (_, index) => ({
      from,
      to: to.publicKey(),
      asset: `USDC:${from}`,
      amount: BigInt(index + 1)
    }))
    await world.sandbox.ledger.injectPayments(payments, 100)

    const forward: Array<string> = []
    let page = await world.server.payments().forAccount(to.publicKey()).limit(200).call()
    while (page.records.length > 0) {
      forward.push(...page.records.map((record) => record.paging_token))
      page = await page.next()
    }
    const backward = await world.server.payments().forAccount(to.publicKey()).order("desc").limit(200).call()

    // The account's creation and its first payment come before what was injected.
    expect(forward.length).toBe(452)
    expect(forward).toEqual(forward.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)))
    expect(new Set(forward).size).toBe(452)
    expect(backward.records.map((record) => record.paging_token)).toEqual(forward.slice(-200).toReversed())
  })

  it("streams payments as ledgers close, from its cursor on", async () => {
    const world = await startWorld()
    const sender = await fundedKeypair(world, 1_000_0000000n)
    const receiver = await fundedKeypair(world, 1n)
    const last = await world.server.payments().forAccount(receiver.publicKey()).order("desc").limit(1).call()
    const cursor = last.records[0]?.paging_token ?? ""
    const heard: Array<string> = []
    const stop = world.server
      .payments()
      .forAccount(receiver.publicKey())
      .cursor(cursor)
      .stream({
        onmessage: (record) => {
          if ("amount" in record && typeof record.amount === "string") heard.push(record.amount)
        }
      })

    // Fifteen, more than one stream carries before it says goodbye and is opened anew.
    const amounts = Array.from({ length: 15 }, (_, index) => `${index + 1}.0000000`)
    for (const amount of amounts) {
      const transaction = await paymentFrom(world, sender, receiver.publicKey(), { amount })
      await world.server.submitTransaction(transaction)
    }
    await waitFor("all payments on the stream", () => heard.length >= amounts.length)
    stop()

    expect(heard).toEqual(amounts)
  })
})

// Does stellar-sdk's own Horizon client work with the sandbox as with a real server? Over loopback, nothing mocked.

import {
  Account,
  Asset,
  Horizon,
  Keypair,
  Memo,
  Operation,
  TransactionBuilder,
  TransactionFailedError
} from "@stellar/stellar-sdk"
import { afterEach, describe, expect, it } from "vitest"
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import type { Sandbox, SandboxOptions } from "../../../adapters/sandbox/SandboxServer.ts"

const open: Array<Sandbox> = []
const started = async (
  options: SandboxOptions = {}
): Promise<{ sandbox: Sandbox; server: Horizon.Server }> => {
  const sandbox = await SandboxServer.start({ closeEverySeconds: null, closeWhenPendingMs: 5, ...options })
  open.push(sandbox)
  return { sandbox, server: new Horizon.Server(sandbox.url, { allowHttp: true }) }
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()))
})

const usdc = ({ assets }: Sandbox): Asset => {
  const [asset] = assets
  if (asset === undefined) throw new Error("the sandbox issues nothing")
  return new Asset(asset.code, asset.issuer)
}

const funded = async (sandbox: Sandbox, amount: bigint): Promise<Keypair> => {
  const keypair = Keypair.random()
  expect((await sandbox.faucet.fund(keypair.publicKey(), "USDC", amount)).isDone).toBe(true)
  return keypair
}

describe("the official client", () => {
  it("pays and finds the payment in the receiver's history", async () => {
    const { sandbox, server } = await started()
    const sender = await funded(sandbox, 1_000_0000000n)
    const receiver = await funded(sandbox, 1n)
    const account = await server.loadAccount(sender.publicKey())
    const transaction = new TransactionBuilder(account, { fee: "100", networkPassphrase: sandbox.passphrase })
      .addOperation(
        Operation.payment({ destination: receiver.publicKey(), asset: usdc(sandbox), amount: "12.5" })
      )
      .addMemo(Memo.text("hello"))
      .setTimeout(60)
      .build()
    transaction.sign(sender)

    const submitted = await server.submitTransaction(transaction)
    const { records } = await server.payments().forAccount(receiver.publicKey()).order("desc").limit(1).call()

    expect(submitted.successful).toBe(true)
    expect(records[0]).toMatchObject({
      type: "payment",
      amount: "12.5000000",
      from: sender.publicKey(),
      transaction_hash: submitted.hash
    })
  })

  it("learns from a refused transaction which code refused it", async () => {
    const { sandbox, server } = await started()
    const sender = await funded(sandbox, 10n)
    const stale = new Account(sender.publicKey(), "5")
    const transaction = new TransactionBuilder(stale, { fee: "100", networkPassphrase: sandbox.passphrase })
      .addOperation(Operation.bumpSequence({ bumpTo: "6" }))
      .setTimeout(60)
      .build()
    transaction.sign(sender)

    const refusal = await server.submitTransaction(transaction).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(TransactionFailedError)
    expect(refusal).toMatchObject({
      response: { data: { extras: { result_codes: { transaction: "tx_bad_seq" } } } }
    })
  })
})

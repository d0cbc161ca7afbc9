// The adapter against a ledger with real transactions behind Horizon's interface: nothing made up but the money.
import {
  Account,
  Asset,
  Keypair,
  Memo,
  MuxedAccount,
  Operation,
  TransactionBuilder
} from "@stellar/stellar-sdk"
import { Effect, Fiber, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { layerWith } from "../../../adapters/stellar-horizon/HorizonNetwork.ts"
import type { Credit, CreditPage } from "../../../src/ports/StellarNetwork.ts"
import { StellarNetwork } from "../../../src/ports/StellarNetwork.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { fundedKeypair, startWorld, type World } from "../sandbox/world.ts"

const use = <A, E>({ sandbox }: World, work: (network: StellarNetwork["Service"]) => Effect.Effect<A, E>) =>
  Effect.runPromise(
    StellarNetwork.use(work).pipe(
      Effect.provide(layerWith({ url: new URL(sandbox.url), passphrase: sandbox.passphrase }))
    )
  )

/** Every page from a position to the end. */
const pages = (world: World, account: string, from: string, limit = 200) =>
  use(world, (network) =>
    Effect.gen(function* () {
      const found: Array<CreditPage> = []
      let position = from
      for (;;) {
        const page = yield* network.page(account, position, limit)
        found.push(page)
        position = page.position
        if (!page.full) return found
      }
    })
  )
const creditsFrom = async (world: World, account: string, from: string): Promise<ReadonlyArray<Credit>> =>
  (await pages(world, account, from)).flatMap(({ credits }) => credits)

const sequenceOf = (world: World, keypair: Keypair): bigint =>
  (world.sandbox.ledger.account(keypair.publicKey())?.sequence ?? 0n) + 1n

type Operations = Parameters<typeof transactionOf>[0]["operations"]

const submit = async (world: World, from: Keypair, operations: Operations, memo?: Memo) => {
  const transaction = transactionOf({
    passphrase: world.sandbox.passphrase,
    sequence: sequenceOf(world, from),
    operations,
    signers: [from],
    ...(memo === undefined ? {} : { memo })
  })
  return world.server.submitTransaction(transaction)
}

/** A payer with money, us with trust, and where our history stands. */
const start = async () => {
  const world = await startWorld()
  const payer = await fundedKeypair(world, 1_000_0000000n)
  const we = await fundedKeypair(world, 1n)
  const account = we.publicKey()
  const from = await use(world, (network) => network.tip(account))
  const pay = (amount: string) => Operation.payment({ destination: account, asset: world.usdc, amount })
  return { world, payer, we, account, from, pay }
}

describe("stellar-horizon on the sandbox", () => {
  it("the ledger names its network", async () => {
    const world = await startWorld()
    expect(await use(world, (network) => network.passphrase)).toBe(world.sandbox.passphrase)
  })

  it("a watch that begins at the tip sees what is paid from then on, and nothing before (S31-PAY-09, I4)", async () => {
    const { account, from, pay, payer, world } = await start()
    const submitted = await submit(world, payer, [pay("12.5")], Memo.id("42"))

    const [page] = await pages(world, account, from)

    expect(page?.credits).toEqual([
      {
        operationId: page?.position,
        index: 0,
        stellarTransactionId: submitted.hash,
        account,
        muxedAccount: null,
        from: payer.publicKey(),
        asset: { code: world.usdc.code, issuer: world.usdc.issuer },
        amount: "12.5",
        memo: { type: "id", value: "42" },
        odd: null,
        closedAtMillis: world.sandbox.ledger.tip.closedAt * 1_000,
        ledger: submitted.ledger
      }
    ])
    expect(page?.processedLedger?.sequence).toBe(world.sandbox.ledger.tip.sequence)
  })

  const hash = Buffer.alloc(32, 7)
  it.each<[string, Memo | undefined, Credit["memo"]]>([
    ["none", undefined, { type: "none", value: null }],
    ["id", Memo.id("18446744073709551615"), { type: "id", value: "18446744073709551615" }],
    ["text", Memo.text("42"), { type: "text", value: "42" }],
    ["hash", Memo.hash(hash), { type: "hash", value: hash.toString("base64") }],
    ["return", Memo.return(hash), { type: "return", value: hash.toString("base64") }]
  ])("a memo of type %s keeps type and value (S31-MEMO-04, I23)", async (type, memo, expected) => {
    const { account, from, pay, payer, world } = await start()
    await submit(world, payer, [pay("1")], memo)

    const [credit] = await creditsFrom(world, account, from)

    expect(credit?.memo).toEqual(expected)
    expect(credit?.odd).toBe(type === "return" ? "return-memo" : null)
  })

  it("several payments in one transaction are several credits of it (I19)", async () => {
    const { account, from, pay, payer, world } = await start()
    const { hash: id } = await submit(world, payer, [pay("1"), pay("2"), pay("3")], Memo.id("1"))

    const credits = await creditsFrom(world, account, from)

    expect(credits.map(({ amount }) => amount)).toEqual(["1", "2", "3"])
    expect(new Set(credits.map(({ stellarTransactionId }) => stellarTransactionId))).toEqual(new Set([id]))
    expect(new Set(credits.map(({ operationId }) => operationId)).size).toBe(3)
  })

  it("path payments credit what arrived (S31-PAY-04, SEC-31, I13)", async () => {
    const world = await startWorld({ rates: { "XLM/USDC": "0.25" } })
    const payer = await fundedKeypair(world, 1_000_0000000n)
    const account = (await fundedKeypair(world, 1n)).publicKey()
    const from = await use(world, (network) => network.tip(account))
    const native = Asset.native()
    await submit(world, payer, [
      Operation.pathPaymentStrictSend({
        sendAsset: native,
        sendAmount: "100",
        destination: account,
        destAsset: world.usdc,
        destMin: "1",
        path: []
      }),
      Operation.pathPaymentStrictReceive({
        sendAsset: native,
        sendMax: "100",
        destination: account,
        destAsset: world.usdc,
        destAmount: "7",
        path: []
      })
    ])

    const credits = await creditsFrom(world, account, from)

    expect(credits.map(({ amount, asset }) => [amount, asset.code])).toEqual([
      ["25", "USDC"],
      ["7", "USDC"]
    ])
  })

  it("a fee bump's payment has the memo of the inner transaction and the hash of the outer (S31-PAY-06, I21)", async () => {
    const { account, from, pay, payer, world } = await start()
    const sponsor = await fundedKeypair(world, 1n)
    const inner = transactionOf({
      passphrase: world.sandbox.passphrase,
      sequence: sequenceOf(world, payer),
      operations: [pay("5")],
      signers: [payer],
      memo: Memo.id("9")
    })
    const bump = TransactionBuilder.buildFeeBumpTransaction(sponsor, "1000", inner, world.sandbox.passphrase)
    bump.sign(sponsor)
    const submitted = await world.server.submitTransaction(bump)

    const [credit] = await creditsFrom(world, account, from)

    expect(credit).toMatchObject({
      amount: "5",
      memo: { type: "id", value: "9" },
      stellarTransactionId: submitted.hash
    })
  })

  it("a payment to a muxed form of our account is ours, and odd without a memo (S31-MEMO-06, I24)", async () => {
    const { account, from, payer, world } = await start()
    const muxed = new MuxedAccount(new Account(account, "0"), "77").accountId()
    const pay = Operation.payment({ destination: muxed, asset: world.usdc, amount: "1" })
    await submit(world, payer, [pay])
    await submit(world, payer, [pay], Memo.id("3"))

    const credits = await creditsFrom(world, account, from)

    expect(credits.map(({ muxedAccount, odd }) => ({ muxedAccount, odd }))).toEqual([
      { muxedAccount: muxed, odd: "muxed-without-memo" },
      { muxedAccount: muxed, odd: null }
    ])
  })

  it("a payer that names itself by a muxed account is known by it (S31-REF-05)", async () => {
    const { account, from, pay, payer, world } = await start()
    const muxed = new MuxedAccount(new Account(payer.publicKey(), "0"), "77").accountId()
    const transaction = transactionOf({
      passphrase: world.sandbox.passphrase,
      source: muxed,
      sequence: sequenceOf(world, payer),
      operations: [pay("1")],
      signers: [payer]
    })
    await world.server.submitTransaction(transaction)

    const [credit] = await creditsFrom(world, account, from)

    expect(credit?.from).toBe(muxed)
  })

  it("a merge into our account brings the whole balance of the other (S31-PAY-11, I26)", async () => {
    const { account, from, world } = await start()
    const leaving = Keypair.random()
    await submit(world, world.sandbox.faucet.friendbot, [
      Operation.createAccount({ destination: leaving.publicKey(), startingBalance: "50" })
    ])
    await submit(world, leaving, [Operation.accountMerge({ destination: account })])

    const [credit] = await creditsFrom(world, account, from)

    expect(credit).toMatchObject({ odd: "merge", amount: "49.99999", from: leaving.publicKey() })
  })

  it("the creation of our account is an odd credit, in a history read from its beginning (I26)", async () => {
    const world = await startWorld()
    const we = await fundedKeypair(world, 5n)
    const credits = await creditsFrom(world, we.publicKey(), "0")

    expect(credits[0]).toMatchObject({ odd: "created-account", asset: { code: "native", issuer: null } })
  })

  it("what failed, and what we pay, is no credit (S31-PAY-03, I20)", async () => {
    const { account, from, pay, payer, we, world } = await start()
    await submit(world, payer, [pay("999999")]).catch(() => {})
    await submit(world, we, [
      Operation.payment({ destination: payer.publicKey(), asset: world.usdc, amount: "0.0000001" })
    ])

    const [page] = await pages(world, account, from)

    expect(page?.credits).toEqual([])
    expect(page?.transactions).toBe(1)
  })

  it("pages of any size together hold every payment once, in order, and never half a transaction (I37)", async () => {
    const { account, from, pay, payer, world } = await start()
    for (const count of [1, 3, 2, 4, 1, 1, 5, 2]) {
      await submit(
        world,
        payer,
        Array.from({ length: count }, () => pay("0.1"))
      )
    }

    const all = (await pages(world, account, from)).flatMap(({ credits }) => credits)
    expect(all).toHaveLength(19)
    for (const limit of [1, 2, 3, 7]) {
      const small = await pages(world, account, from, limit)
      expect(small.flatMap(({ credits }) => credits)).toEqual(all)
      const lasts = small.map(({ credits }) => credits.at(-1)?.stellarTransactionId)
      const firsts = small.slice(1).map(({ credits }) => credits[0]?.stellarTransactionId)
      firsts.forEach((first, index) => expect(first).not.toBe(lasts[index]))
    }
  })

  it("the stream rings when a payment comes (I10)", async () => {
    const { account, from, pay, payer, world } = await start()
    const rung = use(world, (network) =>
      Effect.gen(function* () {
        const bell = yield* network
          .wakeUps(account, from)
          .pipe(Stream.take(1), Stream.runCount, Effect.forkChild)
        yield* Effect.promise(() => submit(world, payer, [pay("1")]))
        return yield* Fiber.join(bell)
      })
    )
    expect(await rung).toBe(1)
  })

  it("signers and thresholds are the account's; an account that does not exist has none", async () => {
    const { account, we, world } = await start()
    const cosigner = Keypair.random().publicKey()
    await submit(world, we, [
      Operation.setOptions({
        signer: { ed25519PublicKey: cosigner, weight: 2 },
        lowThreshold: 1,
        medThreshold: 2,
        highThreshold: 3
      })
    ])

    const found = await use(world, (network) => network.signers(account))
    const none = await use(world, (network) => network.signers(cosigner))

    expect(found?.signers).toEqual(
      expect.arrayContaining([
        { key: cosigner, weight: 2 },
        { key: account, weight: 1 }
      ])
    )
    expect(found?.thresholds).toEqual({ low: 1, medium: 2, high: 3 })
    expect(none).toBeNull()
  })
})

// Do the sandbox's records have the members of real ones, each of the same kind, no fewer and no more? The shapes were
// taken from recorded answers of the public network's Horizon; only member names and kinds of value are kept.
import { readFileSync } from "node:fs"
import {
  Account,
  Asset,
  Claimant,
  Keypair,
  Memo,
  MuxedAccount,
  Operation,
  TransactionBuilder
} from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { shapeOf } from "../../support/jsonShape.ts"
import type { Shape } from "../../support/jsonShape.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import type { EnvelopeWish } from "../../support/sandboxStellar.ts"
import { fundedKeypair, startWorld } from "./world.ts"
import type { World } from "./world.ts"

const recorded = JSON.parse(
  readFileSync(new URL("../../fixtures/horizon/shapes.json", import.meta.url), "utf8")
) as { readonly [kind: string]: Shape }

const get = async ({ sandbox }: World, path: string): Promise<unknown> =>
  (await fetch(`${sandbox.url}${path}`)).json()

const submit = async (world: World, wish: Omit<EnvelopeWish, "passphrase" | "sequence">): Promise<string> => {
  const { ledger, passphrase } = world.sandbox
  const sequence = (ledger.account(wish.signers[0]?.publicKey() ?? "")?.sequence ?? 0n) + 1n
  const transaction = transactionOf({ passphrase, sequence, ...wish })
  const submission = ledger.submit(transaction.toEnvelope().toXdr("base64"))
  if (submission.status !== "pending") throw new Error(JSON.stringify(submission))
  await submission.settled
  return submission.hash
}

const operationOf = async (world: World, hash: string): Promise<unknown> => {
  const page = (await get(world, `/transactions/${hash}/operations?include_failed=true`)) as {
    readonly _embedded: { readonly records: ReadonlyArray<unknown> }
  }
  return page._embedded.records[0]
}

type XdrOperation = EnvelopeWish["operations"][number]

describe("the shape of a record is the public network's", () => {
  it.each<[kind: string, make: (world: World, to: Keypair) => XdrOperation]>([
    [
      "payment",
      ({ usdc }, to) => Operation.payment({ destination: to.publicKey(), asset: usdc, amount: "1" })
    ],
    [
      "create_account",
      () => Operation.createAccount({ destination: Keypair.random().publicKey(), startingBalance: "4" })
    ],
    [
      "path_payment_strict_send",
      ({ usdc }, to) =>
        Operation.pathPaymentStrictSend({
          sendAsset: Asset.native(),
          sendAmount: "1",
          destination: to.publicKey(),
          destAsset: usdc,
          destMin: "1",
          path: [new Asset("EURC", usdc.issuer)]
        })
    ],
    [
      "path_payment_strict_receive",
      ({ usdc }, to) =>
        Operation.pathPaymentStrictReceive({
          sendAsset: Asset.native(),
          sendMax: "0.5",
          destination: to.publicKey(),
          destAsset: Asset.native(),
          destAmount: "1",
          path: [usdc]
        })
    ],
    ["account_merge", (_, to) => Operation.accountMerge({ destination: to.publicKey() })],
    [
      "create_claimable_balance",
      (_, to) => {
        const always = Claimant.predicateUnconditional()
        const either = Claimant.predicateOr(always, Claimant.predicateBeforeRelativeTime("300"))
        const before = Claimant.predicateOr(Claimant.predicateBeforeAbsoluteTime("600"), either)
        return Operation.createClaimableBalance({
          asset: Asset.native(),
          amount: "1.2345",
          claimants: [
            new Claimant(to.publicKey(), Claimant.predicateAnd(before, always)),
            new Claimant(Keypair.random().publicKey())
          ]
        })
      }
    ]
  ])("operation %s", async (kind, make) => {
    const world = await startWorld()
    const to = await fundedKeypair(world, 1_0000000n)
    const { sandbox } = world
    const isMerge = kind === "account_merge"
    const from = isMerge ? Keypair.random() : await fundedKeypair(world, 10_0000000n)
    if (isMerge) await sandbox.faucet.openAccount(from.publicKey())

    const hash = await submit(world, { operations: [make(world, to)], signers: [from] })

    expect(shapeOf(await operationOf(world, hash))).toEqual(recorded[kind])
  })

  it("operation claim_claimable_balance", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    const create = Operation.createClaimableBalance({
      asset: Asset.native(),
      amount: "1",
      claimants: [new Claimant(owner.publicKey())]
    })
    await submit(world, { operations: [create], signers: [owner] })
    const [balance] = Array.from(world.sandbox.ledger.claimableBalances())
    const claim = Operation.claimClaimableBalance({ balanceId: balance?.id ?? "" })

    const hash = await submit(world, { operations: [claim], signers: [owner] })

    expect(shapeOf(await operationOf(world, hash))).toEqual(recorded["claim_claimable_balance"])
  })

  it("transaction, with a text memo and both time bounds", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    const heir = Keypair.random()
    const shared = Operation.setOptions({
      medThreshold: 2,
      signer: { ed25519PublicKey: heir.publicKey(), weight: 1 }
    })
    await submit(world, { operations: [shared], signers: [owner] })

    const hash = await submit(world, {
      operations: [Operation.manageData({ name: "a", value: "b" })],
      signers: [owner, heir],
      memo: Memo.text("0,5 % for you"),
      maxTime: 4_102_444_800
    })

    expect(shapeOf(await get(world, `/transactions/${hash}`))).toEqual(recorded["transaction"])
  })

  it("transaction that failed, joined to its operation as alone", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    const failing = Operation.payment({ destination: owner.publicKey(), asset: world.usdc, amount: "99" })

    const hash = await submit(world, { operations: [failing], signers: [owner], maxTime: 4_102_444_800 })

    const alone = await get(world, `/transactions/${hash}`)
    const path = `/accounts/${owner.publicKey()}/payments`
    const page = await get(world, `${path}?join=transactions&include_failed=true&order=desc&limit=1`)
    expect(shapeOf(alone)).toEqual(recorded["transaction_failed"])
    expect(page).toMatchObject({ _embedded: { records: [{ transaction: alone }] } })
  })

  it.each([
    ["transaction_fee_bump", false],
    ["transaction_muxed_id", true]
  ])("%s", async (kind, isMuxed) => {
    const world = await startWorld()
    const [owner, payer] = [await fundedKeypair(world, 1n), await fundedKeypair(world, 1n)]
    const { ledger, passphrase } = world.sandbox
    const base = new Account(owner.publicKey(), "0")
    const inner = transactionOf({
      passphrase,
      source: isMuxed ? new MuxedAccount(base, "21449687443220").accountId() : owner.publicKey(),
      sequence: (ledger.account(owner.publicKey())?.sequence ?? 0n) + 1n,
      operations: [Operation.manageData({ name: "a", value: "b" })],
      signers: [owner]
    })
    const bump = TransactionBuilder.buildFeeBumpTransaction(payer, "500", inner, passphrase)
    bump.sign(payer)
    const submission = ledger.submit(bump.toEnvelope().toXdr("base64"))
    if (submission.status !== "pending") throw new Error(JSON.stringify(submission))
    await submission.settled

    expect(shapeOf(await get(world, `/transactions/${submission.hash}`))).toEqual(recorded[kind])
  })

  it("account, with all that an account can have but shares of a liquidity pool", async () => {
    const world = await startWorld()
    const owner = await fundedKeypair(world, 1n)
    const options = Operation.setOptions({
      homeDomain: "example.com",
      inflationDest: owner.publicKey(),
      signer: { ed25519PublicKey: Keypair.random().publicKey(), weight: 1 }
    })
    const data = [
      Operation.manageData({ name: "v1", value: "v1 value" }),
      Operation.manageData({ name: "v2", value: "v2 value" })
    ]
    await submit(world, { operations: [options, ...data], signers: [owner] })

    const account = shapeOf(await get(world, `/accounts/${owner.publicKey()}`))

    const { balances: expectedBalances, ...expected } = recorded["account"] as { readonly balances: Shape }
    const { balances, ...rest } = account as { readonly balances: Shape }
    const [line] = expectedBalances as unknown as ReadonlyArray<{ readonly [member: string]: Shape }>
    const { liquidity_pool_id: _, ...held } = line ?? {}
    expect(rest).toEqual(expected)
    expect(balances).toEqual([held])
  })

  it("ledger, fee_stats and page", async () => {
    const world = await startWorld()

    expect(shapeOf(await get(world, "/ledgers/2"))).toEqual(recorded["ledger"])
    expect(shapeOf(await get(world, "/fee_stats"))).toEqual(recorded["fee_stats"])
    expect(shapeOf(await get(world, "/payments?cursor=now&limit=3&order=asc"))).toEqual(recorded["page"])
  })

  it("root, with a friendbot as on the test network", async () => {
    const world = await startWorld()

    const root = shapeOf(await get(world, "/")) as { readonly _links: Readonly<Record<string, Shape>> }

    const { friendbot, ..._links } = root._links
    expect({ ...root, _links }).toEqual(recorded["root"])
    expect(friendbot).toEqual({ href: "link", templated: "boolean" })
  })
})

// From a real transaction on the sandbox's ledger, over Horizon's HTTP and event stream, to a funded transaction: nothing in
// between is a stand-in but the storage, which is the reference one.
import { deliverAsReceived } from "../../../machines/transaction/context.ts"
import { Keypair, Memo, Operation } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { type Sandbox, SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import { layerWith } from "../../../adapters/stellar-horizon/HorizonNetwork.ts"
import { defaultTiming, type Settings } from "../../../src/KedgeConfig.ts"
import { assetOf, transactionOf } from "../../support/sandboxStellar.ts"
import { bear, emptyTables, startProcess, stateOf, watcherSettings } from "../../support/watcherWorld.ts"

const paid = "pending_receiver.payingOut"
const [assetSettings] = watcherSettings.assets
if (assetSettings === undefined) throw new Error("the test settings have no asset")

const startSandbox = (options: Parameters<typeof SandboxServer.start>[0] = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => SandboxServer.start({ closeEverySeconds: null, closeWhenPendingMs: 5, ...options })),
    (sandbox) => Effect.promise(() => sandbox.close())
  )

const fund = (sandbox: Sandbox, usdcStroops: bigint) =>
  Effect.promise(async () => {
    const keypair = Keypair.random()
    const funding = await sandbox.faucet.fund(keypair.publicKey(), "USDC", usdcStroops)
    if (!funding.isDone) throw new Error(`the faucet refused: ${funding.reason}`)
    return keypair
  })

const pay = (sandbox: Sandbox, from: Keypair, to: string, memo: number) =>
  Effect.promise(async () => {
    const submission = sandbox.ledger.submit(
      transactionOf({
        passphrase: sandbox.passphrase,
        sequence: (sandbox.ledger.account(from.publicKey())?.sequence ?? 0n) + 1n,
        operations: [
          Operation.payment({ destination: to, asset: assetOf(sandbox.assets[0]), amount: "100" })
        ],
        signers: [from],
        memo: Memo.id(String(memo))
      }).toXdr()
    )
    if (submission.status !== "pending") throw new Error(`the payment was ${submission.status}`)
    await submission.settled
  })

/** Everything one process needs to watch `account` on the sandbox. The silence is long: only bells can be quick. */
const optionsFor = (sandbox: Sandbox, account: string, timing: Partial<Settings["timing"]> = {}) => ({
  network: layerWith({ url: new URL(sandbox.url), passphrase: sandbox.passphrase, timeoutSeconds: 5 }),
  settings: {
    network: { id: "sandbox", passphrase: sandbox.passphrase, isPublic: false },
    assets: [{ ...assetSettings, issuer: sandbox.assets[0]?.issuer ?? "", account }],
    timing: { ...defaultTiming, watcherSilence: 30, watcherLease: 1, ...timing }
  } satisfies Partial<Settings>
})
const termsOf = (sandbox: Sandbox, account: string) => ({
  account,
  asset: `stellar:USDC:${sandbox.assets[0]?.issuer}`,
  terms: {
    expected: assetSettings.minimum ?? assetSettings.fee.fixed,
    minimum: null,
    maximum: null,
    fee: assetSettings.fee,
    expiresAtMillis: Number.MAX_SAFE_INTEGER,
    ...deliverAsReceived
  }
})

describe("the watcher on the sandbox", () => {
  it.live("a payment on the ledger funds its transaction, by the bell (I10)", () =>
    Effect.gen(function* () {
      const sandbox = yield* startSandbox()
      const payer = yield* fund(sandbox, 1_000_0000000n)
      const account = (yield* fund(sandbox, 1n)).publicKey()
      const tables = emptyTables()
      const process = yield* startProcess({ tables, ...optionsFor(sandbox, account) })
      yield* process.until("Turned")
      yield* bear(process, [1, 2], termsOf(sandbox, account))

      for (const memo of [1, 2]) {
        yield* pay(sandbox, payer, account, memo)
        yield* process.until("Turned", ({ brought }) => brought?.applied === 1)
        expect(stateOf(tables, memo)).toBe(paid)
      }
    })
  )

  it.live("payments made while the process was down are found at its next start (I1)", () =>
    Effect.gen(function* () {
      const sandbox = yield* startSandbox()
      const payer = yield* fund(sandbox, 1_000_0000000n)
      const account = (yield* fund(sandbox, 1n)).publicKey()
      const tables = emptyTables()
      const first = yield* startProcess({ tables, ...optionsFor(sandbox, account) })
      yield* first.until("Turned")
      yield* bear(first, [1, 2, 3], termsOf(sandbox, account))
      yield* first.kill

      for (const memo of [1, 2, 3]) yield* pay(sandbox, payer, account, memo)
      const second = yield* startProcess({ tables, ...optionsFor(sandbox, account) })
      yield* second.until("Turned", ({ brought }) => brought?.applied === 3)

      expect([1, 2, 3].map((n) => stateOf(tables, n))).toEqual([paid, paid, paid])
    })
  )

  it.live("a ledger that goes away and comes back is read on where it was left (I8)", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "kedge-watcher-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true }))
      )
      const before = yield* Effect.promise(() =>
        SandboxServer.start({ closeEverySeconds: null, closeWhenPendingMs: 5, directory })
      )
      const payer = yield* fund(before, 1_000_0000000n)
      const account = (yield* fund(before, 1n)).publicKey()
      const tables = emptyTables()
      const process = yield* startProcess({ tables, ...optionsFor(before, account, { watcherSilence: 0.1 }) })
      yield* process.until("Turned")
      yield* bear(process, [1], termsOf(before, account))

      yield* Effect.promise(() => before.close())
      yield* process.until("Failing")
      const after = yield* startSandbox({ directory, port: Number(new URL(before.url).port) })
      yield* pay(after, payer, account, 1)
      yield* process.until("Turned", ({ brought }) => brought?.applied === 1)

      expect(stateOf(tables, 1)).toBe(paid)
    })
  )

  it.live("a ledger made afresh under a kept database stops the role (I5)", () =>
    Effect.gen(function* () {
      const old = yield* startSandbox()
      const account = (yield* fund(old, 1n)).publicKey()
      const tables = emptyTables()
      const first = yield* startProcess({ tables, ...optionsFor(old, account) })
      yield* first.until("Turned")
      yield* first.kill

      const fresh = yield* startSandbox()
      const options = optionsFor(old, account)
      const second = yield* startProcess({
        tables,
        ...options,
        network: layerWith({ url: new URL(fresh.url), passphrase: old.passphrase })
      })
      const { reason } = yield* second.until("Stopped")

      expect(reason).toContain(fresh.passphrase)
    })
  )
})

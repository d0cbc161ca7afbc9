// What lies on the ledger for us to claim is seen, though no payment tells of it. On the sandbox's ledger, through Horizon's
// interface, by the role that looks.
import { Asset, Claimant, Operation } from "@stellar/stellar-sdk"
import { Effect, Layer, Logger, ManagedRuntime } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import * as MemoryStorage from "../../../adapters/storage-memory/MemoryStorage.ts"
import { layerWith as claimables } from "../../../adapters/stellar-horizon/HorizonClaimables.ts"
import { layerWith as horizon } from "../../../adapters/stellar-horizon/HorizonNetwork.ts"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { StellarNetwork } from "../../../src/ports/StellarNetwork.ts"
import { ClaimableWatch } from "../../../src/watcher/ClaimableWatch.ts"
import { WatcherState } from "../../../src/watcher/WatcherState.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { watcherSettings } from "../../support/watcherWorld.ts"
import { fundedKeypair, startWorld } from "../sandbox/world.ts"

const start = async () => {
  const world = await startWorld()
  const { ledger, passphrase, url } = world.sandbox
  const payer = await fundedKeypair(world, 1_000_0000000n)
  const account = (await fundedKeypair(world, 1n)).publicKey()
  const leave = async (asset: Asset, amount: string, destination = account) => {
    const sequence = (ledger.account(payer.publicKey())?.sequence ?? 0n) + 1n
    const operations = [
      Operation.createClaimableBalance({ asset, amount, claimants: [new Claimant(destination)] })
    ]
    await world.server.submitTransaction(
      transactionOf({ passphrase, sequence, operations, signers: [payer] })
    )
  }
  const [first] = watcherSettings.assets
  if (first === undefined) throw new Error("the settings have no asset")
  const assets = [{ ...first, code: "USDC", issuer: world.usdc.getIssuer() ?? "", account }]
  const logged: Array<unknown> = []
  const logger = Logger.make(({ message }) => logged.push(message))
  const runtime = ManagedRuntime.make(
    ClaimableWatch.layer.pipe(
      Layer.provideMerge(WatcherState.layer),
      Layer.provideMerge(claimables(new URL(url))),
      Layer.provideMerge(horizon({ url: new URL(url), passphrase })),
      Layer.provide([Layer.succeed(KedgeConfig, { ...watcherSettings, assets }), MemoryStorage.layer])
    )
  )
  onTestFinished(() => runtime.dispose())
  return {
    world,
    payer,
    account,
    leave,
    logged,
    network: await runtime.runPromise(StellarNetwork),
    look: () =>
      runtime.runPromise(
        ClaimableWatch.use(({ runOnce }) => runOnce).pipe(Effect.provide(Logger.layer([logger])))
      ),
    report: async () => (await runtime.runPromise(WatcherState.use(({ report }) => report)))[0]
  }
}

describe("a claimable balance that is left for us", () => {
  it("is no payment, and is shown to the operator with its amount and who left it (I25)", async () => {
    const { account, leave, look, network, payer, report, world } = await start()
    const from = await Effect.runPromise(network.tip(account))
    expect((await report())?.claimable).toBe(null)
    expect(await look()).toBe(0)
    expect((await report())?.claimable).toEqual([])

    await leave(world.usdc, "12.5")
    expect(await look()).toBe(1)

    const [balance] = Array.from(world.sandbox.ledger.claimableBalances())
    expect((await report())?.claimable).toEqual([
      {
        id: balance?.id,
        asset: `stellar:USDC:${world.usdc.getIssuer()}`,
        amount: "12.5",
        sponsor: payer.publicKey(),
        ledger: balance?.lastModifiedLedger
      }
    ])
    expect((await Effect.runPromise(network.page(account, from, 200))).credits).toEqual([])
  })

  it("is told of once, and others' balances and assets of no concern are not (I25)", async () => {
    const { leave, logged, look, payer, world } = await start()
    await leave(Asset.native(), "1")
    await leave(world.usdc, "2", payer.publicKey())
    expect(await look()).toBe(0)

    await leave(world.usdc, "3")
    await look()
    expect(await look()).toBe(1)

    expect(logged).toHaveLength(1)
    expect(JSON.stringify(logged)).toContain('"amount":"3"')
  })

  it("stays shown as it was while the ledger does not answer (I25)", async () => {
    const { leave, look, report, world } = await start()
    await leave(world.usdc, "12.5")
    await look()
    await world.sandbox.close()

    expect(await look()).toBe(0)

    expect((await report())?.claimable).toHaveLength(1)
  })
})

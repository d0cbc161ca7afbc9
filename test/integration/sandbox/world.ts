// A running sandbox for a test, with accounts that hold money; closed when the test ends.
// Gotcha: ledgers close 5 ms after something waits, so a submitted transaction is answered at once.
import type { Asset } from "@stellar/stellar-sdk"
import { Horizon, Keypair } from "@stellar/stellar-sdk"
import { onTestFinished } from "vitest"
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import type { Sandbox, SandboxOptions } from "../../../adapters/sandbox/SandboxServer.ts"
import { assetOf } from "../../support/sandboxStellar.ts"

export interface World {
  readonly sandbox: Sandbox
  readonly server: Horizon.Server
  readonly usdc: Asset
}

export const startWorld = async (options: SandboxOptions = {}): Promise<World> => {
  const sandbox = await SandboxServer.start({ closeEverySeconds: null, closeWhenPendingMs: 5, ...options })
  onTestFinished(() => sandbox.close())
  const server = new Horizon.Server(sandbox.url, { allowHttp: true })
  return { sandbox, server, usdc: assetOf(sandbox.assets[0]) }
}

/** A new account with 10,000 XLM and so many stroops of USDC. */
export const fundedKeypair = async ({ sandbox }: World, usdcStroops: bigint): Promise<Keypair> => {
  const keypair = Keypair.random()
  const funding = await sandbox.faucet.fund(keypair.publicKey(), "USDC", usdcStroops)
  if (!funding.isDone) throw new Error(`the faucet refused: ${funding.reason}`)
  return keypair
}

/**
 * Puts money where the demo needs it: the receiving accounts can hold their assets, and the Sending Anchor has plenty.
 *
 * Gotcha: it runs before Kedge watches, so what the receiving accounts get here is before their first cursor and is no payment.
 */
import { Effect } from "effect"
import type { Sandbox } from "../../../adapters/sandbox/SandboxServer.ts"
import { CommandFailed, exitCodes } from "../../cli/CommandFailed.ts"
import { accountOfSeed } from "../../stellar/seeds.ts"
import type { Keys } from "./DemoFiles.ts"

/** Stroops: the least there is, to open a trust line; and a million units. */
const least = 1n
const plenty = 10_000_000_000_000n

const trusts = ({ ledger }: Sandbox, account: string, asset: string): boolean =>
  ledger.account(account)?.trustlines.has(asset) ?? false

const fund = (sandbox: Sandbox, account: string, code: string, stroops: bigint) =>
  Effect.promise(() => sandbox.faucet.fund(account, code, stroops)).pipe(
    Effect.flatMap((funding) =>
      funding.isDone
        ? Effect.void
        : Effect.fail(
            new CommandFailed({
              message: `kedge: the sandbox could not fund ${account} with ${code}: ${funding.reason}`,
              exitCode: exitCodes.software
            })
          )
    )
  )

/** Does nothing where it was done before. */
export const furnish = Effect.fnUntraced(function* (sandbox: Sandbox, keys: Keys) {
  const sender = accountOfSeed(keys.senderSeed)
  for (const { code, issuer } of sandbox.assets) {
    const asset = `${code}:${issuer}`
    const seed = keys.receivingSeeds[code]
    const receiver = seed === undefined ? undefined : accountOfSeed(seed)
    if (receiver !== undefined && !trusts(sandbox, receiver, asset))
      yield* fund(sandbox, receiver, code, least)
    if (!trusts(sandbox, sender, asset)) yield* fund(sandbox, sender, code, plenty)
  }
})

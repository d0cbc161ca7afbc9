/**
 * Puts money where the demo needs it: the receiving accounts can hold their assets, ask for memos and let one key return
 * what came, and the Sending Anchor has plenty.
 *
 * Gotcha: it runs before Kedge watches, so what the receiving accounts get here is before their first cursor and is no payment.
 */
import { Effect } from "effect"
import type { Sandbox } from "../../../adapters/sandbox/SandboxServer.ts"
import { CommandFailed, exitCodes } from "../../cli/CommandFailed.ts"
import { addSigner } from "../../stellar/addSigner.ts"
import { memoRequired, requireMemo } from "../../stellar/requireMemo.ts"
import { accountOfSeed } from "../../stellar/seeds.ts"
import { type Keys, refundSeedOf } from "./DemoFiles.ts"

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

const soon = (ledger: Sandbox["ledger"]): number => ledger.tip.closedAt + 300

const settle = Effect.fnUntraced(function* (ledger: Sandbox["ledger"], envelope: string, what: string) {
  const submission = ledger.submit(envelope)
  const settled = "settled" in submission ? yield* Effect.promise(() => submission.settled) : null
  if (settled?.status === "included" && settled.transaction.isSuccessful) return
  return yield* new CommandFailed({
    message: `kedge: the sandbox did not ${what}`,
    exitCode: exitCodes.software
  })
})

/** The seed of one receiving account signs for the others, so that refunds need one key. */
const letSign = Effect.fnUntraced(function* ({ ledger, passphrase }: Sandbox, seed: string, signer: string) {
  const account = accountOfSeed(seed)
  const found = ledger.account(account)
  if (account === signer || found === undefined || found.signers.some(({ key }) => key === signer)) return
  const order = { seed, sequence: found.sequence.toString(), signer, passphrase, maxTime: soon(ledger) }
  yield* settle(ledger, addSigner(order), `let ${signer} sign for ${account}`)
})

/** It asks for a memo, as receiving accounts should (S31-MEMO-07). */
const askForMemo = Effect.fnUntraced(function* ({ ledger, passphrase }: Sandbox, seed: string) {
  const account = accountOfSeed(seed)
  const found = ledger.account(account)
  if (found === undefined || found.data.has(memoRequired.name)) return
  const order = { seed, sequence: found.sequence.toString(), passphrase, maxTime: soon(ledger) }
  yield* settle(ledger, requireMemo(order), `let ${account} ask for a memo`)
})

/** Does nothing where it was done before. */
export const furnish = Effect.fnUntraced(function* (sandbox: Sandbox, keys: Keys) {
  const sender = accountOfSeed(keys.senderSeed)
  for (const { code, issuer } of sandbox.assets) {
    const asset = `${code}:${issuer}`
    const seed = keys.receivingSeeds[code]
    const receiver = seed === undefined ? undefined : accountOfSeed(seed)
    if (receiver !== undefined && !trusts(sandbox, receiver, asset))
      yield* fund(sandbox, receiver, code, least)
    if (seed !== undefined) {
      yield* letSign(sandbox, seed, accountOfSeed(refundSeedOf(keys) ?? seed))
      yield* askForMemo(sandbox, seed)
    }
    if (!trusts(sandbox, sender, asset)) yield* fund(sandbox, sender, code, plenty)
  }
})

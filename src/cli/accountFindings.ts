/**
 * What the ledger says of the receiving accounts, before money comes: whether each is there, may hold its assets, and asks for a
 * memo (SEP-29, S31-MEMO-07).
 *
 * Gotcha: a receiving account's key is never here, so nothing is put right: what is said is for whoever has it.
 */
import { Effect } from "effect"
import { assetId } from "../../machines/domain/Asset.ts"
import type { AssetConfig } from "../KedgeConfig.ts"
import { type LedgerAccount, StellarSubmission } from "../ports/StellarSubmission.ts"

export interface Finding {
  /** `wrong`: payments cannot be received so. */
  readonly level: "ok" | "advice" | "wrong"
  readonly text: string
}

type Received = Pick<AssetConfig, "account" | "code" | "issuer">

const found = (level: Finding["level"], text: string): Finding => ({ level, text })

const holding = ({ balances }: LedgerAccount, asset: Received): Finding => {
  if (asset.account === asset.issuer) return found("ok", `${asset.account} issues ${asset.code}`)
  const line = balances.find((balance) => assetId(balance.asset) === assetId(asset))
  if (line === undefined) {
    return found("wrong", `${asset.account} has no trust line for ${asset.code} of ${asset.issuer}: open one`)
  }
  return line.isAuthorized
    ? found("ok", `${asset.account} can hold ${asset.code}`)
    : found("wrong", `${asset.account} is not authorised to hold ${asset.code}: ask its issuer`)
}

const memo = (account: string, { isMemoRequired }: LedgerAccount): Finding =>
  isMemoRequired
    ? found("ok", `${account} asks for a memo`)
    : found(
        "advice",
        `${account} does not ask for a memo (SEP-29), so wallets let their users pay without one, and such payments are parked; sign a Manage Data operation for it: name config.memo_required, value 1`
      )

/** One of each receiving account and asset, in the order of the configuration. */
export const accountFindings = Effect.fnUntraced(function* (assets: ReadonlyArray<Received>) {
  const ledger = yield* StellarSubmission
  const findings: Array<Finding> = []
  for (const account of new Set(assets.map((asset) => asset.account))) {
    const held = yield* ledger.account(account)
    if (held === null) {
      findings.push(found("wrong", `${account} is not on the ledger: fund it, and open its trust lines`))
      continue
    }
    findings.push(...assets.filter((asset) => asset.account === account).map((asset) => holding(held, asset)))
    findings.push(memo(account, held))
  }
  return findings
})

/**
 * Whether an envelope that the ledger was asked for and does not hold can still be, or have been, in one.
 *
 * Proof is either that the number it uses is still unused in a ledger closed past its time bound, or a history that reaches
 * back before it was made and shows nothing. Gotcha: Horizon servers lag behind each other and forget old ledgers, so "not
 * found" alone is neither.
 */
import { Effect } from "effect"
import type { EnvelopeRow } from "../ports/rows.ts"
import { StellarSubmission } from "../ports/StellarSubmission.ts"
import { earliestOf } from "../stellar/buildRefund.ts"

/** A ledger must have closed so long after an envelope's bound before it counts: instances lag. */
export const marginSeconds = 30
/** Where only the history can tell, it is given more time to be complete. */
export const longMarginSeconds = 300

export type Verdict = "open" | "never" | "undecidable"

export const provenNever = Effect.fnUntraced(function* (
  envelope: EnvelopeRow,
  /** Read before the ledger was asked for the envelope. */
  newest: { readonly sequence: number; readonly closedAtMillis: number },
  passphrase: string
) {
  const ledger = yield* StellarSubmission
  const isPast = (seconds: number) => newest.closedAtMillis > (envelope.maxTime + seconds) * 1000
  const verdict = (said: Verdict) => said
  if (!isPast(marginSeconds)) return verdict("open")
  const source = yield* ledger.account(envelope.source)
  const isBehind = source !== null && source.ledger !== null && source.ledger < newest.sequence
  if (isBehind) return verdict("open")
  if (source !== null && BigInt(source.sequence) < BigInt(envelope.sequence)) return verdict("never")
  if (!isPast(longMarginSeconds)) return verdict("open")
  const keptSince = yield* ledger.keptSinceMillis
  return verdict(keptSince < earliestOf(envelope.xdr, passphrase) * 1000 ? "never" : "undecidable")
})

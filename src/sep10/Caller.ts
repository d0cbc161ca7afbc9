/**
 * Who asks, as a SEP-10 token says it, and the grammar of the token's subject: `G…`, `G…:<memo>` or `M…` (S10-JWT-02).
 *
 * Gotcha: `G…:<id>` and the `M…` of the same pair are one user (S10-JWT-07), so both give the same `account` and `memo`;
 * `G…` without a memo is another one (S10-JWT-08).
 */
import { Context, Result } from "effect"
import { memoFault } from "../../machines/domain/Memo.ts"
import { type Address, parseAddress } from "../stellar/strkeys.ts"

export interface CallerIdentity {
  /** The account on the ledger, `G…`. */
  readonly account: string
  /** `M…`, where the caller signed in as one. */
  readonly muxedAccount: string | null
  /** The memo or the muxed id, uint64 in decimal; null when there is neither. */
  readonly memo: string | null
  /** The token's subject as it stands. */
  readonly subject: string
  /** The verified client domain, if any. */
  readonly clientDomain: string | null
}

/** The authenticated caller of a request; provided by the bearer middleware. */
export class Caller extends Context.Service<Caller, CallerIdentity>()("kedge/sep10/Caller") {}

/** The subject of a token for this client. `memo` is null for `M…`. */
export const subjectOf = (client: Address, memo: string | null): string =>
  memo === null ? client.text : `${client.account}:${memo}`

/** Reads a subject; null for anything that `subjectOf` would not have written. */
export const parseSubject = (subject: string): Omit<CallerIdentity, "clientDomain"> | null => {
  const [name = "", memo, ...more] = subject.split(":")
  const address = Result.getOrUndefined(parseAddress(name))
  if (address === undefined || more.length > 0) return null
  const { account, muxedId } = address
  if (memo === undefined) {
    return { account, muxedAccount: muxedId === null ? null : address.text, memo: muxedId, subject }
  }
  return muxedId !== null || memoFault({ type: "id", value: memo }) !== null
    ? null
    : { account, muxedAccount: null, memo, subject }
}

/**
 * Whose customer is meant: who asks, by the token, and whom they name, by `account` and `memo` (SEP-12 §Identification).
 *
 * Gotcha: ownership is not the account alone. What a registered Sending Anchor creates belongs to its base account, and yet
 * one of its tokens with a memo reaches only the customer of that memo; for anyone else the whole identity owns (H-06).
 */
import { Result } from "effect"
import { type Memo, memoFault } from "../../machines/domain/Memo.ts"
import { say } from "../http/Sentence.ts"
import type { CustomerRow } from "../ports/rows.ts"
import {
  type CustomerNotFound,
  type CustomerRequestRefused,
  type NotThisCustomer,
  notThis,
  refused
} from "./errors.ts"

/** Who asks. */
export interface Identity {
  /** Base account, `G…`. */
  readonly account: string
  /** `M…`, where the token names one. */
  readonly muxedAccount: string | null
  /** The token's memo or muxed id, uint64 in decimal; null when it has neither. */
  readonly memo: string | null
  /** The account is in the registry of Sending Anchors. */
  readonly isSendingAnchor: boolean
}

/** Whom a request names; every member as it was sent, absent where it was not. */
export interface Naming {
  readonly id?: string | undefined
  readonly account?: string | undefined
  readonly memo?: string | undefined
  readonly memoType?: string | undefined
}

/** The natural key of a customer. */
export interface CustomerKey {
  readonly owner: string
  readonly account: string
  readonly memo: Memo | null
}

const ownMemo = (who: Identity): Memo | null => (who.memo === null ? null : { type: "id", value: who.memo })

/** To whom what this caller creates belongs. */
export const ownerOf = (who: Identity): string =>
  who.isSendingAnchor || who.memo === null ? who.account : `${who.account}:${who.memo}`

const sameMemo = (a: Memo | null, b: Memo | null): boolean => a?.type === b?.type && a?.value === b?.value

/** The one check of ownership (SEC-20): every way to a customer passes it. */
export const mayReach = (who: Identity, row: CustomerRow): boolean =>
  !row.erased &&
  row.owner === ownerOf(who) &&
  (who.memo === null || (row.account === who.account && sameMemo(row.memo, ownMemo(who))))

type Fault = CustomerRequestRefused | NotThisCustomer

/** The sent account must be the caller's own, as `G…` or as the `M…` of the token (S12-ID-01). */
const accountFault = (who: Identity, { account, memo }: Naming): Fault | CustomerNotFound | null => {
  if (account === undefined) return null
  // A secret key sent by mistake; it is neither compared nor quoted (S23-04).
  if (/^S[A-Z2-7]{55}$/.test(account)) return refused(say`account is a secret key; send the public one (G…)`)
  if (account.startsWith("C") && memo !== undefined) return refused(say`a contract account takes no memo`)
  return account === who.account || account === who.muxedAccount
    ? null
    : notThis(say`account is not the account of the token`)
}

/** Last digit of 32 bytes in base64: its two low bits are padding and must be zero, or one hash had four spellings. */
const hashPadding = /[AEIMQUYcgkosw048]=$/

const sentMemo = (memo: string, memoType: string | undefined): Result.Result<Memo, Fault> => {
  const type = memoType ?? "id"
  if (type !== "id" && type !== "text" && type !== "hash") {
    return Result.fail(refused(say`memo_type must be id, text or hash`))
  }
  if (memo === "")
    return Result.fail(refused(say`memo is empty: leave it out together with memo_type, or send a value`))
  // No database keeps a NUL in a text, and no memo people mean holds one.
  if (memo.includes("\u0000")) return Result.fail(refused(say`memo holds a NUL character`))
  const fault = memoFault({ type, value: memo })
  if (fault !== null) return Result.fail(refused(say`memo does not fit memo_type ${type}: ${fault}`))
  return type === "hash" && !hashPadding.test(memo)
    ? Result.fail(
        refused(say`memo does not fit memo_type ${type}: ${say`a hash memo is 32 bytes in base64`}`)
      )
    : Result.succeed({ type, value: memo })
}

/** The memo meant: the token's where it has one (S12-ID-02), else any that is sent (S12-ID-03). */
const memoOf = (who: Identity, { memo, memoType }: Naming): Result.Result<Memo | null, Fault> => {
  if (who.memo !== null) {
    if (memo === undefined || memo === who.memo) return Result.succeed(ownMemo(who))
    return Result.fail(
      memo === ""
        ? refused(say`memo is empty: leave it out, or send the token's`)
        : notThis(say`memo is not the memo of the token`)
    )
  }
  if (memo === undefined) {
    return memoType === undefined
      ? Result.succeed(null)
      : Result.fail(refused(say`memo_type is sent without memo`))
  }
  return sentMemo(memo, memoType)
}

/**
 * The key a request without `id` means. Fails with 400 for what cannot be, with 403 for what is somebody else's.
 */
export const keyOf = (
  who: Identity,
  naming: Naming
): Result.Result<CustomerKey, Fault | CustomerNotFound> => {
  const fault = accountFault(who, naming)
  if (fault !== null) return Result.fail(fault)
  return Result.map(memoOf(who, naming), (memo) => ({ owner: ownerOf(who), account: who.account, memo }))
}

/** What else a request with `id` names must be that customer (S12-ID-10); null when it is. */
export const contradiction = (
  row: CustomerRow,
  key: CustomerKey,
  naming: Naming
): CustomerRequestRefused | null => {
  // Who came to a transaction without account and memo has none to differ from.
  const otherAccount = naming.account !== undefined && row.account !== null && row.account !== key.account
  const otherMemo = naming.memo !== undefined && !sameMemo(row.memo, key.memo)
  return otherAccount || otherMemo ? refused(say`id and account or memo name different customers`) : null
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a text can be an id of ours at all; what cannot is unknown, and no database is asked. */
export const isId = (text: string): boolean => uuid.test(text)

/**
 * The institution's own rules, asked at fixed moments: values in, values out, outside any database transaction.
 *
 * Gotcha: a hook is told the id of a transaction that may never be committed. Link your own records to it, but treat the
 * link as live only once the transaction is seen elsewhere (a payout, a status).
 */
import { Context, Effect } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { CustomerId, QuoteId, TransactionId } from "../../machines/domain/Ids.ts"
import type { FeeTerms } from "../../machines/domain/Fee.ts"
import type { CodeMessage } from "./KycProvider.ts"
import type { FieldDescription } from "./Rails.ts"

/** What `/info` says of one asset beyond configuration (SEP-31 §GET Info). Leave out what configuration should answer. */
export interface AssetInfo {
  readonly fields?: { readonly transaction: Readonly<Record<string, FieldDescription>> }
  readonly senderTypes?: Readonly<Record<string, { readonly description: string }>>
  readonly receiverTypes?: Readonly<Record<string, { readonly description: string }>>
  readonly senderSep12Type?: string
  readonly receiverSep12Type?: string
}

/** A POST /transactions that has passed every check of Kedge's own. */
export interface ProposedTransaction {
  /** The id it will have if it is committed. */
  readonly transactionId: TransactionId
  readonly sendingAnchor: string
  readonly asset: AssetId
  readonly amount: Amount
  readonly fundingMethod: string
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  readonly fields: Readonly<Record<string, string>>
  /**
   * What is delivered where that is another asset, as SEP-38 names it, and the firm quote that is redeemed for it; without one the
   * price is that of receipt. Null: what is received is delivered itself.
   */
  readonly conversion: { readonly to: string; readonly quoteId: QuoteId | null } | null
  readonly lang: string
}

export type Validation =
  /** `reference` (at most 200 characters) and `metadata` are kept and handed back to every hook and rail; no customer data. */
  | {
      readonly _tag: "Accepted"
      readonly reference?: string
      readonly metadata?: Readonly<Record<string, string>>
      /** Replaces the configured fee for this transaction. */
      readonly fee?: FeeTerms
    }
  /** 400 `customer_info_needed`, with the SEP-12 type to use. */
  | { readonly _tag: "CustomerInfoNeeded"; readonly type?: string }
  /** 400 `transaction_info_needed`, with the fields in the shape of `/info`. */
  | { readonly _tag: "TransactionInfoNeeded"; readonly fields: Readonly<Record<string, FieldDescription>> }
  /** 400 with this text. */
  | { readonly _tag: "Refused"; readonly error: string }

/** A PATCH that brings every field asked for (SEP-31 §PATCH Transaction). */
export interface ProposedUpdate {
  readonly transactionId: TransactionId
  readonly sendingAnchor: string
  readonly fields: Readonly<Record<string, string>>
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lang: string
}

export type UpdateVerdict =
  | { readonly _tag: "Accepted" }
  | { readonly _tag: "Refused"; readonly error: string }

/** A file a customer's owner sends, before it is kept. Its kind was told by its bytes. */
export interface ReceivedFile {
  /** Base account of the one who sends it. */
  readonly account: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export type FileVerdict =
  | { readonly _tag: "Accepted" }
  /** 400 with this text. */
  | { readonly _tag: "Refused"; readonly error: string }

/**
 * Failure and persistence: each hook has a time limit; a hook that fails, dies or runs out of time makes the request our
 * 500 or 503, never an acceptance, and `isSendingAnchor` denies. Nothing is persisted on a refusal. Hooks may be asked twice
 * for one request when what they relied on changed in between.
 */
export interface Hooks {
  readonly info: (asset: AssetId, lang: string) => Effect.Effect<AssetInfo, unknown>
  readonly validateTransaction: (proposed: ProposedTransaction) => Effect.Effect<Validation, unknown>
  readonly acceptUpdate: (update: ProposedUpdate) => Effect.Effect<UpdateVerdict, unknown>
  /** May this account (a `G…`) send to us now? Asked on every request, besides the configured registry. */
  readonly isSendingAnchor: (account: string) => Effect.Effect<boolean, unknown>
  /** Looks into a customer's file before it is kept: a virus scanner (SEC-23). */
  readonly inspectFile: (file: ReceivedFile) => Effect.Effect<FileVerdict, unknown>
  /** Sends a verification code to a customer, as an SMS or an email. May be asked twice with the same code. */
  readonly sendCode: (message: CodeMessage) => Effect.Effect<void, unknown>
}

/** Every hook answers as if there were none: configuration alone decides. */
export const defaultHooks: Hooks = {
  info: () => Effect.succeed({}),
  validateTransaction: () => Effect.succeed({ _tag: "Accepted" }),
  acceptUpdate: () => Effect.succeed({ _tag: "Accepted" }),
  isSendingAnchor: () => Effect.succeed(true),
  inspectFile: () => Effect.succeed({ _tag: "Accepted" }),
  sendCode: () => Effect.fail("no hook sends verification codes")
}

export class BusinessHooks extends Context.Service<BusinessHooks, Hooks>()("kedge/ports/BusinessHooks") {
  /** Hooks of your own over the defaults. */
  static readonly make = (own: Partial<Hooks>): Hooks => ({ ...defaultHooks, ...own })
}

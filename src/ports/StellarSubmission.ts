/**
 * The Stellar ledger where it is written to: submitting an envelope, and asking what became of it.
 *
 * Gotcha: an answer to `submit` is news, not proof. Only `transaction`, or a ledger closed after the envelope's time bound
 * without it, says how it ended.
 */
import { Context, Effect, Layer, Schema } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import { LedgerUnavailable } from "./StellarNetwork.ts"

export interface LedgerBalance {
  readonly asset: StellarAsset
  readonly balance: Amount
  /** What may be held at most; null for lumens. */
  readonly limit: Amount | null
  /** The issuer lets the account receive. */
  readonly isAuthorized: boolean
}

export interface LedgerAccount {
  readonly sequence: string
  readonly balances: ReadonlyArray<LedgerBalance>
  /** SEP-29: a payment to it needs a memo. */
  readonly isMemoRequired: boolean
  /** The newest ledger whoever answered had applied; null where it does not say. */
  readonly ledger: number | null
}

/** What the network said to an envelope. */
export const Submitted = Schema.Union([
  /** It is in a ledger, or on its way to one. */
  Schema.TaggedStruct("Taken", {}),
  /** The network does not take it as it is: `code` is that of the transaction (`tx_bad_seq`, `tx_insufficient_fee`, …). */
  Schema.TaggedStruct("Refused", { code: Schema.String, operations: Schema.Array(Schema.String) })
])
export type Submitted = typeof Submitted.Type

/** A transaction that a ledger holds. */
export interface LedgerTransaction {
  readonly successful: boolean
  readonly ledger: number
  /** Why it failed: the codes of transaction and operations; empty where it did not. */
  readonly codes: ReadonlyArray<string>
}

export class StellarSubmission extends Context.Service<
  StellarSubmission,
  {
    /** Null when the account is not on the ledger. */
    readonly account: (account: string) => Effect.Effect<LedgerAccount | null, LedgerUnavailable>
    /**
     * Gives an envelope (base64) to the network.
     *
     * Failure and persistence: may be repeated with the same envelope any number of times: a transaction is taken once. An
     * answer that is lost says nothing about what became of it.
     */
    readonly submit: (envelope: string) => Effect.Effect<Submitted, LedgerUnavailable>
    /**
     * The transaction of a hash (hex) in the ledger, or null where no ledger has it yet, or the history is no longer kept.
     * Failed ones are found too, and the one inside a fee bump by its own hash.
     */
    readonly transaction: (hash: string) => Effect.Effect<LedgerTransaction | null, LedgerUnavailable>
    /** The newest closed ledger, and what an operation costs in it: stroops that most of the network pays. */
    readonly newest: Effect.Effect<
      { readonly sequence: number; readonly closedAtMillis: number; readonly fee: number },
      LedgerUnavailable
    >
    /** When the oldest ledger closed whose transactions are still found: before it, not to be found means nothing. */
    readonly keptSinceMillis: Effect.Effect<number, LedgerUnavailable>
  }
>()("kedge/ports/StellarSubmission") {
  /** For a process without a key: a ledger that is never written to. */
  static readonly none = Layer.sync(StellarSubmission, () => {
    const never = Effect.fail(new LedgerUnavailable({ message: "no ledger is written to here" }))
    return {
      account: () => never,
      submit: () => never,
      transaction: () => never,
      newest: never,
      keptSinceMillis: never
    }
  })
}

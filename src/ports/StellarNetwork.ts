/**
 * The Stellar ledger as Kedge needs it. No word of Horizon here: Horizon is one adapter, Stellar RPC will be another.
 *
 * Gotcha: `position` is opaque text, comparable only for equality here; adapters give positions that never fall inside a
 * Stellar transaction, so a page can be committed whole.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"

/** Why a credit cannot be matched whatever its memo says. */
export type OddCredit = "merge" | "created-account" | "return-memo" | "muxed-without-memo"

/** One credit to one of our accounts, from a successful operation. */
export interface Credit {
  /** Ledger operation id, the same from Horizon and RPC. */
  readonly operationId: string
  /** Which credit within the operation, from 0. */
  readonly index: number
  readonly stellarTransactionId: string
  readonly account: string
  /** The muxed form we were paid at, where the payer used one. */
  readonly muxedAccount: string | null
  /** Who paid: `G…`, `M…` where the payer named itself so, or a contract (`C…`). */
  readonly from: string
  readonly asset: StellarAsset
  /** What was received: for path payments the destination amount. Null where the source cannot tell (a merge on Horizon). */
  readonly amount: Amount | null
  readonly memo: { readonly type: "none" | "id" | "text" | "hash" | "return"; readonly value: string | null }
  readonly odd: OddCredit | null
  /** Ledger close time, UTC, milliseconds since 1970. */
  readonly closedAtMillis: number
  readonly ledger: number
}

/**
 * A Stellar transaction of which some record could not be read: kept whole as it came, so that nothing is decided from half
 * of it, and the stream goes on.
 */
export interface UnreadableRecord {
  /** Of its first record. */
  readonly position: string
  /** Its place among the Stellar transactions of the page, from 0: neighbours were unreadable in a row. */
  readonly ordinal: number
  readonly reason: string
  readonly raw: string
}

/** A page of an account's history, in ledger order, cut at a boundary between Stellar transactions. */
export interface CreditPage {
  readonly credits: ReadonlyArray<Credit>
  readonly unreadable: ReadonlyArray<UnreadableRecord>
  /** How many Stellar transactions the page holds, those that brought nothing included. */
  readonly transactions: number
  /**
   * Where the next page begins. When there was nothing it is the position asked from, or one further on that skips nothing:
   * the position of an account that is paid rarely must not fall out of what the ledger keeps.
   */
  readonly position: string
  /** Everything closed at or before this ledger has been seen once this page is committed. */
  readonly processedLedger: { readonly sequence: number; readonly closedAtMillis: number } | null
  /** More is waiting behind this page. */
  readonly full: boolean
}

export interface AccountSigners {
  readonly signers: ReadonlyArray<{ readonly key: string; readonly weight: number }>
  readonly thresholds: { readonly low: number; readonly medium: number; readonly high: number }
}

/** The ledger did not answer, or not sensibly; asked again with backoff. Never a reason to quarantine anything. */
export class LedgerUnavailable extends Schema.TaggedError<LedgerUnavailable>()("LedgerUnavailable", {
  message: Schema.String
}) {}

/** The stored position does not belong to this ledger: beyond its tip, of another network, or no longer kept. */
export class PositionRefused extends Schema.TaggedError<PositionRefused>()("PositionRefused", {
  message: Schema.String
}) {}

/** Failure and persistence: reading only, so every call may be repeated; nothing survives a restart but what was committed. */
export class StellarNetwork extends Context.Service<
  StellarNetwork,
  {
    /** Passphrase the ledger itself reports. */
    readonly passphrase: Effect.Effect<string, LedgerUnavailable>
    /** The newest position of the account's history: where a first watch begins. */
    readonly tip: (account: string) => Effect.Effect<string, LedgerUnavailable>
    /** The next page after a position, at most `limit` records (1 to 200). */
    readonly page: (
      account: string,
      position: string,
      limit: number
    ) => Effect.Effect<CreditPage, LedgerUnavailable | PositionRefused>
    /** Emits when something may have happened to the account: a wake-up, never a source of facts. Ends or fails at will. */
    readonly wakeUps: (account: string, position: string) => Stream.Stream<void, LedgerUnavailable>
    /** Signers and thresholds; null when the account does not exist on the ledger. */
    readonly signers: (account: string) => Effect.Effect<AccountSigners | null, LedgerUnavailable>
    /** Reads one quarantined Stellar transaction again, whole; no transaction when the ledger has it no longer. */
    readonly reread: (
      account: string,
      position: string
    ) => Effect.Effect<CreditPage, LedgerUnavailable | PositionRefused>
  }
>()("kedge/ports/StellarNetwork") {}

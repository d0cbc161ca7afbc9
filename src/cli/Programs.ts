/**
 * What the commands do. The command line is described here in src/cli; the work needs adapters, which only src/app knows, and
 * so it supplies this service.
 */
import { Context, type Effect } from "effect"
import type { CommandFailed } from "./CommandFailed.ts"
import type { ConfigProblems } from "./ConfigProblems.ts"

export type Program = Effect.Effect<void, CommandFailed | ConfigProblems>

export interface LoopOptions {
  /** Once, or for ever. */
  readonly loop: boolean
  /** Seconds between two passes; null for the configured ones. */
  readonly interval: number | null
}

export interface SandboxFlags {
  readonly port: number
  readonly directory: string | null
  readonly passphrase: string | null
  /** Seconds between ledgers. */
  readonly closeEvery: number
}

export interface DemoOptions {
  /** Where everything of the demo is kept. */
  readonly directory: string
  /** Plays one payment and ends, with success only if it completed. */
  readonly once: boolean
  /** Deletes ledger and database together before the start. */
  readonly fresh: boolean
}

export interface PayOptions {
  readonly directory: string
  readonly amount: string
  readonly asset: string
  /** The Receiving Client's `bank_account_number`; its last four digits choose what the sandbox rail does. */
  readonly account: string
  /** The Receiving Client's `last_name`; the sandbox's KYC triggers. */
  readonly name: string
  /** The memo is left out of the payment on the ledger. */
  readonly withoutMemo: boolean
  /** Corrects this transaction with `account` instead of making a new one. */
  readonly correct: string | null
  /** Seconds to follow it. */
  readonly follow: number
}

export interface ListOptions {
  readonly status: string | null
  readonly before: string | null
  readonly limit: number
  readonly json: boolean
}

export interface CallbackListOptions {
  readonly state: "pending" | "dead" | "delivered"
  readonly limit: number
  readonly json: boolean
}

export interface RefundListOptions {
  readonly limit: number
  readonly json: boolean
}

export interface ParkedListOptions {
  readonly limit: number
  /** Those too that a decision stands about. */
  readonly decided: boolean
  readonly json: boolean
}

export interface DecisionOptions {
  /** Id of the payment's leader. */
  readonly payment: string
  readonly why: string
  /** Null: whoever runs the command. */
  readonly by: string | null
}

export class Programs extends Context.Service<
  Programs,
  {
    readonly serve: Program
    readonly sandbox: (flags: SandboxFlags) => Program
    readonly migrate: Program
    readonly doctor: Program
    readonly watch: Program
    readonly executeOutgoing: (options: LoopOptions) => Program
    readonly pollOutgoing: (options: LoopOptions) => Program
    readonly listTransactions: (options: ListOptions) => Program
    readonly showTransaction: (id: string, json: boolean) => Program
    readonly listInbox: (json: boolean) => Program
    readonly replayInbox: Program
    readonly listCallbacks: (options: CallbackListOptions) => Program
    /** Null: of every transaction. */
    readonly replayCallbacks: (transactionId: string | null) => Program
    readonly listRefunds: (options: RefundListOptions) => Program
    readonly retryRefund: (id: string) => Program
    readonly verifyAudit: Program
    readonly listParked: (options: ParkedListOptions) => Program
    readonly matchParked: (options: DecisionOptions & { readonly transaction: string }) => Program
    readonly refundParked: (options: DecisionOptions) => Program
    readonly keepParked: (options: DecisionOptions) => Program
    readonly reconcile: (json: boolean) => Program
    readonly demo: (options: DemoOptions) => Program
    readonly pay: (options: PayOptions) => Program
  }
>()("kedge/cli/Programs") {}

/** The tables of the memory storage: plain maps, one a row kind, keyed by the natural key. */
import type { CustomerId, PaymentId, PayoutId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import { type Memo, memoKey } from "../../machines/domain/Memo.ts"
import type {
  AttentionRow,
  AuditRow,
  Committed,
  CustomerRow,
  PayoutBirth,
  PayoutState,
  RefusalRow,
  SealedRow,
  TransactionRow,
  TransferRow
} from "../../src/ports/rows.ts"
import type { Cursor, InboxRow } from "../../src/ports/Storage.ts"

export interface StoredPayout extends Omit<PayoutBirth, "state" | "dueInSeconds"> {
  readonly transactionId: TransactionId
  /** As it was when the attempt was planned. */
  readonly destination: SealedId | null
  readonly state: PayoutState
  readonly owner: string | null
  readonly dueAtMillis: number | null
  readonly tries: number
  readonly externalId: string | null
}

export interface StoredInbox extends InboxRow {
  readonly seenAtMillis: number
}

/** A journal line pair with its cause: `<transaction>:<version>` or a payment id. */
export interface StoredTransfer extends Omit<TransferRow, "version"> {
  readonly cause: string
  readonly asset: string
}

export interface Tables {
  readonly transactions: Map<TransactionId, TransactionRow>
  readonly memos: Map<string, TransactionId>
  readonly audits: Map<TransactionId, ReadonlyArray<AuditRow & { readonly atMillis: number }>>
  readonly journal: Array<StoredTransfer>
  readonly payouts: Map<PayoutId, StoredPayout>
  readonly payoutsOf: Map<TransactionId, ReadonlyArray<PayoutId>>
  readonly attention: Map<TransactionId, AttentionRow & { readonly dueAtMillis: number }>
  readonly inbox: Map<PaymentId, StoredInbox>
  readonly quarantine: Map<
    string,
    { readonly account: string; readonly position: string; readonly reason: string; readonly raw: string }
  >
  readonly refusals: Array<RefusalRow & { readonly atMillis: number }>
  readonly sealed: Map<SealedId, SealedRow>
  readonly groups: Map<string, { readonly committed: Committed | null; readonly atMillis: number }>
  readonly cursors: Map<string, Cursor>
  readonly leases: Map<
    string,
    { readonly owner: string; readonly epoch: number; readonly untilMillis: number }
  >
  readonly challenges: Map<string, number>
  readonly customers: Map<CustomerId, CustomerRow>
  readonly customerValues: Map<CustomerId, ReadonlyMap<string, SealedRow>>
}

export const emptyTables = (): Tables => ({
  transactions: new Map(),
  memos: new Map(),
  audits: new Map(),
  journal: [],
  payouts: new Map(),
  payoutsOf: new Map(),
  attention: new Map(),
  inbox: new Map(),
  quarantine: new Map(),
  refusals: [],
  sealed: new Map(),
  groups: new Map(),
  cursors: new Map(),
  leases: new Map(),
  challenges: new Map(),
  customers: new Map(),
  customerValues: new Map()
})

export const addressKey = (account: string, memo: Memo): string => memoKey(account, memo)

const open: ReadonlySet<PayoutState> = new Set(["planned", "started", "pending", "unknown", "held"])
export const isOpen = (state: PayoutState): boolean => open.has(state)

/** The tables of the memory storage: plain maps, one a row kind, keyed by the natural key. */
import type { Amount } from "../../machines/domain/Amount.ts"
import type {
  CustomerId,
  FileId,
  PaymentId,
  PayoutId,
  QuoteId,
  RefundId,
  SealedId,
  TransactionId
} from "../../machines/domain/Ids.ts"
import type {
  AttentionRow,
  AuditRow,
  CallbackRow,
  Committed,
  CustomerCallbackRow,
  CustomerRow,
  EnvelopeEnd,
  EnvelopeRow,
  FileRow,
  PayoutBirth,
  PayoutState,
  QuoteRow,
  RefundState,
  RefusalRow,
  SealedRow,
  TransactionRow,
  TransferRow
} from "../../src/ports/rows.ts"
import type { ResolutionRow } from "../../src/ports/bookRows.ts"
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
}

/** A callback as it was left by the commit; its address is that of the transaction. */
export type StoredCallback = Omit<CallbackRow, "url">

export interface StoredCustomerCallback extends Omit<CustomerCallbackRow, "url"> {
  readonly state: CallbackRow["state"]
  readonly dueAtMillis: number | null
  /** The registration whose address it was last given out with. */
  readonly sentTo: Registration | null
}

/** Where a customer's changes are told; another registration is another object, even with the same address. */
export interface Registration {
  readonly url: string
}

/** A refund as it stands; its payment is a leader of the inbox. */
export interface StoredRefund {
  readonly id: RefundId
  readonly payment: PaymentId
  readonly transactionId: TransactionId | null
  readonly ordinal: number
  readonly amount: Amount
  readonly state: RefundState
  readonly dueAtMillis: number | null
  readonly tries: number
}

export interface StoredEnvelope extends EnvelopeRow {
  readonly refund: RefundId
  readonly state: "open" | EnvelopeEnd
}

export interface Tables {
  readonly transactions: Map<TransactionId, TransactionRow>
  readonly memos: Map<string, TransactionId>
  /** Quotes and repeat keys that are taken, by the keys of ./births.ts. */
  readonly taken: Map<string, TransactionId>
  /** Digests of the requests made under a repeat key. */
  readonly fingerprints: Map<TransactionId, string>
  readonly quotes: Map<QuoteId, Omit<QuoteRow, "transactionId">>
  /** By transaction and version. */
  readonly callbacks: Map<string, StoredCallback>
  readonly audits: Map<TransactionId, ReadonlyArray<AuditRow & { readonly atMillis: number }>>
  readonly journal: Array<StoredTransfer>
  readonly payouts: Map<PayoutId, StoredPayout>
  readonly payoutsOf: Map<TransactionId, ReadonlyArray<PayoutId>>
  readonly attention: Map<TransactionId, AttentionRow & { readonly dueAtMillis: number }>
  readonly inbox: Map<PaymentId, StoredInbox>
  readonly refundOrders: Map<RefundId, StoredRefund>
  /** By hash. */
  readonly envelopes: Map<string, StoredEnvelope>
  /** What was done about parked payments, by whom. */
  readonly resolutions: Array<ResolutionRow>
  /** Seals of the audit, in order: whose they are, and the hash. */
  readonly seals: Array<{ readonly of: string; readonly hash: string }>
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
  readonly registrations: Map<CustomerId, Registration>
  /** By customer and version. */
  readonly customerCallbacks: Map<string, StoredCustomerCallback>
  readonly files: Map<FileId, { readonly row: FileRow; readonly sealed: SealedRow }>
  /** When a deferred erasure is asked about next. */
  readonly erasures: Map<CustomerId, number>
}

export const emptyTables = (): Tables => ({
  transactions: new Map(),
  memos: new Map(),
  taken: new Map(),
  fingerprints: new Map(),
  quotes: new Map(),
  callbacks: new Map(),
  audits: new Map(),
  journal: [],
  payouts: new Map(),
  payoutsOf: new Map(),
  attention: new Map(),
  inbox: new Map(),
  refundOrders: new Map(),
  envelopes: new Map(),
  resolutions: [],
  seals: [],
  quarantine: new Map(),
  refusals: [],
  sealed: new Map(),
  groups: new Map(),
  cursors: new Map(),
  leases: new Map(),
  challenges: new Map(),
  customers: new Map(),
  customerValues: new Map(),
  registrations: new Map(),
  customerCallbacks: new Map(),
  files: new Map(),
  erasures: new Map()
})

const open: ReadonlySet<PayoutState> = new Set(["planned", "started", "pending", "unknown", "held"])
export const isOpen = (state: PayoutState): boolean => open.has(state)

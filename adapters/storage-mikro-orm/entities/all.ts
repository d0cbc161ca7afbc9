/** Every entity of the schema: what the migrations must add up to. */
import { Audit, AuditHead, Resolution } from "./audit.ts"
import { Callback, CustomerCallback } from "./callbacks.ts"
import { Customer, CustomerFile, CustomerValue, Erasure, Sealed, Verdict } from "./customers.ts"
import { Cursor, ExpirySweep, Quarantine, StellarPayment } from "./inbox.ts"
import { Journal, Payout, Refund } from "./money.ts"
import { Quote } from "./quotes.ts"
import { RefundEnvelope, RefundOrder } from "./refunds.ts"
import { Attention, Refusal, Transaction } from "./transactions.ts"
import { Challenge, CommitGroup, Heartbeat, Lease } from "./upkeep.ts"

export const entities = [
  Transaction,
  Audit,
  Refusal,
  Attention,
  Callback,
  Quote,
  Payout,
  Journal,
  Refund,
  RefundOrder,
  RefundEnvelope,
  Resolution,
  AuditHead,
  StellarPayment,
  Cursor,
  Quarantine,
  ExpirySweep,
  Customer,
  Verdict,
  CustomerValue,
  CustomerFile,
  CustomerCallback,
  Erasure,
  Sealed,
  CommitGroup,
  Lease,
  Challenge,
  Heartbeat
]

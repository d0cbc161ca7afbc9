/** Every entity of the schema: what the migrations must add up to. */
import { Customer, CustomerValue, Sealed, Verdict } from "./customers.ts"
import { Cursor, ExpirySweep, Quarantine, StellarPayment } from "./inbox.ts"
import { Journal, Payout, Refund } from "./money.ts"
import { Attention, Audit, Refusal, Transaction } from "./transactions.ts"
import { Challenge, CommitGroup, Heartbeat, Lease } from "./upkeep.ts"

export const entities = [
  Transaction,
  Audit,
  Refusal,
  Attention,
  Payout,
  Journal,
  Refund,
  StellarPayment,
  Cursor,
  Quarantine,
  ExpirySweep,
  Customer,
  Verdict,
  CustomerValue,
  Sealed,
  CommitGroup,
  Lease,
  Challenge,
  Heartbeat
]

/**
 * The contract of `Storage`, as data: named clauses that every implementation passes.
 *
 * A clause is an effect that dies with a sentence when the storage breaks it; no test framework is needed. Gotcha: the clauses
 * share one storage, which was empty at the start, and its clock, which only ever goes forward: run them one after another.
 */
import { birthDrafts } from "./storage/birthClauses.ts"
import { bookDrafts } from "./storage/bookClauses.ts"
import { callbackDrafts } from "./storage/callbackClauses.ts"
import { clauses, type StorageClause } from "./storage/claims.ts"
import { customerCallbackDrafts } from "./storage/customerCallbackClauses.ts"
import { customerDrafts } from "./storage/customerClauses.ts"
import { decisionDrafts } from "./storage/decisionClauses.ts"
import { erasureDrafts } from "./storage/erasureClauses.ts"
import { matterDrafts } from "./storage/matterClauses.ts"
import { paymentDrafts } from "./storage/paymentClauses.ts"
import { parkedDrafts } from "./storage/parkedClauses.ts"
import { payoutDrafts } from "./storage/payoutClauses.ts"
import { quoteDrafts } from "./storage/quoteClauses.ts"
import { refundDrafts } from "./storage/refundClauses.ts"
import { roleDrafts } from "./storage/roleClauses.ts"
import { stepDrafts } from "./storage/stepClauses.ts"
import { sweepDrafts } from "./storage/sweepClauses.ts"

export type { StorageClause } from "./storage/claims.ts"
export { StorageClock } from "./StorageClock.ts"

export const storageContract: ReadonlyArray<StorageClause> = clauses([
  ...birthDrafts,
  ...stepDrafts,
  ...paymentDrafts,
  ...payoutDrafts,
  ...matterDrafts,
  ...customerDrafts,
  ...roleDrafts,
  ...sweepDrafts,
  ...quoteDrafts,
  ...callbackDrafts,
  ...customerCallbackDrafts,
  ...erasureDrafts,
  ...refundDrafts,
  ...parkedDrafts,
  ...decisionDrafts,
  ...bookDrafts
])

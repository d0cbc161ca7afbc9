/**
 * The stored form of a transaction's state: a path and the context, small and versioned.
 *
 * A snapshot outlives the code that wrote it: `upgrade` reads every version since 1, and a real snapshot of each past version
 * stays in the tests. Gotcha: amounts and terms are columns of the row, so the JSON here holds only the rest.
 */
import { Result } from "effect"
import type { Amount } from "../domain/Amount.ts"
import type { SealedId, TransactionId } from "../domain/Ids.ts"
import { machineVersion, type Party, type Price, type Terms, type TransactionContext } from "./context.ts"
import { type Leaf, parseLeaf } from "./leaves.ts"

export interface Snapshot {
  readonly leaf: Leaf
  readonly context: TransactionContext
}

/** The part of the context that is JSON in the row. Keys that hold nothing are left out. */
export interface StoredContext {
  readonly v: number
  /** Not ready for funds yet. */
  readonly unready?: true
  readonly price?: Price
  readonly attempt?: number
  readonly owed?: Amount
  readonly submitted?: true
  readonly refunded?: true
  readonly fields?: ReadonlyArray<string>
  readonly party?: Party
  readonly note?: SealedId
}

/** The part of the context that is columns of the row. */
export interface Amounts {
  readonly received: Amount | null
  readonly accepted: Amount | null
  readonly fee: Amount | null
  readonly delivered: Amount | null
}

export const storedContext = (c: TransactionContext): StoredContext => ({
  v: machineVersion,
  ...(c.ready ? {} : { unready: true as const }),
  ...(c.price === null ? {} : { price: c.price }),
  ...(c.attempt > 0 ? { attempt: c.attempt } : {}),
  ...(c.owed === null ? {} : { owed: c.owed }),
  ...(c.submitted ? { submitted: true as const } : {}),
  ...(c.refunded ? { refunded: true as const } : {}),
  ...(c.fields.length === 0 ? {} : { fields: c.fields }),
  ...(c.party === null ? {} : { party: c.party }),
  ...(c.note === null ? {} : { note: c.note })
})

/**
 * Puts a stored snapshot together again. Fails with a sentence on a state this code does not know or a context written by a
 * newer version: such an actor is set aside, not guessed at.
 */
export const revive = (row: {
  readonly id: TransactionId
  readonly state: string
  readonly terms: Terms
  readonly amounts: Amounts
  readonly context: StoredContext
}): Result.Result<Snapshot, string> => {
  const leaf = parseLeaf(row.state)
  if (Result.isFailure(leaf)) return Result.fail(leaf.failure)
  if (row.context.v > machineVersion) {
    return Result.fail(
      `the snapshot has version ${row.context.v}; this process reads up to ${machineVersion}`
    )
  }
  const c = upgrade(row.context)
  return Result.succeed({
    leaf: leaf.success,
    context: {
      id: row.id,
      terms: row.terms,
      ...row.amounts,
      ready: c.unready !== true,
      price: c.price ?? null,
      attempt: c.attempt ?? 0,
      owed: c.owed ?? null,
      submitted: c.submitted ?? false,
      refunded: c.refunded ?? false,
      fields: c.fields ?? [],
      party: c.party ?? null,
      note: c.note ?? null
    }
  })
}

/** Version 2 added what a transaction is before it is ready and the price of receipt; without them a context reads as before. */
const upgrade = (context: StoredContext): StoredContext => context

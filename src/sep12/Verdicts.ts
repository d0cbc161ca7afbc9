/**
 * Verdicts as facts: asked of the provider, recorded where they changed, and told to the transactions that wait.
 *
 * Gotcha: the answer to a question may be overtaken by another fact (a PUT, a report) while it is on its way. It is recorded
 * only over the version it was asked about, else the question is asked anew.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Verdict } from "../ports/KycProvider.ts"
import type { CustomerRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Provider } from "./askProvider.ts"
import { type CustomerNotFound, type CustomersUnavailable, notFound, unavailable } from "./errors.ts"

/** Questions asked anew before the newest answer is taken as it is. */
const overtakenMax = 3

/** A customer with a verdict that is on record. */
export interface Judged {
  readonly row: CustomerRow
  readonly verdict: Verdict
  /** The record is new: whoever waits is to be told. */
  readonly changed: boolean
}

/** The status on record for a type; undefined where the customer was never judged for it. */
export const recorded = (row: CustomerRow, type: string): CustomerRow["statuses"][string] | undefined =>
  Object.hasOwn(row.statuses, type) ? row.statuses[type] : undefined

/** What a row, a type and nothing else can tell: no provider is asked. */
export const standing = (row: CustomerRow, type: string): "ACCEPTED" | "REJECTED" | "open" => {
  const status = recorded(row, type)?.status
  if (status === "REJECTED") return "REJECTED"
  return status === "ACCEPTED" && row.contested.length === 0 ? "ACCEPTED" : "open"
}

type Failure = CustomerNotFound | CustomersUnavailable

export interface Verdicts {
  readonly find: (id: CustomerId) => Effect.Effect<CustomerRow, Failure>
  /** Asks the provider, and records the answer where it is news. */
  readonly ask: (row: CustomerRow, type: string, lang: string) => Effect.Effect<Judged, Failure>
  /** Records what somebody told. `put`: names that were put and are no longer contested. */
  readonly record: (
    id: CustomerId,
    type: string,
    verdict: Pick<Verdict, "status" | "message" | "askAgainSeconds">,
    put: ReadonlyArray<string>
  ) => Effect.Effect<CustomerRow, Failure>
}

/** Whether a verdict says what is on record already. */
export const isKnown = (
  row: CustomerRow,
  type: string,
  verdict: Pick<Verdict, "status" | "message">
): boolean => {
  const known = recorded(row, type)
  return known !== undefined && known.status === verdict.status && known.message === (verdict.message ?? null)
}

export const makeVerdicts = (storage: Storage["Service"], provider: Provider): Verdicts => {
  const find = Effect.fnUntraced(function* (id: CustomerId) {
    const row = yield* storage.customer(id).pipe(Effect.mapError(unavailable))
    return row === null || row.erased ? yield* notFound() : row
  })

  const record: Verdicts["record"] = Effect.fnUntraced(function* (id, type, verdict, put) {
    const row = yield* storage
      .recordVerdict({
        id,
        type,
        status: verdict.status,
        message: verdict.message ?? null,
        askAgainInSeconds: verdict.askAgainSeconds ?? null,
        put
      })
      .pipe(Effect.mapError(unavailable))
    return row === null || row.erased ? yield* notFound() : row
  })

  const ask = Effect.fnUntraced(function* (
    row: CustomerRow,
    type: string,
    lang: string
  ): Effect.fn.Return<Judged, Failure> {
    let asked = row
    for (let overtaken = 0; ; overtaken += 1) {
      const verdict = yield* provider.verdict(asked.id, type, lang)
      if (isKnown(asked, type, verdict)) return { row: asked, verdict, changed: false }
      const now = yield* find(asked.id)
      if (now.version === asked.version || overtaken === overtakenMax) {
        return { row: yield* record(now.id, type, verdict, []), verdict, changed: true }
      }
      asked = now
    }
  })

  return { find, ask, record }
}

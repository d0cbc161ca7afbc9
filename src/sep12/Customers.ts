/**
 * Customers: who they are, whose they are, and what is thought of them. The one service behind SEP-12, and the door through
 * which SEP-31 and an institution's own webhooks ask and tell about customers.
 *
 * Kedge's storage owns the record, the KYC provider the data and the verdict. Gotcha: what is another's is not found, in the
 * same words as what does not exist (SEC-20).
 */
import { Context, type Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { CustomerStatus, Verdict } from "../ports/KycProvider.ts"
import type { ActorRow, CustomerRow } from "../ports/rows.ts"
import type { CallerIdentity } from "../sep10/Caller.ts"
import type { CustomerError, CustomerNotFound, CustomersUnavailable } from "./errors.ts"
import type { Naming } from "./identity.ts"
import type { SubmittedField } from "./submitted.ts"

/** The one who asks, as a token tells. */
export type Asker = Pick<CallerIdentity, "account" | "muxedAccount" | "memo">

/** What a request says beside the values. */
export interface Asked extends Naming {
  readonly type?: string | undefined
  readonly transactionId?: string | undefined
  readonly lang?: string | undefined
}

/** A customer as shown; `id` is null for one that is not registered. */
export interface Shown {
  readonly id: CustomerId | null
  readonly verdict: Verdict
}

type Lacking = CustomerNotFound | CustomersUnavailable

export class Customers extends Context.Service<
  Customers,
  {
    /** The customer a request names, or what a new one would have to give (SEP-12 §Customer GET). */
    readonly get: (asker: Asker, asked: Asked) => Effect.Effect<Shown, CustomerError>
    /**
     * Registers a customer or merges values into one (SEP-12 §Customer PUT), judges anew and tells waiting transactions.
     * The values are on disk when it answers. May be repeated: the same customer answers.
     */
    readonly put: (
      asker: Asker,
      asked: Asked,
      fields: ReadonlyArray<SubmittedField>
    ) => Effect.Effect<CustomerId, CustomerError>
    /** Erases the customer that `account` and `memo` name (SEP-12 §Customer DELETE). */
    readonly erase: (
      asker: Asker,
      named: {
        readonly account: string
        readonly memo?: string | undefined
        readonly memoType?: string | undefined
      }
    ) => Effect.Effect<void, CustomerError>
    /**
     * A customer of a Sending Anchor (its base account) for a transaction of a type. The status on record answers where it is
     * final for now; otherwise the provider is asked. A contested customer is NEEDS_INFO. Check `row.version` in the commit.
     */
    readonly forTransaction: (query: {
      readonly sendingAnchor: string
      readonly id: string
      readonly type: string
    }) => Effect.Effect<
      {
        readonly row: CustomerRow
        readonly verdict: { readonly status: CustomerStatus; readonly message?: string }
      },
      Lacking
    >
    /** Text values by canonical SEP-9 name, for a destination snapshot. */
    readonly values: (id: CustomerId) => Effect.Effect<Readonly<Record<string, string>>, CustomersUnavailable>
    /**
     * The institution's own door: tells a verdict that its systems reached. Repeating it changes nothing. The provider must
     * answer `verdict` accordingly from then on. Fails on an unknown customer or type.
     */
    readonly report: (
      id: CustomerId,
      type: string,
      verdict: Pick<Verdict, "status" | "message" | "askAgainSeconds">
    ) => Effect.Effect<void, CustomerError>
    /** Asks about one customer and type, and tells who waits where the answer is news. For the sweeper. */
    readonly askAgainAbout: (id: CustomerId, type: string) => Effect.Effect<void, Lacking>
    /** Judges the customers of one waiting transaction anew. For whoever sweeps attention rows of kind `customer-info`. */
    readonly askAgain: (actor: ActorRow) => Effect.Effect<void>
  }
>()("kedge/sep12/Customers") {}

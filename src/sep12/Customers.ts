/**
 * Customers: who they are, whose they are, and what is thought of them. The one service behind SEP-12, and the door through
 * which SEP-31 and an institution's own webhooks ask and tell about customers.
 *
 * Kedge's storage owns the record, the KYC provider the data and the verdict. Gotcha: what is another's is not found, in the
 * same words as what does not exist (SEC-20).
 */
import { Context, type Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { AboutTransaction, CustomerStatus, Verdict } from "../ports/KycProvider.ts"
import type { ActorRow, CustomerRow, FileRow } from "../ports/rows.ts"
import type { CallerIdentity } from "../sep10/Caller.ts"
import type { CustomerError, CustomerNotFound, CustomersUnavailable } from "./errors.ts"
import type { Naming } from "./identity.ts"
import type { JudgedAs } from "./judgedAs.ts"
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
    /**
     * Takes verification codes of a customer named by id (SEP-12 §Customer PUT Verification), judges anew and tells waiting
     * transactions. Answers the customer as it then is.
     */
    readonly verify: (
      asker: Asker,
      asked: Asked,
      fields: ReadonlyArray<SubmittedField>
    ) => Effect.Effect<Shown, CustomerError>
    /**
     * Erases the customer that `account` and `memo`, or `id`, name (SEP-12 §Customer DELETE). With unfinished transactions it is
     * closed at once, and its values go when the last of them is final.
     */
    readonly erase: (
      asker: Asker,
      named: {
        readonly id?: string | undefined
        readonly account: string
        readonly memo?: string | undefined
        readonly memoType?: string | undefined
      }
    ) => Effect.Effect<void, CustomerError>
    /** Has the customer's status changes told to a URL, in place of an earlier one (SEP-12 §Customer Callback PUT). */
    readonly setCallback: (asker: Asker, asked: Asked, url: string) => Effect.Effect<void, CustomerError>
    /** Keeps a file for a customer to come (SEP-12 §Customer Files). Its kind is told by its bytes. */
    readonly upload: (asker: Asker, bytes: Uint8Array) => Effect.Effect<FileRow, CustomerError>
    /** The caller's files by id, customer or both; unknown ones and another's are not there. */
    readonly files: (
      asker: Asker,
      query: { readonly fileId?: string | undefined; readonly customerId?: string | undefined }
    ) => Effect.Effect<ReadonlyArray<FileRow>, CustomerError>
    /**
     * A customer of a Sending Anchor (its base account) for a transaction of a type. The status on record answers where it is
     * final for now; otherwise the provider is asked. A contested customer is NEEDS_INFO, and one whose values are just being
     * stored is not ACCEPTED. Check `row.version` in the commit. `about`: without it the requirements of the type alone count.
     */
    readonly forTransaction: (query: {
      readonly sendingAnchor: string
      readonly id: string
      readonly type: string
      readonly about?: AboutTransaction
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
    /** Asks about one customer and what it is judged as, and tells who waits where the answer is news. For the sweeper. */
    readonly askAgainAbout: (id: CustomerId, as: JudgedAs) => Effect.Effect<void, Lacking>
    /** A customer as its owner would be shown it now. For callbacks. */
    readonly shown: (id: CustomerId, as: JudgedAs) => Effect.Effect<Shown, Lacking>
    /** Erases what an unfinished transaction kept of a customer. For the sweeper. */
    readonly finishErasure: (id: CustomerId) => Effect.Effect<void, CustomersUnavailable>
    /**
     * Judges the customers of one transaction that waits for them, before its payment or after, and tells it. Right after a birth
     * in `pending_receiver.checking`, and for whoever sweeps attention rows of kind `customer-info`. Never fails: what could not
     * be asked is asked when due.
     */
    readonly askAgain: (actor: Pick<ActorRow, "id">) => Effect.Effect<void>
  }
>()("kedge/sep12/Customers") {}

/**
 * Parked payments and what a person decides about them.
 *
 * Gotcha: each decision is one function of the schema: it locks the leader and then asks, so that of two people who decide at
 * once the second finds what the first decided.
 */
import { Effect } from "effect"
import type { PaymentId, TransactionId } from "../../machines/domain/Ids.ts"
import type { ResolutionRow } from "../../src/ports/bookRows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import type { Engine } from "./Engine.ts"
import { type InboxColumns, inboxColumns, inboxOf } from "./inboxStatements.ts"
import { isUuid } from "./parameters.ts"

interface ResolutionColumns {
  readonly payment: string
  readonly ordinal: number
  readonly what: string
  readonly transaction_id: string | null
  readonly by: string
  readonly why: string
  readonly at_millis: number
}

/** From decisions under the alias `r`. */
const resolutionColumns = `r.payment, r.ordinal, r.what, r.transaction_id, r.by, r.why, ${millisOf("r.at")} as at_millis`

const resolutionOf = (row: ResolutionColumns): ResolutionRow => ({
  payment: row.payment as PaymentId,
  ordinal: row.ordinal,
  what: row.what as ResolutionRow["what"],
  transactionId: row.transaction_id as TransactionId | null,
  by: row.by,
  why: row.why,
  atMillis: row.at_millis
})

type Methods = Pick<
  Storage["Service"],
  "parked" | "resolutions" | "recentResolutions" | "releaseParked" | "keepParked"
>

const parkedText = (which: string) => `select ${inboxColumns},
    (select jsonb_agg(to_jsonb(x) order by x.ordinal)
      from (select ${resolutionColumns} from resolution r where r.payment = i.leader) x) as resolutions
  from stellar_payment i where ${which} and ($2::text is null
    or (i.closed_at, i.id) < (select b.closed_at, b.id from stellar_payment b where b.id = $2::text))
  order by i.closed_at desc, i.id desc limit $1::text::int`

export const parkedStatements = (engine: Engine): Methods => {
  const decision = (name: string, call: string, values: ReadonlyArray<string>) =>
    engine
      .run<{ readonly done: boolean | null }>({ name, text: `select ${call} as done`, values })
      .pipe(Effect.map(([row]) => row?.done === true))
  return {
    parked: ({ before, decided = false, limit }) =>
      engine
        .run<InboxColumns & { readonly resolutions: ReadonlyArray<ResolutionColumns> | null }>({
          name: decided ? "kedge_parked" : "kedge_undecided",
          text: parkedText(decided ? "i.state = 'parked'" : "i.state = 'parked' and not i.resolved"),
          values: [String(limit), before ?? null]
        })
        .pipe(
          Effect.map((rows) =>
            rows.map((row) => ({ ...inboxOf(row), resolutions: (row.resolutions ?? []).map(resolutionOf) }))
          )
        ),

    resolutions: (payment) =>
      engine
        .run<ResolutionColumns>({
          name: "kedge_resolutions",
          text: `select ${resolutionColumns} from resolution r where r.payment = $1::text order by r.ordinal`,
          values: [payment]
        })
        .pipe(Effect.map((rows) => rows.map(resolutionOf))),

    recentResolutions: ({ before, limit }) =>
      engine
        .run<ResolutionColumns>({
          name: "kedge_recent_resolutions",
          text: `select ${resolutionColumns} from resolution r where $2::text is null
              or (r.at, r.payment, r.ordinal) < (select b.at, b.payment, b.ordinal from resolution b
                where b.payment = $2::text and b.ordinal = $3::text::int)
            order by r.at desc, r.payment desc, r.ordinal desc limit $1::text::int`,
          values: [
            String(limit),
            before?.payment ?? null,
            before === undefined ? null : String(before.ordinal)
          ]
        })
        .pipe(Effect.map((rows) => rows.map(resolutionOf))),

    releaseParked: (payment, transactionId, { by, why }) =>
      isUuid(transactionId)
        ? decision(
            "kedge_release_parked",
            "kedge_release_parked($1::text, $2::text::uuid, $3::text, $4::text)",
            [payment, transactionId, by, why]
          )
        : Effect.succeed(false),

    keepParked: (payment, { by, why }) =>
      decision("kedge_keep_parked", "kedge_keep_parked($1::text, $2::text, $3::text)", [payment, by, why])
  }
}

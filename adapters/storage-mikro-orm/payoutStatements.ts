/**
 * Payout attempts: read by id, claimed when planned and due, taken again when their lease ran out.
 *
 * Gotcha: a claim takes its rows by `for update skip locked`, so that two processes never get the same attempt, and answers
 * with the transaction as it stands, so that the answer of the rail needs no second read.
 */
import { Effect } from "effect"
import type { PayoutId, SealedId } from "../../machines/domain/Ids.ts"
import type { PayoutJob, PayoutState } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { type ActorColumns, actorColumns, actorOf } from "./actorRows.ts"
import { canonical } from "./canonical.ts"
import type { Engine, Rows } from "./Engine.ts"
import { arrayLiteral } from "./literals.ts"
import { payoutKey, textList } from "./parameters.ts"

export interface JobColumns extends ActorColumns {
  readonly n: number
  readonly rail: string
  readonly payout_state: string
  readonly payout_amount: string
  readonly payout_fee: string
  readonly amount_in: string
  readonly tries: number
  readonly external_id: string | null
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly sealed_id: string | null
  readonly key_id: string
  readonly bytes: Uint8Array
}

/** Select list and joins of a job, from attempts under the alias `p`. */
export const jobColumns = `${actorColumns}, p.n, p.rail, p.state as payout_state, p.amount as payout_amount,
  p.fee as payout_fee, p.amount_in, p.tries, p.external_id, t.reference, t.metadata, s.id as sealed_id, s.key_id, s.bytes`
export const jobJoins = `join "transaction" t on t.id = p.transaction_id left join sealed s on s.id = p.sealed`

export const jobOf = (row: JobColumns): PayoutJob => ({
  id: `${row.id}:${row.n}` as PayoutId,
  rail: row.rail,
  state: row.payout_state as PayoutState,
  amount: canonical(row.payout_amount),
  fee: canonical(row.payout_fee),
  amountIn: canonical(row.amount_in),
  tries: row.tries,
  externalId: row.external_id,
  sealed:
    row.sealed_id === null
      ? null
      : { id: row.sealed_id as SealedId, keyId: row.key_id, bytes: new Uint8Array(row.bytes) },
  reference: row.reference,
  metadata: row.metadata,
  actor: actorOf(row)
})

const taking = (states: string, change: string) => `with taken as materialized (
    select transaction_id, n, due_at from payout
    where open_of is not null and due_at <= kedge_now() and rail = $1::text and ${states}
    order by due_at limit $2::text::int for update skip locked),
  changed as (
    update payout p set ${change}, due_at = kedge_now() + make_interval(secs => $4::text::float8) from taken k
    where p.transaction_id = k.transaction_id and p.n = k.n
    returning p.*, k.due_at as was_due)
  select ${jobColumns} from changed p ${jobJoins} order by p.was_due, p.transaction_id`

const claimText = taking("state = 'planned'", "state = 'started', owner = $3::text")
const dueText = taking(
  "state = any($5::text::text[])",
  "owner = case when p.state = 'started' then $3::text else p.owner end"
)

export const payoutStatements = (
  engine: Engine
): Pick<Storage["Service"], "jobs" | "claim" | "due" | "openRails"> => {
  const jobs = (rows: Rows<JobColumns>) => Effect.map(rows, (found) => found.map(jobOf))
  return {
    jobs: (ids) => {
      const keys = ids.flatMap((id) => payoutKey(id) ?? [])
      return jobs(
        engine.read({
          name: "kedge_jobs",
          text: `select ${jobColumns}
            from (select distinct * from unnest($1::text::uuid[], $2::text::int4[]) as k(transaction_id, n)) k
            join payout p on p.transaction_id = k.transaction_id and p.n = k.n ${jobJoins}`,
          values: [arrayLiteral(keys, ({ transactionId }) => transactionId), arrayLiteral(keys, ({ n }) => n)]
        })
      )
    },
    claim: ({ leaseSeconds, limit, owner, rail }) =>
      jobs(
        engine.run({
          name: "kedge_claim",
          text: claimText,
          values: [rail, String(limit), owner, String(leaseSeconds)]
        })
      ),
    due: ({ againInSeconds, limit, owner, rail, states }) =>
      jobs(
        engine.run({
          name: "kedge_due",
          text: dueText,
          values: [rail, String(limit), owner, String(againInSeconds), textList(states)]
        })
      ),
    openRails: engine
      .run<{ readonly rail: string }>({
        name: "kedge_open_rails",
        text: `select distinct rail from payout where open_of is not null order by rail`,
        values: []
      })
      .pipe(Effect.map((rows) => rows.map(({ rail }) => rail)))
  }
}

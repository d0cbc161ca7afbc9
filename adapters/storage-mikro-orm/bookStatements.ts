/**
 * What the books add up to: every sum in one statement, so that all are of one moment, and pages for what a rail's own book is
 * held against.
 */
import { Effect } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import type { Account } from "../../machines/transaction/commands.ts"
import type { Books } from "../../src/ports/bookRows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import { canonical } from "./canonical.ts"
import type { Engine } from "./Engine.ts"
import { payoutKey } from "./parameters.ts"

/** A sum of money as whole stroops, as text: no float would hold it. */
const stroops = (sum: string): string => `(coalesce(${sum}, 0) * 10000000)::numeric(38, 0)::text`

const rows = (query: string): string => `(select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (${query}) x)`

/** What was delivered, from payouts under `p` and their transactions under `t`. */
const deliveredAsset = `coalesce(t.conversion ->> 'to', t.asset)`
const deliveredAmount = `coalesce(t.delivered, p.amount)`

const booksText = `select ${millisOf("kedge_now()")} as at_millis,
  ${rows(`with pair as (
      select from_account, to_account, asset, sum(amount) as amount from journal group by 1, 2, 3)
    select account, asset, ${stroops("sum(amount)")} as stroops
    from (select to_account as account, asset, amount from pair
      union all select from_account, asset, -amount from pair) b group by 1, 2`)} as balances,
  ${rows(`select account, asset, state, count(*)::float8 as count, ${stroops("sum(received)")} as received,
      ${stroops("sum(reserved_payout)")} as "reservedPayout", ${stroops("sum(reserved_refund)")} as "reservedRefund",
      ${stroops("sum(fees)")} as fees
    from stellar_payment group by 1, 2, 3`)} as inbox,
  ${rows(`select p.rail, ${deliveredAsset} as asset, count(*)::float8 as count, ${stroops(`sum(${deliveredAmount})`)} as amount
    from payout p join "transaction" t on t.id = p.transaction_id where p.state = 'delivered' group by 1, 2`)} as delivered,
  ${rows(`select i.account, i.asset, count(*)::float8 as count, ${stroops("sum(r.amount)")} as amount
    from (select t.funded_by as payment, f.amount from refund f join "transaction" t on t.id = f.transaction_id
      union all
      select o.payment, o.amount from refund_order o where o.state = 'confirmed' and o.transaction_id is null) r
    join stellar_payment i on i.id = r.payment group by 1, 2`)} as returned,
  ${rows(`select account, processed_ledger::float8 as ledger from "cursor"`)} as processed`

interface Sum {
  readonly account: string
  readonly asset: string
  readonly rail: string
  readonly count: number
  readonly amount: string
}

interface BooksColumns {
  readonly at_millis: number
  readonly balances: ReadonlyArray<{
    readonly account: string
    readonly asset: string
    readonly stroops: string
  }>
  readonly inbox: ReadonlyArray<
    Omit<Sum, "amount" | "rail"> & {
      readonly state: string
      readonly received: string
      readonly reservedPayout: string
      readonly reservedRefund: string
      readonly fees: string
    }
  >
  readonly delivered: ReadonlyArray<Omit<Sum, "account">>
  readonly returned: ReadonlyArray<Omit<Sum, "rail">>
  readonly processed: Books["processed"]
}

const booksOf = (row: BooksColumns): Books => ({
  atMillis: row.at_millis,
  balances: row.balances.map((sum) => ({
    account: sum.account as Account,
    asset: sum.asset,
    stroops: BigInt(sum.stroops)
  })),
  inbox: row.inbox.map((sum) => ({
    account: sum.account,
    asset: sum.asset,
    state: sum.state as Books["inbox"][number]["state"],
    count: sum.count,
    received: BigInt(sum.received),
    reservedPayout: BigInt(sum.reservedPayout),
    reservedRefund: BigInt(sum.reservedRefund),
    fees: BigInt(sum.fees)
  })),
  delivered: row.delivered.map((sum) => ({ ...sum, amount: BigInt(sum.amount) })),
  returned: row.returned.map((sum) => ({ ...sum, amount: BigInt(sum.amount) })),
  processed: row.processed
})

interface DeliveryColumns {
  readonly transaction_id: string
  readonly n: number
  readonly rail: string
  readonly asset: string
  readonly amount: string
  readonly external_id: string | null
}

export const bookStatements = (engine: Engine): Pick<Storage["Service"], "books" | "deliveries"> => ({
  books: engine
    .run<BooksColumns>({ name: "kedge_books", text: booksText, values: [] })
    .pipe(
      Effect.flatMap(([row]) =>
        row === undefined ? Effect.die("no sums were selected") : Effect.succeed(booksOf(row))
      )
    ),

  deliveries: ({ after, limit }) => {
    const mark = after === undefined ? null : payoutKey(after)
    if (after !== undefined && mark === null) return Effect.succeed([])
    return engine
      .run<DeliveryColumns>({
        name: "kedge_deliveries",
        text: `select p.transaction_id, p.n, p.rail, ${deliveredAsset} as asset, ${deliveredAmount} as amount, p.external_id
          from payout p join "transaction" t on t.id = p.transaction_id
          where p.state = 'delivered'
            and ($2::text is null or (p.transaction_id, p.n) > ($2::text::uuid, $3::text::int))
          order by p.transaction_id, p.n limit $1::text::int`,
        values: [String(limit), mark?.transactionId ?? null, mark === null ? null : String(mark.n)]
      })
      .pipe(
        Effect.map((found) =>
          found.map(({ amount, asset, external_id, n, rail, transaction_id }) => ({
            id: `${transaction_id}:${n}` as PayoutId,
            rail,
            asset,
            amount: canonical(amount),
            externalId: external_id
          }))
        )
      )
  }
})

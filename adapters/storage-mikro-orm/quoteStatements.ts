/**
 * Firm quotes, and transactions found again by their repeat keys.
 *
 * Gotcha: the limits of a quote are judged in the database, under locks and with what was committed until they were had
 * (`kedge_create_quote` in ./migrations/0002_protocol.ts).
 */
import { Effect } from "effect"
import type { QuoteId, TransactionId } from "../../machines/domain/Ids.ts"
import type { QuoteRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf, type TransactionColumns, transactionColumns, transactionOf } from "./actorRows.ts"
import { canonical } from "./canonical.ts"
import type { Engine } from "./Engine.ts"
import { isUuid } from "./parameters.ts"

type CreateAnswer = "created" | "too-many" | "no-capacity"

interface QuoteColumns {
  readonly id: string
  readonly owner: string
  readonly context: string
  readonly sell_asset: string
  readonly sell_amount: string
  readonly buy_asset: string
  readonly buy_amount: string
  readonly price: string
  readonly total_price: string
  readonly fee: QuoteRow["fee"]
  readonly sell_delivery_method: string | null
  readonly buy_delivery_method: string | null
  readonly delivery_method: string | null
  readonly country_code: string | null
  readonly expires_millis: number
  readonly created_millis: number
  readonly transaction_id: string | null
}

const quoteOf = (row: QuoteColumns): QuoteRow => ({
  id: row.id as QuoteId,
  owner: row.owner,
  context: row.context as QuoteRow["context"],
  sellAsset: row.sell_asset,
  sellAmount: canonical(row.sell_amount),
  buyAsset: row.buy_asset,
  buyAmount: canonical(row.buy_amount),
  price: row.price,
  totalPrice: row.total_price,
  fee: row.fee,
  sellDeliveryMethod: row.sell_delivery_method,
  buyDeliveryMethod: row.buy_delivery_method,
  deliveryMethod: row.delivery_method,
  countryCode: row.country_code,
  expiresAtMillis: row.expires_millis,
  createdAtMillis: row.created_millis,
  transactionId: row.transaction_id as TransactionId | null
})

export const quoteStatements = (
  engine: Engine
): Pick<Storage["Service"], "createQuote" | "quote" | "repeated"> => ({
  createQuote: (row, { capacity, openMax }) =>
    engine
      .run<{ readonly answer: CreateAnswer }>({
        name: "kedge_create_quote",
        text: `select kedge_create_quote(
            $1::text::jsonb || jsonb_build_object('expires_at', to_timestamp($2::text::float8 / 1000)),
            $3::text::int, $4::text::numeric) as answer`,
        values: [
          JSON.stringify({
            id: row.id,
            owner: row.owner,
            context: row.context,
            sell_asset: row.sellAsset,
            sell_amount: row.sellAmount,
            buy_asset: row.buyAsset,
            buy_amount: row.buyAmount,
            price: row.price,
            total_price: row.totalPrice,
            fee: row.fee,
            sell_delivery_method: row.sellDeliveryMethod,
            buy_delivery_method: row.buyDeliveryMethod,
            delivery_method: row.deliveryMethod,
            country_code: row.countryCode
          }),
          String(row.expiresAtMillis),
          String(openMax),
          capacity
        ]
      })
      .pipe(
        Effect.flatMap(([found]) =>
          found === undefined ? Effect.die("a quote was made and not answered") : Effect.succeed(found.answer)
        )
      ),

  quote: (id) =>
    isUuid(id)
      ? engine
          .read<QuoteColumns>({
            name: "kedge_quote",
            text: `select q.id, q.owner, q.context, q.sell_asset, q.sell_amount, q.buy_asset, q.buy_amount, q.price,
                q.total_price, q.fee, q.sell_delivery_method, q.buy_delivery_method, q.delivery_method, q.country_code,
                ${millisOf("q.expires_at")} as expires_millis, ${millisOf("q.created_at")} as created_millis,
                (select t.id from "transaction" t where t.quote_id = q.id) as transaction_id
              from quote q where q.id = $1::text::uuid`,
            values: [id]
          })
          .pipe(Effect.map(([row]) => (row === undefined ? null : quoteOf(row))))
      : Effect.succeed(null),

  repeated: (sendingAnchor, key) =>
    engine
      .read<TransactionColumns & { readonly repeat_fingerprint: string }>({
        name: "kedge_repeated",
        text: `select ${transactionColumns}, t.repeat_fingerprint from "transaction" t
          where t.sending_anchor = $1::text and t.repeat_key = $2::text`,
        values: [sendingAnchor, key]
      })
      .pipe(
        Effect.map(([row]) =>
          row === undefined ? null : { fingerprint: row.repeat_fingerprint, transaction: transactionOf(row) }
        )
      )
})

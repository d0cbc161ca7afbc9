// A database from before there were refunds: what is owed waits for a person, and is never returned by itself.
import { MikroORM } from "@mikro-orm/postgresql"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ormOptions } from "../../../adapters/storage-mikro-orm/openOrm.ts"
import { refundId } from "../../../machines/domain/Ids.ts"
import { samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { emptyDatabase, observer, storageAt } from "../../support/storage.ts"

describe.skipIf(noPostgres)("an upgrade of a database in which money is owed", () => {
  it.live("leaves each refund held, for a person to say whether it was made by other hands (S8)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* emptyDatabase
        const orm = yield* Effect.acquireRelease(
          Effect.promise(() => MikroORM.init({ ...ormOptions, clientUrl: url })),
          (open) => Effect.promise(() => open.close(true))
        )
        yield* Effect.promise(() => orm.migrator.up({ to: "0002_protocol" }))
        const { query } = yield* observer(url)
        const rows = samples(1)
        const [whole, part, none] = [rows.payment(), rows.payment(), rows.payment()]
        const put = (state: string, payment: typeof whole, owed: string | null) =>
          Effect.promise(async () => {
            await query(
              `insert into stellar_payment select * from jsonb_populate_record(null::stellar_payment, $1::jsonb)`,
              [
                JSON.stringify({
                  id: payment.id,
                  leader: payment.leader,
                  received: payment.received,
                  operation_id: "1",
                  credit_index: 0,
                  stellar_transaction_id: "ab",
                  account: "a",
                  payer: "b",
                  asset: "c",
                  memo_type: "none",
                  closed_at: "2026-01-01",
                  ledger: 1,
                  state: "applied",
                  reserved_payout: 0,
                  reserved_refund: owed ?? 0,
                  fees: 0,
                  seen_at: "2026-01-01"
                })
              ]
            )
            await query(
              `insert into "transaction" select * from jsonb_populate_record(null::"transaction", $1::jsonb)`,
              [
                JSON.stringify({
                  id: rows.transactionId(),
                  version: 3,
                  state,
                  status: state.split(".")[0],
                  context: owed === null ? {} : { owed },
                  status_at: "2026-01-01",
                  expected: 1,
                  fee_fixed: 0,
                  fee_percent: 0,
                  expires_at: "2026-01-01",
                  asset: "c",
                  account: "a",
                  memo_type: "id",
                  memo: payment.operationId,
                  funding_method: "WIRE",
                  lang: "en",
                  sending_anchor: "G",
                  creator: "G",
                  metadata: {},
                  created_at: "2026-01-01",
                  overpaid: "deliver",
                  underpaid: "deliver",
                  funded_by: payment.id
                })
              ]
            )
          })
        yield* put("pending_receiver.refundOwed", whole, "100")
        yield* put("pending_receiver.partRefundOwed", part, "2.5")
        yield* put("pending_receiver.payingOut", none, null)

        const storage = yield* storageAt(url)
        yield* storage.migrate

        const jobs = yield* storage.unfinishedRefunds({ limit: 10 })
        expect(jobs.map(({ amount, id, state }) => [id, state, amount])).toEqual([
          [refundId(whole.id, 1), "held", "100"],
          [refundId(part.id, 1), "held", "2.5"]
        ])
        expect(yield* storage.dueRefunds({ limit: 10, leaseSeconds: 60 })).toEqual([])
        expect(yield* storage.retryRefund(refundId(whole.id, 1))).toBe(true)
        expect(yield* storage.dueRefunds({ limit: 10, leaseSeconds: 60 })).toHaveLength(1)
      })
    )
  )
})

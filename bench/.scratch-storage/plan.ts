import { Effect, Redacted, Context, Layer } from "effect"
import { Client } from "pg"
import { startCluster } from "../../test/support/PostgresCluster.ts"
import * as PS from "../../adapters/storage-mikro-orm/PostgresStorage.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { samples, fate, page, change, audit } from "../../src/testing/storage/samples.ts"
import { encodeGroup } from "../../adapters/storage-mikro-orm/encodeGroup.ts"
import { payoutId } from "../../machines/domain/Ids.ts"
import { amount } from "../../machines/domain/Amount.ts"
const cluster = await startCluster({ settings: { shared_buffers: "512MB", max_wal_size: "4GB" } })
const size = Number(process.argv[2] ?? 200),
  n = Number(process.argv[3] ?? 10)
const main = Effect.gen(function* () {
  const storage = Context.get(yield* Layer.build(PS.layer({ url: Redacted.make(cluster.url) })), Storage)
  yield* storage.migrate
  const rows = samples(1)
  yield* storage.openCursor({ account: rows.account, network: "n", tip: "0", epoch: 1 })
  const client = new Client({ connectionString: cluster.url })
  yield* Effect.promise(() => client.connect())
  for (const s of [
    "plan_cache_mode = force_generic_plan",
    "jit = off",
    "enable_seqscan = off",
    "enable_bitmapscan = off",
    "enable_nestloop = off",
    "enable_mergejoin = off"
  ])
    yield* Effect.promise(() => client.query("set " + s))
  let pos = 0
  const gen = () => {
    const births = Array.from({ length: size }, () =>
      rows.birth({
        destination: rows.sealed("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
      })
    )
    const payments = births.map(() => rows.payment())
    const fund = rows.group({
      steps: births.map((b, i) =>
        rows.funding(b, payments[i]!, { payouts: [rows.payout(payoutId(b.id, 1), { state: "started" })] })
      ),
      payments: births.map((b, i) => fate(payments[i]!, "step", b.id, rows.account)),
      pages: [
        page(rows.account, String(pos), String(++pos), {
          processedLedger: { sequence: pos, closedAtMillis: 1700000000000 + pos }
        })
      ]
    })
    const deliver = rows.group({
      steps: births.map(({ id }, i) =>
        rows.step(
          { id, version: 2 },
          {
            leaf: "completed",
            audits: [audit(3, { event: "payout.delivered" })],
            changes: [change(payoutId(id, 1), { externalId: "x" })],
            reservation: {
              payment: payments[i]!.id,
              payout: amount("98.5"),
              refund: amount("0"),
              fee: amount("1.5")
            },
            transfers: [
              { from: "payable", to: "rail-out", amount: amount("98.5"), version: 3 },
              { from: "payable", to: "fee", amount: amount("1.5"), version: 3 }
            ]
          }
        )
      )
    })
    return { births: rows.group({ births }), fund, deliver }
  }
  const times = { births: 0, fund: 0, deliver: 0 }
  for (let i = 0; i < n; i++) {
    const g = gen()
    for (const k of ["births", "fund", "deliver"] as const) {
      if (i === n - 1 && process.argv[4] === "explain") {
        const { text, values } = encodeGroup(g[k])
        const r = yield* Effect.promise(() =>
          client.query("explain (analyze, timing on, costs off) " + text, [...values])
        )
        console.log("=====", k)
        console.log(r.rows.map((x: any) => x["QUERY PLAN"]).join("\n"))
      } else {
        const t = performance.now()
        const a = yield* storage.commit(g[k])
        if (a.lost.length + a.unborn.length + a.known.length + a.refusedPages.length) console.log("!!", a)
        if (i > 1) times[k] += performance.now() - t
      }
    }
  }
  console.log(
    Object.fromEntries(
      Object.entries(times).map(([k, v]) => [k, ((v / (n - 2) / size) * 1000).toFixed(1) + " us/row"])
    )
  )
  yield* Effect.promise(() => client.end())
})
await Effect.runPromise(Effect.scoped(main)).catch((e) => console.log(e))
await cluster.dispose()

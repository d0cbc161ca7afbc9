/** Transactions that wait to be paid, written ahead of a run. */
import { Effect, Layer } from "effect"
import type { Birth } from "../src/ports/rows.ts"
import { Storage } from "../src/ports/Storage.ts"
import { sealDestination } from "../src/runtime/Destination.ts"
import { birth } from "../test/support/runtimeWorld.ts"
import { realPorts, storageLayer } from "./world.ts"

const groupSize = 200
/** No payment of a benchmark comes late. */
const expiresAtMillis = 4_000_000_000_000

/** Writes transactions 1 to `count`, which wait for payments with these memos, each with a sealed destination. */
export const makeTransactions = (
  url: string,
  count: number,
  over: Pick<Partial<Birth>, "asset" | "account"> = {}
): Promise<void> =>
  Effect.gen(function* () {
    const storage = yield* Storage
    for (let from = 1; from <= count; from += groupSize) {
      const births: Array<Birth> = []
      for (let n = from; n < Math.min(from + groupSize, count + 1); n++) {
        const plain = birth(n, over)
        births.push({
          ...plain,
          terms: { ...plain.terms, expiresAtMillis },
          destination: yield* sealDestination({ receiver: { bank_account_number: `DE${n}` }, fields: {} })
        })
      }
      const { unborn } = yield* storage.commit({
        id: crypto.randomUUID(),
        births,
        steps: [],
        payments: [],
        pages: [],
        refusals: [],
        owner: "bench",
        leaseSeconds: 60
      })
      if (unborn.length > 0)
        return yield* Effect.die(new Error(`${unborn.length} transactions were not born`))
    }
  }).pipe(
    Effect.provide(Layer.mergeAll(storageLayer(url), realPorts())),
    Effect.scoped,
    Effect.orDie,
    Effect.runPromise
  )

/** Stores where the watch of an account begins, as the first holder of its role does. */
export const storeCursor = (
  url: string,
  cursor: { readonly account: string; readonly network: string; readonly tip: string; readonly owner: string }
): Promise<void> =>
  Effect.gen(function* () {
    const storage = yield* Storage
    const { account, network, owner, tip } = cursor
    const lease = yield* storage.lease(`watcher:${account}`, owner, 15)
    if (lease === null) return yield* Effect.die(new Error("the role of the watcher is taken"))
    yield* storage.openCursor({ account, network, tip, epoch: lease.epoch })
  }).pipe(Effect.provide(storageLayer(url)), Effect.scoped, Effect.orDie, Effect.runPromise)

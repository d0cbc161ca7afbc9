// An account is taken out of the settings while transactions wait to be paid there: Sending Anchors have been told it.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { deliverAsReceived } from "../../../machines/transaction/context.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import { ExpireTransactions } from "../../../src/watcher/ExpireTransactions.ts"
import { credit } from "../../support/credits.ts"
import { us } from "../../support/horizonRecords.ts"
import { account } from "../../support/runtimeWorld.ts"
import {
  applied,
  bear,
  idOf,
  paid,
  startIn,
  startProcess,
  stateOf,
  unpaid,
  watchOf,
  watcherSettings,
  world
} from "../../support/watcherWorld.ts"

const [asset] = watcherSettings.assets
if (asset === undefined) throw new Error("the test settings have no asset")
const moved = { assets: [{ ...asset, account }] }
const terms = {
  expected: amount("100"),
  minimum: amount("10"),
  maximum: amount("1000"),
  fee: { fixed: amount("1"), percent: amount("1") },
  expiresAtMillis: 60_000,
  ...deliverAsReceived
}

describe("PaymentWatcher: an account that the settings no longer name", () => {
  it.effect("is watched on: what was announced for it is funded, and expires there (R20)", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      const before = yield* startIn({ ledger, tables })
      yield* before.until("Turned")
      yield* bear(before, [1, 2], { terms })
      yield* before.kill

      yield* TestClock.adjust("20 seconds")
      const after = yield* startProcess({ network: ledger.layer, tables, settings: moved })
      yield* after.until("Turned", (turned) => turned.account === us)
      yield* after.until("Turned", (turned) => turned.account === account)
      ledger.close(5_000, [credit(1, idOf(1))])
      yield* ledger.ring
      yield* applied(after)
      ledger.close(60_001)
      yield* TestClock.adjust("10 seconds")
      yield* after.until("Turned", (turned) => turned.account === us && turned.brought !== null)
      yield* ExpireTransactions.use(({ runOnce }) => runOnce).pipe(Effect.provide(after.services))

      expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, "expired"])
    })
  )

  it.effect("of another network is not watched (R20, I5)", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      const before = yield* startIn({ ledger, tables })
      yield* before.until("Turned")
      yield* bear(before, [1])
      yield* before.kill
      const cursor = tables.cursors.get(us)
      if (cursor === undefined) throw new Error("the first process left no cursor")
      tables.cursors.set(us, { ...cursor, network: "public" })

      yield* TestClock.adjust("20 seconds")
      const after = yield* startProcess({ network: ledger.layer, tables, settings: moved })
      yield* after.until("Turned", (turned) => turned.account === account)
      ledger.close(5_000, [credit(1, idOf(1))], [credit(2, idOf(2), { account })])
      yield* ledger.ring
      yield* after.until("Turned", ({ brought }) => brought?.parked === 1)

      expect(stateOf(tables, 1)).toBe(unpaid)
      expect((yield* watchOf(after))._tag).toBe("Idle")
      expect([...tables.inbox.values()].map(({ payment }) => payment.account)).toEqual([account])
    })
  )
})

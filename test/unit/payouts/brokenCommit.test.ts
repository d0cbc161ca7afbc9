// A commit that ends as it never should: as a defect of the storage.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { funded, seen, startProcess } from "../../support/payoutWorld.ts"
import { scriptedRail } from "../../support/runtimeWorld.ts"

it.effect("a commit that breaks off costs the rail none of its slots (D15)", () =>
  Effect.gen(function* () {
    const tables = emptyTables()
    let isBroken = true
    const { rail } = scriptedRail(() => Effect.succeed({ _tag: "Delivered" }), { concurrency: 1 })
    const process = yield* startProcess({
      rails: rail,
      tables,
      storage: (storage) => ({
        ...storage,
        commit: (group) =>
          isBroken && group.steps.length > 0
            ? Effect.die(new Error("the driver broke off"))
            : storage.commit(group)
      })
    })
    yield* Effect.exit(funded(process, 1))
    expect(seen(tables, 1).state).toBe("pending_sender.awaitingPayment")

    isBroken = false
    yield* funded(process, 2)

    expect(seen(tables, 2)).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
  })
)

// A database that can be read and not written to: a replica, a full disk, an administrator's doing. It must not look well,
// nothing may be half written, and when it takes writes again the same group goes through.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { Health } from "../../../src/app/Health.ts"
import { Supervisor } from "../../../src/app/Supervisor.ts"
import { Roles } from "../../../src/Kedge.ts"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { RefundSigner } from "../../../src/ports/RefundSigner.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { all, fate, samples } from "../../../src/testing/storage/samples.ts"
import { WatcherState } from "../../../src/watcher/WatcherState.ts"
import { noPostgres } from "../../support/postgres.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { contentOf, migratedStorage, observer, storageAt } from "../../support/storage.ts"

type Sql = (text: string) => Promise<unknown>

interface Fault {
  readonly begin: (query: Sql, database: string) => Promise<unknown>
  readonly end: (query: Sql, database: string) => Promise<unknown>
}

/** What a hot standby says to every write, for every session from now on. */
const readOnly: Fault = {
  begin: (query, database) => query(`alter database ${database} set default_transaction_read_only = on`),
  end: (query, database) => query(`alter database ${database} reset default_transaction_read_only`)
}

/** What a server without room says where a row would need some. */
const diskFull: Fault = {
  begin: async (query) => {
    await query(`create function no_room() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
    for (const table of ['"transaction"', "stellar_payment", "heartbeat"]) {
      await query(`create trigger no_room before insert on ${table} for each row execute function no_room()`)
    }
  },
  end: (query) => query("drop function no_room() cascade")
}

/** Whether a process over this storage would be sent requests. */
const isReady = (storage: Storage["Service"]) =>
  Effect.flatMap(Health, ({ readiness }) => readiness).pipe(
    Effect.provide(
      Health.layer.pipe(
        Layer.provide(Layer.mergeAll(WatcherState.layer, Supervisor.layer)),
        Layer.provide([
          Layer.succeed(Roles, []),
          Layer.succeed(RefundSigner, null),
          Layer.succeed(Storage, storage),
          Layer.succeed(KedgeConfig, { ...testSettings, assets: [] }),
          Logger.layer([])
        ])
      )
    ),
    Effect.map((readiness) => readiness.isReady)
  )

describe.skipIf(noPostgres)("storage on a database that takes no writes", () => {
  const faults: ReadonlyArray<readonly [string, Fault]> = [
    ["read-only, as a replica is", readOnly],
    ["without room on its disk", diskFull]
  ]
  it.live.each(faults)("%s: is not ready, writes nothing, and goes on when it can again (D6)", ([, fault]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: before, url } = yield* migratedStorage
        const rows = samples(1)
        const known = rows.birth()
        yield* before.commit(rows.group({ births: [known] }))
        const { query } = yield* observer(url)
        const database = new URL(url).pathname.slice(1)
        yield* Effect.promise(() => fault.begin(query, database))
        const content = yield* Effect.promise(() => contentOf(query))

        const storage = yield* storageAt(url)
        const group = rows.group({
          births: [rows.birth()],
          payments: [fate(rows.payment(), "no-memo", null)]
        })
        expect(yield* isReady(storage)).toBe(false)
        expect((yield* Effect.flip(storage.commit(group)))._tag).toBe("StorageUnavailable")
        expect(yield* Effect.promise(() => contentOf(query))).toEqual(content)

        yield* Effect.promise(() => fault.end(query, database))
        const after = yield* storageAt(url)
        expect(yield* isReady(after)).toBe(true)
        expect(yield* after.commit(group)).toEqual(all)
      })
    )
  )

  it.live("whose reads answer as ever is no database to decide by: it is seen by a write (D4)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: primary, url } = yield* migratedStorage
        const rows = samples(1)
        const known = rows.birth()
        yield* primary.commit(rows.group({ births: [known] }))
        const { query } = yield* observer(url)
        yield* Effect.promise(() => readOnly.begin(query, new URL(url).pathname.slice(1)))

        const replica = yield* storageAt(url)
        expect((yield* replica.actors([known.id])).map(({ id }) => id)).toEqual([known.id])
        expect((yield* replica.transactions([known.id])).length).toBe(1)
        expect((yield* Effect.flip(replica.ping))._tag).toBe("StorageUnavailable")
        expect(yield* isReady(replica)).toBe(false)
      })
    )
  )
})

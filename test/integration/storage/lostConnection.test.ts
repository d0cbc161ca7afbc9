// What a storage says when its connections end at the worst moments, and whether it was the truth.
import { connect, createServer, type Socket } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Group } from "../../../src/ports/rows.ts"
import { all, samples } from "../../../src/testing/storage/samples.ts"
import { startCluster } from "../../support/PostgresCluster.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer, storageAt } from "../../support/storage.ts"
import { waitFor } from "../../support/waitFor.ts"

/** A way to the database that can lose what the server says: the statement arrives, its answer does not. */
const lossyWay = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ readonly url: string; loseAnswers: () => void; heal: () => void; close: () => void }>(
          (resolve) => {
            const target = new URL(url)
            const sockets = new Set<Socket>()
            let losing = false
            const server = createServer((inbound) => {
              const outbound = connect(Number(target.port), target.hostname)
              for (const socket of [inbound, outbound]) {
                sockets.add(socket)
                socket.on("error", () => undefined)
              }
              inbound.on("data", (bytes) => outbound.write(bytes))
              outbound.on("data", (bytes) => {
                // The server has answered, so the statement is done: now the line goes dead.
                if (losing) inbound.destroy()
                else inbound.write(bytes)
              })
              inbound.on("close", () => outbound.end())
              outbound.on("close", () => inbound.destroy())
            })
            server.listen(0, "127.0.0.1", () => {
              const address = server.address()
              const way = new URL(url)
              way.hostname = "127.0.0.1"
              way.port = typeof address === "object" && address !== null ? String(address.port) : ""
              resolve({
                url: way.href,
                loseAnswers: () => {
                  losing = true
                },
                heal: () => {
                  losing = false
                },
                close: () => {
                  for (const socket of sockets) socket.destroy()
                  server.close()
                }
              })
            })
          }
        )
    ),
    ({ close }) => Effect.sync(close)
  )

describe.skipIf(noPostgres)("storage over connections that end", () => {
  it.live(
    "a commit whose backend is ended while it waits for a row is unknown, and its outcome is null for good",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { storage, url } = yield* migratedStorage
          const { query } = yield* observer(url)
          const blocker = yield* observer(url)
          const rows = samples(1)
          const birth = rows.birth()
          yield* storage.commit(rows.group({ births: [birth] }))
          yield* Effect.promise(() => blocker.query("begin"))
          yield* Effect.promise(() =>
            blocker.query(`select id from "transaction" where id = $1 for update`, [birth.id])
          )
          const group = rows.group({ steps: [rows.step(birth)], refusals: [rows.refusal(birth.id)] })
          const committing = yield* Effect.forkChild(Effect.flip(storage.commit(group)))
          const ended = yield* Effect.promise(() =>
            waitFor("the commit to wait for the row", async () => {
              const rows = await query(
                `select pg_terminate_backend(pid) as ended from pg_stat_activity
               where application_name = 'kedge-commit' and wait_event_type = 'Lock' and datname = current_database()`
              )
              return rows.length > 0
            })
          )
          expect(ended).toBe(true)

          expect((yield* Fiber.join(committing))._tag).toBe("CommitUnknown")
          yield* Effect.promise(() => blocker.query("rollback"))
          expect(yield* storage.outcome(group.id)).toBe(null)

          expect((yield* storage.actors([birth.id]))[0]?.version).toBe(1)
          expect((yield* storage.history(birth.id)).refusals).toEqual([])
          expect((yield* Effect.flip(storage.commit(group)))._tag).toBe("GroupRejected")
          expect(yield* storage.commit({ ...group, id: rows.uuid() })).toEqual(all)
        })
      )
  )

  it.live("a commit that was done while its answer was lost is unknown, and its outcome is that answer", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: direct, url } = yield* migratedStorage
        const way = yield* lossyWay(url)
        const storage = yield* storageAt(way.url)
        const rows = samples(1)
        const first = rows.birth()
        yield* storage.commit(rows.group({ births: [first] }))
        const twin = rows.birth({ memo: first.memo })
        const group = rows.group({ births: [rows.birth(), twin] })
        way.loseAnswers()

        expect((yield* Effect.flip(storage.commit(group)))._tag).toBe("CommitUnknown")
        expect((yield* Effect.flip(storage.outcome(group.id)))._tag).toBe("StorageUnavailable")
        way.heal()

        const answer = { ...all, unborn: [{ id: twin.id, why: "memo" }] }
        expect(yield* storage.outcome(group.id)).toEqual(answer)
        expect(yield* direct.outcome(group.id)).toEqual(answer)
        expect((yield* direct.actors(group.births.map(({ id }) => id))).length).toBe(1)
      })
    )
  )

  it.live("an outcome asked while the commit is still under way fences it out", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const other = yield* storageAt(url)
        const { query } = yield* observer(url)
        const blocker = yield* observer(url)
        const rows = samples(1)
        const birth = rows.birth()
        yield* storage.commit(rows.group({ births: [birth] }))
        yield* Effect.promise(() => blocker.query("begin"))
        yield* Effect.promise(() =>
          blocker.query(`select id from "transaction" where id = $1 for update`, [birth.id])
        )
        const group: Group = rows.group({ steps: [rows.step(birth)] })
        const committing = yield* Effect.forkChild(Effect.flip(storage.commit(group)))
        yield* Effect.promise(() =>
          waitFor("the commit to wait for the row", async () => {
            const found = await query(
              "select 1 from pg_stat_activity where application_name = 'kedge-commit' and wait_event_type = 'Lock' and datname = current_database()"
            )
            return found.length > 0
          })
        )

        expect(yield* other.outcome(group.id)).toBe(null)
        yield* Effect.promise(() => blocker.query("rollback"))

        expect((yield* Fiber.join(committing))._tag).toBe("GroupRejected")
        expect((yield* storage.actors([birth.id]))[0]?.version).toBe(1)
      })
    )
  )

  it.live("every connection ended at once costs one answer each at most, and not the process", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        const rows = samples(1)
        const births = [rows.birth(), rows.birth()]
        yield* storage.commit(rows.group({ births }))
        const use = Effect.suspend(() =>
          Effect.all(
            [
              storage.actors([births[0]?.id ?? rows.transactionId()]),
              storage.nowMillis,
              storage.list({ limit: 1 }),
              storage.cursors,
              storage.commit(rows.group({})),
              storage.commit(rows.group({}))
            ],
            { concurrency: "unbounded" }
          )
        )
        yield* use
        yield* Effect.promise(() =>
          query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
          )
        )

        const again = yield* Effect.retry(use, { times: 3 })

        expect(again[0]).toHaveLength(1)
      })
    )
  )

  it.live("a server that is stopped and started again is unavailable in between, and then as it was", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const cluster = yield* Effect.acquireRelease(
          Effect.promise(() => startCluster()),
          (started) => Effect.promise(() => started.dispose())
        )
        const storage = yield* storageAt(cluster.url)
        yield* storage.migrate
        const rows = samples(1)
        const birth = rows.birth()
        yield* storage.commit(rows.group({ births: [birth] }))
        yield* Effect.promise(() => cluster.stop("immediate"))

        const during = yield* Effect.all([
          Effect.flip(storage.commit(rows.group({ steps: [rows.step(birth)] }))),
          Effect.flip(storage.actors([birth.id])),
          Effect.flip(storage.ping)
        ])
        yield* Effect.promise(() => cluster.start())
        const after = yield* Effect.retry(storage.actors([birth.id]), { times: 3 })

        expect(during.map(({ _tag }) => _tag)).toEqual(Array(3).fill("StorageUnavailable"))
        expect(after.map(({ version }) => version)).toEqual([1])
        expect(yield* storage.commit(rows.group({ steps: [rows.step(birth)] }))).toEqual(all)
        yield* storage.ping
      })
    )
  )

  it.live("a database that cannot be reached is unavailable, for every method, and nothing is sent", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* storageAt("postgresql://nobody@127.0.0.1:1/none")
        const rows = samples(1)

        const tags = yield* Effect.all([
          Effect.flip(storage.ping),
          Effect.flip(storage.commit(rows.group({}))),
          Effect.flip(storage.actors([rows.transactionId()])),
          Effect.flip(storage.outcome(rows.uuid())),
          Effect.flip(storage.migrate),
          Effect.flip(storage.checkSchema),
          Effect.flip(storage.history(rows.transactionId()))
        ])

        expect(new Set(tags.map(({ _tag }) => _tag))).toEqual(new Set(["StorageUnavailable"]))
      })
    )
  )
})

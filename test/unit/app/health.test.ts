import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { HttpRouter, HttpServer } from "effect/http"
import * as MemoryStorage from "../../../adapters/storage-memory/MemoryStorage.ts"
import { Health, operatorRoutes, publicRoutes } from "../../../src/app/Health.ts"
import { Supervisor } from "../../../src/app/Supervisor.ts"
import { type Role, Roles } from "../../../src/Kedge.ts"
import { KedgeConfig, type Settings } from "../../../src/KedgeConfig.ts"
import { type RefundKeys, RefundSigner } from "../../../src/ports/RefundSigner.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { WatcherState } from "../../../src/watcher/WatcherState.ts"
import { account, testSettings } from "../../support/runtimeWorld.ts"

const never: Role = { name: "quiet", run: Effect.never }
const dying: Role = { name: "dying", run: Effect.die(new Error("a bug")) }

/** Storage that works but for the calls named, which fail as a database does that is down. */
const downStorage = Layer.effect(
  Storage,
  Effect.map(Storage, (storage) => ({
    ...storage,
    ping: Effect.fail(new StorageUnavailable({ message: "connection refused" }))
  }))
).pipe(Layer.provide(MemoryStorage.layer))

const healthOver = (
  options: {
    readonly role?: Role
    readonly storage?: Layer.Layer<Storage>
    readonly settings?: Partial<Settings>
    readonly refunds?: RefundKeys
  } = {}
) => {
  const { role = never, settings = { assets: [] }, storage = MemoryStorage.layer } = options
  const parts = Layer.mergeAll(
    storage,
    Layer.succeed(KedgeConfig, { ...testSettings, ...settings }),
    Layer.succeed(RefundSigner, options.refunds ?? null)
  )
  return Health.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(WatcherState.layer, Supervisor.layer)),
    Layer.provideMerge(Layer.succeed(Roles, [role])),
    Layer.provideMerge(parts)
  )
}

const readiness = Effect.flatMap(Health, (health) => health.readiness)

describe("Health", () => {
  it.effect("is ready with its database up, nothing to watch and its roles alive", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 millis")

      expect(yield* readiness).toMatchObject({ isReady: true, database: { kind: "memory", isUp: true } })
    }).pipe(Effect.provide(healthOver()))
  )

  const keys: RefundKeys = { publicKey: account, sources: [account], sign: () => Effect.succeed([]) }
  it.effect.each<readonly [string, RefundKeys | undefined, string | null]>([
    ["no key", undefined, null],
    ["the key", keys, account]
  ])("says with %s whether this process can return money, and is ready either way", ([, refunds, key]) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 millis")
      expect(yield* readiness).toMatchObject({ isReady: true, refunds: { key } })
    }).pipe(Effect.provide(healthOver(refunds === undefined ? {} : { refunds })))
  )

  it.effect("is not ready while a role is down, and says which (D11)", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 millis")

      expect(yield* readiness).toMatchObject({
        isReady: false,
        roles: [{ name: "dying", isUp: false }]
      })
    }).pipe(Effect.provide(healthOver({ role: dying })))
  )

  it.effect("is not ready while the database does not answer, and says why", () =>
    Effect.gen(function* () {
      expect(yield* readiness).toMatchObject({
        isReady: false,
        database: { isUp: false, reason: "connection refused" }
      })
    }).pipe(Effect.provide(healthOver({ storage: downStorage })))
  )

  it.effect("is not ready before a receiving account has a cursor, and not once its watcher lags", () =>
    Effect.gen(function* () {
      const storage = yield* Storage
      expect(yield* readiness).toMatchObject({ isReady: false, watchers: [{ hasCursor: false }] })

      const { epoch } = (yield* storage.lease(`watcher:${account}`, "me", 60)) ?? { epoch: 0 }
      yield* storage.openCursor({ account, network: testSettings.network.id, tip: "1", epoch })
      yield* storage.commit({
        id: "0190a000-0000-7000-8000-000000000001",
        births: [],
        steps: [],
        payments: [],
        refusals: [],
        owner: "me",
        leaseSeconds: 1,
        pages: [
          {
            account,
            epoch,
            from: "1",
            to: "2",
            processedLedger: { sequence: 7, closedAtMillis: 0 },
            quarantined: []
          }
        ]
      })
      yield* TestClock.adjust("2 seconds")
      expect(yield* readiness).toMatchObject({ isReady: true, watchers: [{ lagSeconds: 2, isReady: true }] })

      yield* TestClock.adjust("2 minutes")
      expect(yield* readiness).toMatchObject({
        isReady: false,
        watchers: [{ lagSeconds: 122, isReady: false }]
      })
    }).pipe(Effect.provide(healthOver({ settings: {} })))
  )
})

describe("health over HTTP", () => {
  type Routes = Layer.Layer<never, never, Health | KedgeConfig | HttpRouter.HttpRouter>
  const asked = (routes: Routes, storage: Layer.Layer<Storage>, path: string) =>
    Effect.acquireUseRelease(
      Effect.sync(() =>
        HttpRouter.toWebHandler(
          routes.pipe(Layer.provide(healthOver({ storage })), Layer.provide(HttpServer.layerServices)),
          { disableLogger: true }
        )
      ),
      ({ handler }) =>
        Effect.promise(async () => {
          const response = await handler(new Request(`http://localhost${path}`))
          return { status: response.status, body: await response.json() }
        }),
      ({ dispose }) => Effect.promise(dispose)
    )
  const up = MemoryStorage.layer

  it.live("the public learns no more than a word; the operator learns what it is made of", () =>
    Effect.gen(function* () {
      expect(yield* asked(publicRoutes, up, "/health/ready")).toEqual({
        status: 200,
        body: { status: "ready" }
      })
      expect(yield* asked(publicRoutes, downStorage, "/health/ready")).toEqual({
        status: 503,
        body: { status: "not ready" }
      })
      expect(yield* asked(operatorRoutes, downStorage, "/health/ready")).toMatchObject({
        status: 503,
        body: { status: "not ready", network: testSettings.network.id, database: { isUp: false } }
      })
    })
  )

  it.live("a process that is not ready is live", () =>
    Effect.gen(function* () {
      expect(yield* asked(publicRoutes, downStorage, "/health/live")).toEqual({
        status: 200,
        body: { status: "live" }
      })
    })
  )
})

/**
 * Whether the process can do its work now: it reaches its database, its watchers are not behind, its roles are alive.
 *
 * Gotcha: `live` says only that the process answers; a supervisor that restarts on anything more would restart us for the
 * outage of somebody else.
 */
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { KedgeConfig } from "../KedgeConfig.ts"
import { RefundSigner } from "../ports/RefundSigner.ts"
import { Storage } from "../ports/Storage.ts"
import { type AccountReport, WatcherState } from "../watcher/WatcherState.ts"
import { type RoleState, Supervisor } from "./Supervisor.ts"

export interface Readiness {
  readonly isReady: boolean
  readonly database: { readonly kind: string; readonly isUp: boolean; readonly reason?: string }
  readonly watchers: ReadonlyArray<AccountReport>
  readonly roles: ReadonlyArray<RoleState>
  /** The key that may return money on Stellar; without one, what is owed waits for the institution. */
  readonly refunds: { readonly key: string | null }
}

/** Asked by every probe; the database is asked once in this time. */
const freshFor = "1 second"
const databasePatience = "2 seconds"

export class Health extends Context.Service<Health, { readonly readiness: Effect.Effect<Readiness> }>()(
  "kedge/app/Health"
) {
  static readonly layer = Layer.effect(
    Health,
    Effect.gen(function* () {
      const storage = yield* Storage
      const watchers = yield* WatcherState
      const supervisor = yield* Supervisor
      const refundKeys = yield* RefundSigner

      const asked = <A, E extends { readonly message: string }>(question: Effect.Effect<A, E>) =>
        question.pipe(
          Effect.timeoutOrElse({
            duration: databasePatience,
            orElse: () => Effect.fail({ message: "no answer in time" })
          }),
          Effect.result
        )

      const look = Effect.gen(function* () {
        const [ping, reports] = [yield* asked(storage.ping), yield* asked(watchers.report)]
        const roles = yield* supervisor.states
        const fault =
          ping._tag === "Failure" ? ping.failure : reports._tag === "Failure" ? reports.failure : null
        const accounts = reports._tag === "Success" ? reports.success : []
        const readiness: Readiness = {
          isReady:
            fault === null && accounts.every(({ isReady }) => isReady) && roles.every(({ isUp }) => isUp),
          database: {
            kind: storage.kind,
            isUp: fault === null,
            ...(fault === null ? {} : { reason: fault.message })
          },
          watchers: accounts,
          roles,
          refunds: { key: refundKeys?.publicKey ?? null }
        }
        return readiness
      })
      return Health.of({ readiness: yield* Effect.cachedWithTTL(look, freshFor) })
    })
  )
}

const live = HttpServerResponse.jsonUnsafe({ status: "live" })

/** For the public listener: a word and a status, nothing about the inside. */
export const publicRoutes = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const health = yield* Health
    yield* router.add("GET", "/health/live", live)
    yield* router.add(
      "GET",
      "/health/ready",
      Effect.map(health.readiness, ({ isReady }) =>
        HttpServerResponse.jsonUnsafe(
          { status: isReady ? "ready" : "not ready" },
          { status: isReady ? 200 : 503 }
        )
      )
    )
  })
)

/** For the operator's listener: the same with what it is made of. */
export const operatorRoutes = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const health = yield* Health
    const { network } = yield* KedgeConfig
    yield* router.add("GET", "/health/live", live)
    yield* router.add(
      "GET",
      "/health/ready",
      Effect.map(health.readiness, (readiness) =>
        HttpServerResponse.jsonUnsafe(
          { status: readiness.isReady ? "ready" : "not ready", network: network.id, ...readiness },
          { status: readiness.isReady ? 200 : 503 }
        )
      )
    )
  })
)

/**
 * Keeps the roles of a process alive: one fiber each; one that ends, which none ever should, is started again with growing
 * pauses, and is seen: in the log, in a metric, and in health.
 *
 * Gotcha: a role that fails at once and for ever never stops the process. It makes it not ready, which is what whoever routes
 * requests looks at.
 */
import { Clock, Context, Effect, Exit, Fiber, Layer, Metric } from "effect"
import { type Role, Roles } from "../Kedge.ts"

export interface RoleState {
  readonly name: string
  readonly isUp: boolean
  readonly restarts: number
  /** Milliseconds since 1970 of its present start or end. */
  readonly sinceMillis: number
}

const up = Metric.gauge("kedge_role_up", {
  description: "1 while the role runs, 0 while it waits to be started again"
})
const restarts = Metric.counter("kedge_role_restarts_total", {
  description: "Starts of a role after it ended, which none should",
  incremental: true
})

const pauseMin = 100
const pauseMax = 30_000
/** A role that lived so long was well; its next end is not counted with the earlier ones. */
const goodLifeMillis = 60_000

export class Supervisor extends Context.Service<
  Supervisor,
  {
    readonly states: Effect.Effect<ReadonlyArray<RoleState>>
  }
>()("kedge/app/Supervisor") {
  /** Starts every role; stops them when the scope ends. */
  static readonly layer = Layer.effect(
    Supervisor,
    Effect.gen(function* () {
      const roles = yield* Roles
      const states = new Map<string, RoleState>()

      const note = Effect.fnUntraced(function* (name: string, isUp: boolean) {
        const before = states.get(name)
        const isRestart = isUp && before !== undefined
        const sinceMillis = yield* Clock.currentTimeMillis
        states.set(name, {
          name,
          isUp,
          sinceMillis,
          restarts: (before?.restarts ?? 0) + (isRestart ? 1 : 0)
        })
        yield* Metric.update(Metric.withAttributes(up, { role: name }), isUp ? 1 : 0)
        if (isRestart) yield* Metric.update(Metric.withAttributes(restarts, { role: name }), 1)
      })

      const supervise = Effect.fnUntraced(function* ({ name, run }: Role) {
        let pause = pauseMin
        for (;;) {
          yield* note(name, true)
          const begun = yield* Clock.currentTimeMillis
          // A fiber of its own, so that an interruption from within is an end like any other and ours passes through.
          const exit = yield* Effect.flatMap(Effect.forkChild(run), Fiber.await)
          const lived = (yield* Clock.currentTimeMillis) - begun
          pause = lived > goodLifeMillis ? pauseMin : Math.min(pauseMax, pause * 2)
          yield* note(name, false)
          yield* Effect.logError(
            "a role ended, which it must not; it is started again",
            { role: name, millis: pause },
            ...(Exit.isFailure(exit) ? [exit.cause] : [])
          )
          yield* Effect.sleep(pause)
        }
      })

      for (const role of roles) yield* Effect.forkScoped(supervise(role))
      return Supervisor.of({ states: Effect.sync(() => [...states.values()]) })
    })
  )
}

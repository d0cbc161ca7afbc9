import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { Supervisor } from "../../../src/app/Supervisor.ts"
import { type Role, Roles } from "../../../src/Kedge.ts"

const supervising = (...roles: ReadonlyArray<Role>) =>
  Supervisor.layer.pipe(Layer.provide(Layer.succeed(Roles, roles)))

const stateOf = (name: string) =>
  Effect.flatMap(Supervisor, ({ states }) =>
    Effect.map(states, (all) => all.find((state) => state.name === name))
  )

const upMetric = (name: string) =>
  Effect.map(Metric.snapshot, (all) => {
    const found = all.find(({ attributes, id }) => id === "kedge_role_up" && attributes?.["role"] === name)
    return found?.type === "Gauge" ? Number(found.state.value) : undefined
  })

/** A role that ends as the test says, each time it is started. */
const endingRole = (name: string, ends: ReadonlyArray<Effect.Effect<never>>) => {
  let starts = 0
  const role: Role = {
    name,
    run: Effect.suspend(() => {
      starts += 1
      return ends[starts - 1] ?? Effect.never
    })
  }
  return { role, starts: () => starts }
}

describe("Supervisor", () => {
  it.effect("a role that dies is seen to be down, and is started again (D11)", () => {
    const { role, starts } = endingRole("dying", [Effect.die(new Error("a bug"))])
    return Effect.gen(function* () {
      yield* TestClock.adjust("10 millis")
      expect(yield* stateOf("dying")).toMatchObject({ isUp: false, restarts: 0 })
      expect(yield* upMetric("dying")).toBe(0)

      yield* TestClock.adjust("1 second")
      expect(starts()).toBe(2)
      expect(yield* stateOf("dying")).toMatchObject({ isUp: true, restarts: 1 })
      expect(yield* upMetric("dying")).toBe(1)
    }).pipe(Effect.provide(supervising(role)))
  })

  it.effect("a role that interrupts itself, or simply ends, is started again too (D11)", () => {
    const { role, starts } = endingRole("leaving", [
      Effect.interrupt,
      Effect.void as unknown as Effect.Effect<never>
    ])
    return Effect.gen(function* () {
      yield* TestClock.adjust("1 second")

      expect(starts()).toBe(3)
      expect(yield* stateOf("leaving")).toMatchObject({ isUp: true, restarts: 2 })
    }).pipe(Effect.provide(supervising(role)))
  })

  it.effect("a role that dies at once and for ever is started ever less often, and the others live", () => {
    const dying = endingRole(
      "always",
      Array.from({ length: 1000 }, () => Effect.die(new Error("again")))
    )
    const living = endingRole("living", [])
    return Effect.gen(function* () {
      yield* TestClock.adjust("1 minute")
      const inTheFirstMinute = dying.starts()
      yield* TestClock.adjust("5 minutes")

      expect(inTheFirstMinute).toBeLessThan(12)
      expect(dying.starts() - inTheFirstMinute).toBeLessThanOrEqual(11)
      expect(living.starts()).toBe(1)
      expect(yield* stateOf("living")).toMatchObject({ isUp: true })
    }).pipe(Effect.provide(supervising(dying.role, living.role)))
  })

  it.effect("a stop ends every role and starts none again", () =>
    Effect.gen(function* () {
      const stopped = yield* Deferred.make<void>()
      const started = yield* Deferred.make<void>()
      const role: Role = {
        name: "stopping",
        run: Deferred.succeed(started, undefined).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(stopped, undefined))
        )
      }
      const process = yield* Effect.forkChild(Layer.launch(supervising(role)))
      yield* Deferred.await(started)

      yield* Fiber.interrupt(process)

      expect(yield* Deferred.isDone(stopped)).toBe(true)
    })
  )
})

import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeCallLimits } from "../../../adapters/outbound-node/CallLimits.ts"
import { turns } from "../../support/payoutWorld.ts"

const busy = (why: string) => why

describe("CallLimits", () => {
  it.effect("an owner's calls beyond a second's worth wait their turn, and another's do not (SEC-08)", () =>
    Effect.gen(function* () {
      const limits = makeCallLimits({ perHost: 1_000, perOwner: 10 })
      const done: Array<string> = []
      const call = (owner: string) =>
        limits.within(
          { host: "a.example", owner },
          Effect.sync(() => done.push(owner)),
          busy
        )
      for (let count = 0; count < 15; count += 1) yield* Effect.forkScoped(call("one"))
      yield* turns()
      expect(done).toHaveLength(10)
      yield* call("two")
      expect(done).toHaveLength(11)
      yield* TestClock.adjust("250 millis")
      expect(done).toHaveLength(13)
      yield* TestClock.adjust("1 second")
      expect(done).toHaveLength(16)
    })
  )

  it.effect("an owner who asks for far more than its share is told so at once (SEC-08)", () =>
    Effect.gen(function* () {
      const limits = makeCallLimits({ perHost: 1_000, perOwner: 10 })
      const call = limits.within({ host: "a.example", owner: "one" }, Effect.void, busy)
      const calls = yield* Effect.forEach(Array.from({ length: 60 }), () =>
        Effect.forkScoped(Effect.exit(call))
      )
      yield* TestClock.adjust("1 minute")
      const exits = yield* Effect.forEach(calls, Fiber.join)

      expect(exits.filter(({ _tag }) => _tag === "Success")).toHaveLength(50)
      yield* call
    })
  )

  it.effect("a host's turns are given back when a call fails or is given up (SEC-08)", () =>
    Effect.gen(function* () {
      const limits = makeCallLimits({ perHost: 1, perOwner: 1_000 })
      const who = { host: "a.example", owner: "one" }
      const never = yield* Effect.forkScoped(limits.within(who, Effect.never, busy))
      yield* turns()
      const waiting = yield* Effect.forkScoped(limits.within(who, Effect.never, busy))
      yield* turns()
      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(never)
      yield* Effect.ignore(limits.within(who, Effect.fail("broken"), busy))
      const free = yield* Deferred.make<string>()
      yield* limits.within(who, Deferred.succeed(free, "free"), busy)

      expect(yield* Deferred.await(free)).toBe("free")
    })
  )
})

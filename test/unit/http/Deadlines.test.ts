import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type Deadline, type Deadlines, makeDeadlines } from "../../../src/http/Deadlines.ts"

/** Work under a deadline, as the envelope begins and ends it. */
const under = (deadlines: Deadlines, work: Effect.Effect<void>, seen: Array<Deadline> = []) =>
  Effect.withFiber<void>((fiber) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const deadline = deadlines.begin(fiber, now)
      seen.push(deadline)
      return Effect.ensuring(
        work,
        Effect.sync(() => deadlines.end(deadline))
      )
    })
  )

describe("Deadlines", () => {
  it.effect("interrupt what is not done in time, at most a quarter of it late, and say so", () =>
    Effect.gen(function* () {
      const deadlines = yield* makeDeadlines(4)
      const seen: Array<Deadline> = []
      const fiber = yield* Effect.forkChild(under(deadlines, Effect.never, seen))
      yield* TestClock.adjust("3999 millis")
      expect(fiber.pollUnsafe()).toBe(undefined)
      yield* TestClock.adjust("1001 millis")
      expect(Exit.hasInterrupts(yield* Fiber.await(fiber))).toBe(true)
      expect(seen.map(({ isOver }) => isOver)).toEqual([true])
    }).pipe(Effect.scoped)
  )

  it.effect("leave alone what is done in time, and what follows it in the same fiber", () =>
    Effect.gen(function* () {
      const deadlines = yield* makeDeadlines(4)
      const seen: Array<Deadline> = []
      const fiber = yield* Effect.forkChild(
        Effect.andThen(under(deadlines, Effect.sleep("1 second"), seen), Effect.sleep("1 hour"))
      )
      yield* TestClock.adjust("2 hours")
      expect(Exit.isSuccess(yield* Fiber.await(fiber))).toBe(true)
      expect(seen.map(({ isOver }) => isOver)).toEqual([false])
    }).pipe(Effect.scoped)
  )

  it.effect("judge each by its own beginning", () =>
    Effect.gen(function* () {
      const deadlines = yield* makeDeadlines(4)
      const early = yield* Effect.forkChild(under(deadlines, Effect.never))
      yield* TestClock.adjust("2 seconds")
      const late = yield* Effect.forkChild(under(deadlines, Effect.never))
      yield* TestClock.adjust("2 seconds")
      expect(early.pollUnsafe() === undefined).toBe(false)
      expect(late.pollUnsafe()).toBe(undefined)
      yield* TestClock.adjust("2 seconds")
      expect(late.pollUnsafe() === undefined).toBe(false)
    }).pipe(Effect.scoped)
  )
})

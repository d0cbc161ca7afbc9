import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { callHook } from "../../../src/sep31/callHook.ts"

const call = (ask: () => Effect.Effect<number, unknown>) =>
  callHook({ hook: "validateTransaction", ask, answer: Schema.Number, timeoutSeconds: 10 })
const nonsense = (value: unknown) => value as Effect.Effect<number>

describe("callHook", () => {
  it.effect("answers what the hook answers", () =>
    Effect.gen(function* () {
      expect(yield* call(() => Effect.succeed(7))).toBe(7)
    })
  )

  it.effect.each([
    ["fails", () => Effect.fail({ _tag: "LedgerLocked", iban: "DE89" }), "failed with LedgerLocked"],
    ["dies", () => Effect.die(new TypeError("no account DE89")), "failed with TypeError at "],
    [
      "throws before it gives an effect",
      () => {
        throw new Error("no account DE89")
      },
      "failed with Error at "
    ],
    ["interrupts itself", () => Effect.interrupt, "failed with"],
    ["gives something else than an effect", () => nonsense({ iban: "DE89" }), "failed with"],
    [
      "answers another type",
      () => Effect.succeed("DE89") as Effect.Effect<unknown> as Effect.Effect<number>,
      "answered outside its type"
    ]
  ] as const)("a hook that %s is a fault without its words (SEC-21)", ([, ask, said]) =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(call(ask as () => Effect.Effect<number>))

      expect(fault.reason).toBe(said.startsWith("answered") ? "malformed" : "failed")
      expect(fault.message).toContain(`the validateTransaction hook ${said}`)
      expect(fault.message).not.toContain("DE89")
    })
  )

  it.effect.each([
    ["hangs", Effect.never],
    ["hangs and cannot be interrupted", Effect.uninterruptible(Effect.never)]
  ] as const)("a hook that %s is given up after its time, not before", ([, hook]) =>
    Effect.gen(function* () {
      const waiting = yield* Effect.forkChild(Effect.flip(call(() => hook)), { startImmediately: true })
      yield* TestClock.adjust("9999 millis")
      expect(waiting.pollUnsafe()).toBeUndefined()

      yield* TestClock.adjust("1 millis")
      const fault = yield* Fiber.join(waiting)
      expect(fault.reason).toBe("timedOut")
      expect(fault.message).toBe("the validateTransaction hook did not answer within 10 s")
    })
  )

  it.effect("a hook whose request was given up is interrupted", () =>
    Effect.gen(function* () {
      let interrupted = false
      const hook = Effect.onInterrupt(Effect.never, () => Effect.sync(() => (interrupted = true)))
      const waiting = yield* Effect.forkChild(
        call(() => hook),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(waiting)
      yield* Effect.yieldNow

      expect(interrupted).toBe(true)
    })
  )
})

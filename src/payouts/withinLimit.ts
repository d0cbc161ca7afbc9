/**
 * The time limit on a call to an integrator's code: it holds even where that code cannot be interrupted.
 *
 * Gotcha: the call is given up, not ended, so its effect may still happen. That is why a call over its limit is Unknown.
 */
import { type Cause, Effect, Fiber } from "effect"

/** Fails with `TimeoutError` after `seconds`; what the call throws before it has made an effect is a defect of the effect. */
export const withinLimit = <A, E>(
  call: () => Effect.Effect<A, E>,
  seconds: number
): Effect.Effect<A, E | Cause.TimeoutError> =>
  Effect.acquireUseRelease(
    Effect.forkDetach(Effect.suspend(call), { startImmediately: true }),
    // A call that has answered already needs no clock.
    (fiber) => fiber.pollUnsafe() ?? Effect.timeout(Fiber.join(fiber), seconds * 1000),
    // asked to end, not waited for
    (fiber) => Effect.sync(() => fiber.interruptUnsafe())
  )

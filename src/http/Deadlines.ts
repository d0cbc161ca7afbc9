/**
 * Cuts off requests that take too long, all of them for the price of one timer: a race of each request against a sleep of
 * its own would cost a seventh of the whole request.
 *
 * Gotcha: a request is cut off at the first sweep after its time, at most a quarter of the time later, and never while it
 * is in an uninterruptible region.
 */
import { Clock, Effect, type Fiber, type Scope } from "effect"

/** A request under way. */
export interface Deadline {
  readonly dueMillis: number
  /** Its time was over and it was interrupted. */
  isOver: boolean
}

export interface Deadlines {
  /** Interrupts the fiber unless `end` comes in time. */
  readonly begin: (fiber: Fiber.Fiber<unknown, unknown>, nowMillis: number) => Deadline
  readonly end: (deadline: Deadline) => void
}

/** Deadlines of so many seconds, swept while the scope is open. */
export const makeDeadlines = (seconds: number): Effect.Effect<Deadlines, never, Scope.Scope> =>
  Effect.gen(function* () {
    const lifetime = seconds * 1000
    // A map keeps the order of insertion, and all have the same time: those that are due stand first.
    const open = new Map<Deadline, Fiber.Fiber<unknown, unknown>>()
    const sweep = Effect.map(Clock.currentTimeMillis, (now) => {
      for (const [deadline, fiber] of open) {
        if (deadline.dueMillis > now) break
        open.delete(deadline)
        deadline.isOver = true
        fiber.interruptUnsafe()
      }
    })
    yield* sweep.pipe(
      Effect.delay(Math.min(1000, Math.max(10, lifetime / 4))),
      Effect.forever,
      Effect.forkScoped
    )
    return {
      begin: (fiber, nowMillis) => {
        const deadline: Deadline = { dueMillis: nowMillis + lifetime, isOver: false }
        open.set(deadline, fiber)
        return deadline
      },
      end: (deadline) => {
        open.delete(deadline)
      }
    }
  })

// Stands between a process and the world: every call of a port passes here, is slowed down, fails or meets the end of the
// process. A process that is pulled out of its socket never hears of a call again, as after kill -9; a paused one goes on later.
import { Deferred, Effect } from "effect"
import type { Chance } from "./Chance.ts"
import type { Profile } from "./profile.ts"

type Call = (...args: ReadonlyArray<never>) => unknown

/** What may happen to one call: it is replaced, or goes on as it is. */
export type Fault = (
  port: string,
  method: string,
  call: Effect.Effect<unknown, unknown, unknown>
) => Effect.Effect<unknown, unknown, unknown>

export class Plug {
  private state: "in" | "paused" | "out" = "in"
  private readonly resumed = Deferred.makeUnsafe<void>()
  /** Calls until the process ends by itself; before or after the effect of the last one. */
  private fuse: { left: number; readonly after: boolean; readonly blow: () => void } | null = null
  private readonly chance: Chance
  private readonly slowness: Profile["slowness"]
  readonly name: string

  constructor(name: string, chance: Chance, slowness: Profile["slowness"]) {
    this.name = name
    this.chance = chance
    this.slowness = slowness
  }

  get isIn(): boolean {
    return this.state === "in"
  }

  /** Nothing is heard any more, for ever. */
  pull(): void {
    this.state = "out"
  }

  /** Nothing moves until `resume`: what was under way then goes on as if nothing had been. */
  pause(): void {
    if (this.state === "in") this.state = "paused"
  }

  resume(): void {
    if (this.state !== "paused") return
    this.state = "in"
    Deferred.doneUnsafe(this.resumed, Effect.void)
  }

  /** Ends the process at one of its next calls. */
  light(calls: number, after: boolean, blow: () => void): void {
    this.fuse = { left: calls, after, blow }
  }

  private readonly gate: Effect.Effect<void> = Effect.suspend(() => {
    if (this.state === "out") return Effect.never
    return this.state === "paused"
      ? Effect.andThen(
          Deferred.await(this.resumed),
          Effect.suspend(() => this.gate)
        )
      : Effect.void
  })

  private readonly delay: Effect.Effect<void> = Effect.suspend(() =>
    this.chance.happens(this.slowness.share)
      ? Effect.sleep(1 + this.chance.below(this.slowness.millis))
      : Effect.void
  )

  private burn(when: "before" | "after"): void {
    if (this.fuse === null || this.fuse.after !== (when === "after")) return
    this.fuse.left -= 1
    if (this.fuse.left > 0) return
    const { blow } = this.fuse
    this.fuse = null
    this.pull()
    blow()
  }

  private pass(call: Effect.Effect<unknown, unknown, unknown>): Effect.Effect<unknown, unknown, unknown> {
    return Effect.gen({ self: this }, function* () {
      yield* this.delay
      yield* this.gate
      this.burn("before")
      yield* this.gate
      const exit = yield* Effect.exit(call)
      this.burn("after")
      yield* this.gate
      return yield* exit
    })
  }

  /** The same service, every call of it through this plug. */
  through<Service extends object>(
    port: string,
    service: Service,
    fault: Fault = (_port, _method, call) => call
  ): Service {
    return new Proxy(service, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof key !== "string") return value
        if (Effect.isEffect(value))
          return this.pass(Effect.suspend(() => fault(port, key, value as Effect.Effect<unknown>)))
        if (typeof value !== "function") return value
        return (...args: ReadonlyArray<never>) => {
          const answer = (value as Call).apply(target, args as never)
          return Effect.isEffect(answer)
            ? // drawn anew each time it runs: a retried call may go well
              this.pass(Effect.suspend(() => fault(port, key, answer as Effect.Effect<unknown>)))
            : answer
        }
      }
    })
  }
}

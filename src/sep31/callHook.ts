/**
 * Asks a hook of the institution's, and lets nothing of it through but an answer of the right type in good time.
 *
 * A hook that throws, fails, hangs or answers nonsense is a fault of ours towards the Sending Anchor, never an acceptance.
 * Gotcha: a hook may refuse to be interrupted, so it runs in a fiber of its own that nobody waits for once time is up.
 */
import { Cause, Duration, Effect, Exit, Fiber, Schema } from "effect"
import { faultsIn } from "../http/faultSentence.ts"
import type { Hooks } from "../ports/BusinessHooks.ts"

/** Why a hook's answer cannot be used. `detail` is for the log: it quotes no value. */
export class HookFault extends Schema.TaggedError<HookFault>()("HookFault", {
  hook: Schema.String,
  reason: Schema.Literals(["failed", "malformed", "timedOut"]),
  detail: Schema.String
}) {
  override get message(): string {
    return `the ${this.hook} hook ${this.detail}`
  }
}

export interface HookCall<A, Answer> {
  readonly hook: keyof Hooks
  readonly ask: () => Effect.Effect<NoInfer<Answer>, unknown>
  /** What the port's type says, as a schema: TypeScript is not there when the hook answers. */
  readonly answer: Schema.Codec<A, Answer>
  readonly timeoutSeconds: number
}

/** Asks once. What the hook said when it failed is logged at debug level only, for it may quote customer data. */
export const callHook = Effect.fnUntraced(function* <A, Answer>(
  call: HookCall<A, Answer>
): Effect.fn.Return<A, HookFault> {
  const { answer, ask, hook, timeoutSeconds } = call
  const fault = (reason: HookFault["reason"], detail: string) => new HookFault({ hook, reason, detail })
  const fiber = yield* Effect.forkDetach(Effect.suspend(ask), { startImmediately: true })
  // Most hooks answer at once; a race against the clock costs more than they do.
  const exit = fiber.pollUnsafe() ?? (yield* inTime(fiber, timeoutSeconds))
  if (exit === null) return yield* fault("timedOut", `did not answer within ${timeoutSeconds} s`)
  if (Exit.isFailure(exit)) {
    yield* Effect.logDebug(`what the ${hook} hook failed with`, exit.cause)
    return yield* fault("failed", `failed with ${origin(exit.cause)}`)
  }
  return yield* Schema.decodeUnknownEffect(answer, { onExcessProperty: "error" })(exit.value).pipe(
    Effect.mapError((error) => {
      const said = faultsIn(error).map(({ expected, member }) =>
        member === "" ? expected : `${member}: ${expected}`
      )
      return fault("malformed", `answered outside its type: ${said.join("; ")}`)
    })
  )
})

/** How the hook ended; null when its time is over before it has. */
const inTime = <A, E>(
  fiber: Fiber.Fiber<A, E>,
  timeoutSeconds: number
): Effect.Effect<Exit.Exit<A, E> | null> =>
  Fiber.await(fiber).pipe(
    Effect.timeoutOrElse({
      duration: Duration.seconds(timeoutSeconds),
      orElse: () => Effect.succeed(null)
    }),
    Effect.ensuring(Effect.sync(() => fiber.interruptUnsafe()))
  )

/** Name and place of what was thrown: enough to find it, and no word it said. */
const origin = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (error instanceof Error) {
    const frame = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "))
    return `${error.name}${frame === undefined ? "" : ` ${frame.trim()}`}`
  }
  return typeof error === "object" && error !== null && "_tag" in error
    ? String(error._tag)
    : `a ${typeof error}`
}

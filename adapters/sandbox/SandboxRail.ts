/**
 * The sandbox's payment network as a rail of Kedge: what an integrator writes for a bank, over the sandbox's HTTP interface.
 *
 * Gotcha: the rail pays whatever it is asked, also twice under one key. It is not repeatable; what protects is the look-up,
 * which voids a key it never accepted.
 */
import { Effect, type Scope } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import {
  type LookUpAnswer,
  NothingAccepted,
  type PaymentRail,
  type PayoutOutcome,
  RailUnavailable
} from "../../src/ports/Rails.ts"
import { orderOf, outcomeOf, pollAnswersOf } from "./railAnswers.ts"
import { type Lost, type NotSent, type RailAnswer, railClient } from "./railRequest.ts"

export interface SandboxRailOptions {
  /** Where the sandbox listens. */
  readonly url: URL
  readonly concurrency: number
  readonly timeoutSeconds: number
}

type Answer = RailAnswer | NotSent | Lost

const sentenceOf = (answer: Answer): string => {
  if (answer._tag !== "Answered") return `the sandbox rail did not answer: ${answer.reason}`
  const { body } = answer
  const said =
    typeof body === "object" && body !== null && "error" in body && typeof body.error === "string"
      ? `: ${body.error}`
      : ""
  return `the sandbox rail answered ${answer.status}${said}`
}

const isVoided = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "voided" in body && body.voided === true
const isNotAccepted = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "accepted" in body && body.accepted === false

const executed = (answer: Answer): Effect.Effect<PayoutOutcome, NothingAccepted> => {
  if (answer._tag === "NotSent") return Effect.fail(new NothingAccepted({ message: sentenceOf(answer) }))
  if (answer._tag === "Lost") return Effect.succeed({ _tag: "Unknown", reason: sentenceOf(answer) })
  if (answer.status === 200) return Effect.succeed(outcomeOf(answer.body))
  // A voided key is never paid, so the same key need not be tried: the look-up that follows proves it.
  if (isNotAccepted(answer.body) && !isVoided(answer.body)) {
    return Effect.fail(new NothingAccepted({ message: sentenceOf(answer) }))
  }
  return Effect.succeed({ _tag: "Unknown", reason: sentenceOf(answer) })
}

const lookedUp = (answer: Answer): Effect.Effect<LookUpAnswer, RailUnavailable> => {
  if (answer._tag === "Answered" && answer.status === 200) return Effect.succeed(outcomeOf(answer.body))
  if (answer._tag === "Answered" && answer.status === 404 && isNotAccepted(answer.body)) {
    return Effect.succeed({ _tag: "NeverAccepted" })
  }
  return Effect.fail(new RailUnavailable({ message: sentenceOf(answer) }))
}

/** The rail named `sandbox`; its lines are closed with the scope. */
export const sandboxRail = Effect.fnUntraced(function* (
  options: SandboxRailOptions
): Effect.fn.Return<PaymentRail, never, Scope.Scope> {
  const client = railClient(options.url, options.concurrency + 4)
  yield* Effect.addFinalizer(() => client.close)
  return {
    name: "sandbox",
    repeatable: false,
    concurrency: options.concurrency,
    timeoutSeconds: options.timeoutSeconds,
    execute: (payout) => client.ask("POST", "/rail/payouts", orderOf(payout)).pipe(Effect.flatMap(executed)),
    lookUp: (payoutId: PayoutId) =>
      client.ask("GET", `/rail/payouts/${encodeURIComponent(payoutId)}`).pipe(Effect.flatMap(lookedUp)),
    poll: (payouts) =>
      client.ask("POST", "/rail/poll", { payoutIds: payouts.map(({ payoutId }) => payoutId) }).pipe(
        Effect.flatMap((answer) => {
          const answers =
            answer._tag === "Answered" && answer.status === 200 ? pollAnswersOf(answer.body) : undefined
          return answers === undefined
            ? Effect.fail(new RailUnavailable({ message: sentenceOf(answer) }))
            : Effect.succeed(answers)
        })
      )
  }
})

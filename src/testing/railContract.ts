/**
 * What a rail must keep, as data: run it against your own rail before you trust it with money.
 *
 * Each clause is a named effect that dies with a sentence when the rail breaks it; no test framework is needed. Gotcha: the
 * clauses send real payouts through the rail you give, so give one that points at a test bank.
 */
import { Effect, Result, Schema } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import { LookUpAnswer, type PaymentRail, type Payout, PayoutOutcome } from "../ports/Rails.ts"

export interface Clause {
  readonly name: string
  readonly check: Effect.Effect<void, unknown>
}

export interface RailUnderTest {
  readonly rail: PaymentRail
  /**
   * A payout the rail delivers or takes; each call gives one with an id never used before. Where you deliver what was converted
   * (`destinationAsset` is another asset than `asset`), run the contract for such payouts as well.
   */
  readonly payout: Effect.Effect<Payout>
}

const decodeOutcome = Schema.decodeUnknownResult(PayoutOutcome)
const decodeAnswer = Schema.decodeUnknownResult(LookUpAnswer)
const broken = (sentence: string) => Effect.die(new Error(sentence))

/** The clauses for a rail; those about a capability are there only when the rail declares it. */
export const railContract = ({ payout, rail }: RailUnderTest): ReadonlyArray<Clause> => {
  const { lookUp, poll } = rail
  const clauses: Array<Clause> = [
    {
      name: "an outcome is one of the contract's own",
      check: Effect.gen(function* () {
        const outcome = yield* rail.execute(yield* payout)
        const decoded = decodeOutcome(outcome)
        if (Result.isFailure(decoded))
          return yield* broken(`execute answered outside the contract: ${String(decoded.failure)}`)
      })
    },
    {
      name: "a payout that was converted is not refused in part",
      check: Effect.gen(function* () {
        const given = yield* payout
        if (given.destinationAsset === given.asset) return
        const outcome = yield* rail.execute(given).pipe(Effect.result)
        if (Result.isSuccess(outcome) && outcome.success._tag === "PartlyRefused") {
          return yield* broken(
            `execute answered PartlyRefused for a payout converted to ${given.destinationAsset}: its price holds for the whole, ` +
              "and Kedge holds it for a person"
          )
        }
      })
    },
    {
      name: "a call ends within its time limit",
      check: Effect.gen(function* () {
        const given = yield* payout
        const ended = yield* rail
          .execute(given)
          .pipe(Effect.exit, Effect.timeoutOption(`${rail.timeoutSeconds} seconds`))
        if (ended._tag === "None") return yield* broken(`execute did not end within ${rail.timeoutSeconds} s`)
      })
    },
    {
      name: "concurrency and time limit are above zero",
      check: Effect.suspend(() =>
        rail.concurrency >= 1 && rail.timeoutSeconds > 0
          ? Effect.void
          : broken("concurrency or timeoutSeconds is not above zero")
      )
    }
  ]
  if (rail.repeatable) {
    clauses.push({
      name: "a payout executed twice answers as it did the first time",
      check: Effect.gen(function* () {
        const given = yield* payout
        const first = yield* rail.execute(given)
        const again = yield* rail.execute(given)
        if (JSON.stringify(first) !== JSON.stringify(again)) {
          return yield* broken(
            `the second execute answered ${again._tag} after ${first._tag}: declare repeatable: false`
          )
        }
      })
    })
  }
  if (lookUp !== undefined) {
    clauses.push(
      {
        name: "a look-up finds what was executed",
        check: Effect.gen(function* () {
          const given = yield* payout
          const outcome = yield* rail.execute(given)
          const found = yield* lookUp(given.payoutId)
          if (Result.isFailure(decodeAnswer(found)))
            return yield* broken("lookUp answered outside the contract")
          if (
            found._tag === "NeverAccepted" &&
            (outcome._tag === "Delivered" || outcome._tag === "Pending")
          ) {
            return yield* broken(
              `lookUp says NeverAccepted of a payout that execute answered with ${outcome._tag}`
            )
          }
        })
      },
      {
        name: "a payout that was never sent is not found, and then never accepted",
        check: Effect.gen(function* () {
          const given = yield* payout
          const found = yield* lookUp(given.payoutId)
          if (found._tag !== "NeverAccepted") return
          const late = yield* rail.execute(given).pipe(Effect.result)
          if (
            Result.isSuccess(late) &&
            (late.success._tag === "Delivered" || late.success._tag === "Pending")
          ) {
            return yield* broken(
              "lookUp promised NeverAccepted, and the payout was accepted afterwards: answer Unknown instead"
            )
          }
        })
      }
    )
  }
  if (poll !== undefined) {
    clauses.push({
      name: "a poll answers only about the payouts it was asked about",
      check: Effect.gen(function* () {
        const given = yield* payout
        yield* rail.execute(given)
        const asked = [
          {
            payoutId: given.payoutId,
            transactionId: given.transactionId,
            externalId: null,
            reference: null,
            metadata: {}
          }
        ]
        const answers = yield* poll(asked)
        const foreign = answers.filter(
          ({ payoutId }: { readonly payoutId: PayoutId }) => payoutId !== given.payoutId
        )
        if (foreign.length > 0)
          return yield* broken(`poll answered about ${foreign.map(({ payoutId }) => payoutId).join(", ")}`)
      })
    })
  }
  return clauses
}

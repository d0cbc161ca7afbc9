/**
 * The rate provider as the rest of this room sees it: it answers in time, in the right shape and with numbers that can be
 * meant, or there is no rate now.
 *
 * A provider is an institution's own code, and a wrong rate is money: its answer is checked as a stranger's would be. Gotcha:
 * what it died with goes to the log at debug level alone.
 */
import { Cause, Effect, Result, Schema } from "effect"
import { type Amount, amount, isZero, parseAmount, sum, zero } from "../../machines/domain/Amount.ts"
import { type Decimal, parseDecimal } from "../../machines/domain/Decimal.ts"
import { decimalsOf, type Side } from "../../machines/domain/Price.ts"
import type { PriceFee } from "../../machines/transaction/context.ts"
import { faultsIn } from "../http/faultSentence.ts"
import { type NoRate, type RateProvider, type RateQuestion, RateUnavailable } from "../ports/RateProvider.ts"

/** An answer that has passed every check. */
export interface CheckedRate {
  /** Units bought for one unit sold, before the fee; more than 0. */
  readonly rate: Decimal
  readonly fee: PriceFee
  readonly feeIn: Side
  /** Null: as long as was asked. */
  readonly untilMillis: number | null
}

const isAmount = Schema.makeFilter((text: string) =>
  Result.isFailure(parseAmount(text)) ? "expected a decimal string with at most 7 decimals" : undefined
)
const Amounts = Schema.String.pipe(Schema.check(isAmount))
const isPositiveDecimal = Schema.makeFilter((text: string) => {
  const parsed = parseDecimal(text)
  return Result.isFailure(parsed) || parsed.success.units === 0n
    ? "expected a decimal string of more than 0"
    : undefined
})
const words = (max: number) =>
  Schema.String.pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(max)))

const Answer = Schema.Struct({
  rate: Schema.String.pipe(Schema.check(isPositiveDecimal)),
  fee: Schema.optional(
    Schema.Struct({
      total: Amounts,
      asset: Schema.String,
      details: Schema.optional(
        Schema.Array(
          Schema.Struct({
            name: words(100),
            description: Schema.optional(words(500)),
            amount: Amounts
          })
        )
      )
    })
  ),
  untilMillis: Schema.optional(Schema.Int)
})
type Answer = typeof Answer.Type
const decode = Schema.decodeUnknownEffect(Answer, { onExcessProperty: "error" })

/** A rate for this question of the moment `nowMillis`; `timeoutSeconds` bounds the wait. */
export const askRates = (provider: RateProvider["Service"], timeoutSeconds: number) => {
  const failed = (why: string) => new RateUnavailable({ message: `the rate provider ${why}` })
  const malformed = (why: string) =>
    Effect.logError(`the rate provider answered outside its type: ${why}`).pipe(
      Effect.andThen(Effect.fail(failed("answered outside its type")))
    )
  return Effect.fnUntraced(function* (
    question: RateQuestion,
    nowMillis: number
  ): Effect.fn.Return<CheckedRate, RateUnavailable | NoRate> {
    const said = yield* Effect.suspend(() => provider.rate(question)).pipe(
      Effect.timeoutOrElse({
        duration: timeoutSeconds * 1000,
        orElse: () => Effect.fail(failed(`did not answer within ${timeoutSeconds} s`))
      }),
      Effect.catchDefect((defect) =>
        Effect.logDebug("what the rate provider died with", Cause.die(defect)).pipe(
          Effect.andThen(Effect.fail(failed("died")))
        )
      )
    )
    const answer = yield* decode(said).pipe(
      Effect.catch((error) =>
        malformed(
          faultsIn(error)
            .map(({ expected, member }) => (member === "" ? expected : `${member}: ${expected}`))
            .join("; ")
        )
      )
    )
    const fault = faultOf(question, answer, nowMillis)
    return fault === null ? checked(question, answer) : yield* malformed(fault)
  })
}

/** What is wrong between the members of an answer, and between it and its question; null when nothing is. */
const faultOf = (question: RateQuestion, { fee, untilMillis }: Answer, nowMillis: number): string | null => {
  if (question.kind === "firm" && untilMillis !== undefined && untilMillis <= nowMillis) {
    return "untilMillis: is not in the future"
  }
  if (fee === undefined) return null
  if (fee.asset !== question.sellAsset && fee.asset !== question.buyAsset) {
    return `fee.asset: is none of ${question.sellAsset} and ${question.buyAsset}`
  }
  const decimals = fee.asset === question.sellAsset ? question.sellDecimals : question.buyDecimals
  const total = amount(fee.total)
  const details = (fee.details ?? []).map((detail) => amount(detail.amount))
  if ([total, ...details].some((each) => decimalsOf(each) > decimals)) {
    return `fee: has an amount with more than the ${decimals} decimals of ${fee.asset}`
  }
  if (isZero(total) && details.length > 0) return "fee.details: is given for a total of 0"
  if (details.length > 0 && sum(details) !== total) {
    return `fee.details: add up to ${sum(details)}, not to the total of ${total}`
  }
  return null
}

const checked = (question: RateQuestion, { fee, rate, untilMillis }: Answer): CheckedRate => ({
  rate: Result.getOrThrow(parseDecimal(rate)),
  fee: fee === undefined ? { total: zero, asset: question.sellAsset } : feeOf(fee),
  feeIn: fee === undefined || fee.asset === question.sellAsset ? "sell" : "buy",
  untilMillis: untilMillis ?? null
})

const feeOf = ({ asset, details = [], total }: NonNullable<Answer["fee"]>): PriceFee => ({
  total: amount(total),
  asset,
  ...(details.length === 0
    ? {}
    : {
        details: details.map(({ amount: part, description, name }) => ({
          name,
          ...(description === undefined ? {} : { description }),
          amount: amount(part) satisfies Amount
        }))
      })
})

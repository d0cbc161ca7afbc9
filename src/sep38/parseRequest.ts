/**
 * What a client asked for, in our words: the shape of the queries of GET /prices and GET /price and of the body of POST /quote,
 * and nothing of their meaning.
 *
 * Gotcha: only here `null` is absence (S38-Q-04), and amounts must be strings: SEP-38 knows no other (S38-GEN-05).
 */
import { DateTime, Option, Result } from "effect"
import { type Amount, isZero, parseAmount } from "../../machines/domain/Amount.ts"
import type { Side } from "../../machines/domain/Price.ts"
import { say, type Words } from "../../machines/domain/Sentence.ts"
import type { JsonObject } from "../http/readJson.ts"

/** How the client wants the money to come and go, and where; null where it does not say. */
export interface Wishes {
  readonly sellDeliveryMethod: string | null
  readonly buyDeliveryMethod: string | null
  readonly countryCode: string | null
}

/** GET /prices: the assets on the `listed` side, for an amount of the one on the other. */
export interface PricesRequest extends Wishes {
  readonly listed: Side
  readonly asset: string
  readonly amount: Amount
  /** Only the pair with this asset on the listed side (S38-PS-01). */
  readonly only: string | null
}

/** GET /price. */
export interface PriceRequest extends Wishes {
  readonly sellAsset: string
  readonly buyAsset: string
  readonly given: Side
  readonly amount: Amount
}

/** POST /quote. */
export interface QuoteRequest extends PriceRequest {
  /** Milliseconds since 1970. */
  readonly expireAfterMillis: number | null
}

/** A named member of a request; null where it is absent. */
type Members = (name: string) => Parsed<string | null>
type Parsed<A> = Result.Result<A, Words>

/** A value of the client's in an error: escaped and short (SEC-24). */
export const quoted = (value: string): string =>
  JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)

export const ofQuery =
  (query: Readonly<Record<string, string | undefined>>): Members =>
  (name) =>
    Result.succeed(query[name] ?? null)

export const ofBody =
  (json: JsonObject): Members =>
  (name) => {
    const value = json.get(name)
    if (value === undefined || value === null) return Result.succeed(null)
    return typeof value === "string"
      ? Result.succeed(value)
      : Result.fail(say`${name} must be a string, or left out`)
  }

export const parsePrices = (members: Members): Parsed<PricesRequest> =>
  Result.gen(function* () {
    const sellAsset = yield* members("sell_asset")
    const buyAsset = yield* members("buy_asset")
    const given: Side | null = sellAsset !== null ? "sell" : buyAsset !== null ? "buy" : null
    const asset = sellAsset ?? buyAsset
    if (given === null || asset === null) {
      return yield* Result.fail(say`sell_asset and buy_asset are missing; give one of them`)
    }
    const other = given === "sell" ? "buy" : "sell"
    if ((yield* members(`${other}_amount`)) !== null) {
      return yield* Result.fail(say`${`${other}_amount`} cannot be used here; give ${`${given}_amount`}`)
    }
    return {
      listed: other,
      asset,
      amount: yield* amountOf(members, given),
      only: given === "sell" ? buyAsset : null,
      ...(yield* wishesOf(members))
    }
  })

export const parsePrice = (members: Members): Parsed<PriceRequest> =>
  Result.gen(function* () {
    yield* contextOf(members)
    const sellAsset = yield* required(members, "sell_asset")
    const buyAsset = yield* required(members, "buy_asset")
    const given = yield* givenSide(members)
    const amount = yield* amountOf(members, given)
    return { sellAsset, buyAsset, given, amount, ...(yield* wishesOf(members)) }
  })

export const parseQuote = (members: Members): Parsed<QuoteRequest> =>
  Result.gen(function* () {
    const price = yield* parsePrice(members)
    const expireAfter = yield* members("expire_after")
    return {
      ...price,
      expireAfterMillis: expireAfter === null ? null : yield* parseMoment("expire_after", expireAfter)
    }
  })

const required = (members: Members, name: string): Parsed<string> =>
  Result.flatMap(members(name), (value) =>
    value === null ? Result.fail(say`${name} is missing`) : Result.succeed(value)
  )

/** SEP-31 is all that is served here (S38-P-02, S38-Q-01). */
const contextOf = (members: Members): Parsed<"sep31"> =>
  Result.flatMap(required(members, "context"), (context) =>
    context === "sep31"
      ? Result.succeed(context)
      : Result.fail(say`context ${quoted(context)} is not served here; it must be sep31`)
  )

const givenSide = (members: Members): Parsed<Side> =>
  Result.gen(function* () {
    const isSell = (yield* members("sell_amount")) !== null
    const isBuy = (yield* members("buy_amount")) !== null
    if (isSell && isBuy) return yield* Result.fail(say`give sell_amount or buy_amount, not both`)
    if (!isSell && !isBuy) {
      return yield* Result.fail(say`sell_amount and buy_amount are missing; give one of them`)
    }
    return isSell ? ("sell" as const) : ("buy" as const)
  })

const amountOf = (members: Members, side: Side): Parsed<Amount> =>
  Result.flatMap(required(members, `${side}_amount`), (text) => {
    const parsed = parseAmount(text)
    if (Result.isFailure(parsed)) {
      return Result.fail(
        say`${`${side}_amount`} ${quoted(text)} is not a decimal amount with at most 7 decimals, such as "100.25"`
      )
    }
    return isZero(parsed.success)
      ? Result.fail(say`${`${side}_amount`} must be more than 0`)
      : Result.succeed(parsed.success)
  })

const wishesOf = (members: Members): Parsed<Wishes> =>
  Result.gen(function* () {
    const sellDeliveryMethod = yield* members("sell_delivery_method")
    const buyDeliveryMethod = yield* members("buy_delivery_method")
    if (sellDeliveryMethod !== null && buyDeliveryMethod !== null) {
      return yield* Result.fail(say`give sell_delivery_method or buy_delivery_method, not both`)
    }
    return { sellDeliveryMethod, buyDeliveryMethod, countryCode: yield* members("country_code") }
  })

const moment =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/

/**
 * An ISO 8601 date and time to milliseconds since 1970, rounded up; without a zone it is UTC, as SEP-38's own example is. A day
 * that no calendar has is refused.
 */
export const parseMoment = (name: string, text: string): Parsed<number> => {
  const fault = say`${name} ${quoted(text)} is not a UTC date and time such as "2030-01-31T12:00:00Z"`
  const match = text.length > 40 ? null : moment.exec(text)
  if (match === null) return Result.fail(fault)
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", zone = "Z"] =
    match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const plain = DateTime.make(`${local}Z`)
  const zoned = DateTime.make(`${local}${zone}`)
  const isReal = Option.isSome(plain) && DateTime.formatIso(plain.value).startsWith(local)
  if (!isReal || Option.isNone(zoned)) return Result.fail(fault)
  const millis = Number(fraction.slice(0, 3).padEnd(3, "0"))
  const isMore = /[1-9]/.test(fraction.slice(3))
  return Result.succeed(DateTime.toEpochMillis(zoned.value) + millis + (isMore ? 1 : 0))
}

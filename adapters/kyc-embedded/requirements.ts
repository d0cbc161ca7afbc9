/** What the configured customer types want: of everybody, and of those in larger transactions (S31-KYC-05). */
import { type Amount, isLess, isMore, parseAmount } from "../../machines/domain/Amount.ts"
import { Result } from "effect"
import { canonicalName } from "../../machines/domain/Sep9.ts"
import type { CustomerType } from "../../src/KedgeConfig.ts"

export type Wanted = CustomerType["fields"]
type Types = Readonly<Record<string, CustomerType>>

const nothing: Wanted = {}

/** The tier of an amount is the highest `fromAmount` it reaches, as a decimal; null below them all. */
export const tierOfAmount = (types: Types, type: string, paid: Amount): string | null => {
  const reached = Object.values(types[type]?.fields ?? nothing).flatMap(({ fromAmount }) =>
    fromAmount === undefined || isLess(paid, fromAmount) ? [] : [fromAmount]
  )
  return reached.reduce<Amount | null>(
    (highest, each) => (highest === null || isMore(each, highest) ? each : highest),
    null
  )
}

/** The fields a type wants in a tier; without one, those it wants of everybody. */
export const wantedBy = (types: Types, type: string, tier: string | undefined): Wanted => {
  const parsed = tier === undefined ? null : parseAmount(tier)
  const upTo = parsed === null || Result.isFailure(parsed) ? null : parsed.success
  return Object.fromEntries(
    Object.entries(types[type]?.fields ?? nothing).filter(
      ([, { fromAmount }]) => fromAmount === undefined || (upTo !== null && !isMore(fromAmount, upTo))
    )
  )
}

/** Canonical names of all that any type wants in any tier: what is kept. */
export const wantedByAny = (types: Types): ReadonlySet<string> =>
  new Set(Object.values(types).flatMap(({ fields }) => Object.keys(fields).map(canonicalName)))

/** Canonical names of what must be proven by a code, whichever type says so. */
export const provenByAny = (types: Types): ReadonlySet<string> =>
  new Set(
    Object.values(types).flatMap(({ fields }) =>
      Object.entries(fields).flatMap(([name, { verify }]) => (verify === true ? [canonicalName(name)] : []))
    )
  )

/** What a value may be, where every type that wants it gives choices; none are given where any of them leaves it free. */
export const choicesOf = (types: Types, name: string): ReadonlyArray<string> => {
  const wanting = Object.values(types).flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([wanted, field]) =>
      canonicalName(wanted) === name ? [field.choices] : []
    )
  )
  return wanting.includes(null) ? [] : [...new Set(wanting.flatMap((choices) => choices ?? []))]
}

/**
 * A verdict as the Sending Anchor sees it while a rail contests some of the customer's data: those fields are wanted again.
 *
 * Gotcha: the provider has accepted the data and knows nothing of the rail, so its own verdict stays as it is; what is
 * contested comes out again by a PUT alone.
 */
import { canonicalName, sep9Field } from "../../machines/domain/Sep9.ts"
import { describe, inLanguage } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import type { CustomerField, Verdict } from "../ports/KycProvider.ts"

const asWanted = ({ type, description, choices }: CustomerField, lang: string): CustomerField => ({
  type,
  description: describe(description, lang),
  ...(choices === undefined ? {} : { choices })
})

const described = (name: string, verdict: Verdict, lang: string): CustomerField => {
  const same = (entries: Readonly<Record<string, CustomerField>>) =>
    Object.entries(entries).find(([other]) => canonicalName(other) === canonicalName(name))?.[1]
  const known = same(verdict.fields) ?? same(verdict.provided) ?? sep9Field(name)
  return known === undefined ? { type: "string", description: name } : asWanted(known, lang)
}

const asked = say`The payout was refused for the data listed in fields; send it again, corrected.`

/** `contested`: names as the rail spelled them. A rejected customer stays rejected: nothing more is wanted of them. */
export const withContested = (verdict: Verdict, contested: ReadonlyArray<string>, lang: string): Verdict => {
  if (contested.length === 0 || verdict.status === "REJECTED") return verdict
  const names = new Set(contested.map(canonicalName))
  const without = <A>(entries: Readonly<Record<string, A>>) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !names.has(canonicalName(name))))
  return {
    status: "NEEDS_INFO",
    message: verdict.message ?? inLanguage(asked, lang),
    fields: {
      ...without(verdict.fields),
      ...Object.fromEntries(contested.map((name) => [name, described(name, verdict, lang)]))
    },
    provided: without(verdict.provided)
  }
}

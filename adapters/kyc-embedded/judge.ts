/**
 * The verdict of the embedded provider: who has given all that is wanted is accepted at once.
 *
 * It knows nothing of watch lists. What an institution told by its own door (REJECTED, PROCESSING) therefore stands until it
 * tells otherwise, and completeness does not overrule it.
 */
import { say } from "../../machines/domain/Sentence.ts"
import { canonicalName, sep9Field } from "../../machines/domain/Sep9.ts"
import { describe as described, inLanguage } from "../../src/http/Language.ts"
import type { CustomerField, Verdict } from "../../src/ports/KycProvider.ts"
import type { Wanted } from "./requirements.ts"

/** One wanted field as SEP-12 describes it. */
const describe = (name: string, wanted: Wanted[string], lang: string): CustomerField => {
  const known = sep9Field(name)
  const choices = wanted.choices ?? known?.choices
  return {
    type: known?.type ?? "string",
    description: described(wanted.description, lang),
    ...(choices === undefined ? {} : { choices }),
    ...(wanted.optional ? { optional: true } : {})
  }
}

/** Every wanted field as SEP-12 describes it, in the language `lang`. */
export const describeAll = (wanted: Wanted, lang: string): Readonly<Record<string, CustomerField>> =>
  Object.fromEntries(Object.entries(wanted).map(([name, field]) => [name, describe(name, field, lang)]))

/** What the sandbox's script says of a family name, or null where it says nothing (design §5). */
export type Scripted = "REJECTED" | "PROCESSING" | "NEEDSINFO" | null

/** Reads a family name as the script does: in any case. */
export const scriptOf = (lastName: string): Scripted => {
  const name = lastName.trim().toUpperCase()
  return name === "REJECTED" || name === "PROCESSING" || name === "NEEDSINFO" ? name : null
}

/** A verdict of the institution's, with its words. */
export interface Told {
  readonly status: "REJECTED" | "PROCESSING"
  readonly message: string | null
}

export interface Facts {
  readonly wanted: Wanted
  /** Canonical names of the values held. */
  readonly held: ReadonlySet<string>
  /** Canonical names of those that a code must prove and none has yet. */
  readonly unproven: ReadonlySet<string>
  /** What is on record and stands whatever is held; undefined when the customer is judged anew. */
  readonly told: Told | undefined
  readonly script: Scripted
  /** Seconds until a customer scripted to be processed is accepted; none left is 0. */
  readonly processingSecondsLeft: number
  /** ISO 639-1, for what is described. */
  readonly lang: string
}

/**
 * Gotcha: a verdict is stored, and told anew when it changes, so its message holds nothing that depends on the language of
 * whoever asked; what is said of a customer who cannot be served is said where it is answered.
 */
const completeVerdict = ({
  told,
  script,
  processingSecondsLeft
}: Facts): Omit<Verdict, "fields" | "provided"> => {
  if (script === "REJECTED") return { status: "REJECTED" }
  if (script === "PROCESSING") {
    return processingSecondsLeft > 0
      ? { status: "PROCESSING", askAgainSeconds: processingSecondsLeft }
      : { status: "ACCEPTED" }
  }
  if (told === undefined) return { status: "ACCEPTED" }
  return { status: told.status, ...(told.message === null ? {} : { message: told.message }) }
}

/** Judges by what is held; pure. */
export const judge = (facts: Facts): Verdict => {
  const { lang } = facts
  const entries = Object.entries(facts.wanted)
  const missing = entries.filter(([name]) => !facts.held.has(canonicalName(name)))
  const held = entries.filter(([name]) => facts.held.has(canonicalName(name)))
  const bounced = (name: string) => facts.script === "NEEDSINFO" && canonicalName(name) === "last_name"
  const isScripted = facts.script === "REJECTED" || facts.script === "PROCESSING"
  const unproven = held.filter(([name]) => facts.unproven.has(canonicalName(name)))
  const isWanting =
    missing.some(([, field]) => !field.optional) || unproven.length > 0 || facts.script === "NEEDSINFO"
  const verdict: Omit<Verdict, "fields" | "provided"> =
    isWanting && !isScripted && facts.told?.status !== "REJECTED"
      ? { status: "NEEDS_INFO" }
      : completeVerdict(facts)
  const asked = verdict.status === "NEEDS_INFO" ? [...missing, ...held.filter(([name]) => bounced(name))] : []
  const fieldStatus = verdict.status === "PROCESSING" ? "PROCESSING" : "ACCEPTED"
  return {
    ...verdict,
    fields:
      verdict.status === "NEEDS_INFO" && asked.length + unproven.length === 0
        ? { last_name: describe("last_name", scriptedField, lang) }
        : describeAll(Object.fromEntries(asked), lang),
    provided: Object.fromEntries(
      held.map(([name, field]) => [
        name,
        bounced(name)
          ? {
              ...describe(name, field, lang),
              status: "REJECTED",
              error: inLanguage(say`Another family name is needed.`, lang)
            }
          : {
              ...describe(name, field, lang),
              status: facts.unproven.has(canonicalName(name)) ? "VERIFICATION_REQUIRED" : fieldStatus
            }
      ])
    )
  }
}

/** Asked for where the script wants information of a type that does not ask for a family name. */
const scriptedField: Wanted[string] = {
  description: sep9Field("last_name")?.description ?? "last_name",
  optional: false,
  choices: null
}

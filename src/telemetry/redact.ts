/**
 * What may leave the process in a log line or a trace, and what of it is blotted out.
 *
 * The policy is an allow-list: a member that nobody declared harmless is dropped, its name is kept. Gotcha: free text is
 * ours and holds no customer data by rule; the patterns below only catch secrets that slipped into someone else's error.
 */

/** Ids, amounts, states, counts: nothing about people, no secret, no free text of a client. Add a name here to log it. */
export const loggedMembers: ReadonlySet<string> = new Set(
  `account actor alarm amount asset at attempt attempts cause challenge closedAt code commit count
   currency cursor customer customerId customers database delay dropped due duration elapsed endpoint
   epoch error event events expected expiresAt externalId fate fee field fields from fundingMethod group
   hash host id instance kind lag lane lanes leaf lease ledger limit listener listening master memoType
   message method migrations millis mode n network node operation operationId order owner page parked
   path payment paymentId payout payoutId payouts pid port position purpose quarantined queue rail reason
   received record records refund refundId refused request requestId results role roles route rows sealed
   seconds sendingAnchor sep seps sequence service size state status step steps storage table tip to
   transaction transactionId transactions tries type unit version waiting watcher why`.split(/\s+/)
)

const textMax = 500

/** A seed, a token of three parts, an `Authorization` value, a password in a URL. */
const secrets: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bS[A-Z2-7]{55}\b/g, "S…(seed)"],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, "…(token)"],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, "$1 …"],
  [/(\/\/[^/\s:@]*:)[^@\s/]+@/g, "$1…@"]
]

/** Text with secrets blotted out, cut to 500 characters. */
export const redactText = (text: string, max = textMax): string => {
  const clean = secrets.reduce((kept, [pattern, blot]) => kept.replace(pattern, blot), text)
  return clean.length > max ? `${clean.slice(0, max)}…` : clean
}

/** A value that may be logged as it is: text, a number, a yes or no, or a short list of such. Undefined: not loggable. */
const loggable = (value: unknown): unknown => {
  switch (typeof value) {
    case "string":
      return redactText(value)
    case "number":
    case "boolean":
      return value
    case "bigint":
      return value.toString()
    default:
      if (value === null) return null
      return Array.isArray(value) && value.length <= 50 && value.every((item) => typeof item !== "object")
        ? value.map(loggable)
        : undefined
  }
}

export interface Redacted {
  readonly members: Readonly<Record<string, unknown>>
  /** Names of what was left out. */
  readonly dropped: ReadonlyArray<string>
}

/** The members of a record that may be logged, and the names of those that may not. */
export const redactMembers = (record: Readonly<Record<string, unknown>>): Redacted => {
  const members: Record<string, unknown> = {}
  const dropped: Array<string> = []
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue
    const kept = loggedMembers.has(name) ? loggable(value) : undefined
    if (kept === undefined) dropped.push(name.slice(0, 64))
    else members[name] = kept
  }
  return { members, dropped }
}

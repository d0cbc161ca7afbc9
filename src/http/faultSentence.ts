/**
 * Says in one sentence what is wrong with a request that does not fit its schema: which member, and what would be right.
 *
 * Gotcha: values are never quoted. They may be customer data or a secret sent by mistake, and the sentence may be logged.
 */
import { type Schema, SchemaIssue } from "effect"
import type { HttpApiError } from "effect/http-api"
import { say, type Sentence, type Words } from "../../machines/domain/Sentence.ts"

/** Where the schema was applied; `Body` and `ResponseHeaders` are our own answers, so faults in them are defects. */
export type Place = HttpApiError.HttpApiSchemaError["kind"]

const nouns: Readonly<Record<Place, Sentence>> = {
  Params: say`the path`,
  Headers: say`the headers`,
  Query: say`the query`,
  Payload: say`the body`,
  Body: say`the answer`,
  ResponseHeaders: say`the answer's headers`
}

/** What the schemas of requests expect, as Effect words it; what is not among these stays as it is worded. */
const expectations: ReadonlyMap<string, Sentence> = new Map(
  [
    say`expected string`,
    say`expected number`,
    say`expected boolean`,
    say`expected object`,
    say`expected array`,
    say`expected a valid JSON body`
  ].map((sentence) => [sentence.template, sentence] as const)
)

const wanted = (expected: string): Words => expectations.get(expected) ?? expected.slice(0, 150)

const faultsOf = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "MissingKey" ? "is missing" : lowerFirst(SchemaIssue.defaultLeafHook(issue))
})

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

const pathOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined): string =>
  (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment)).join(".")

/** One fault: the member's path (empty for the whole) and what is expected of it. */
export interface Fault {
  readonly member: string
  readonly expected: string
}

/** The faults of a failed decoding, in the order of the schema. */
export const faultsIn = (error: Schema.SchemaError): ReadonlyArray<Fault> =>
  faultsOf(error.issue).issues.map((issue) => ({
    member: pathOf(issue.path),
    expected: lowerFirst(issue.message)
  }))

/**
 * A sentence for the client, at most some 300 characters, about the first fault. `repeated` tells which query parameters came
 * more than once: the schema sees a list where it wants one value, and saying so helps more than "expected string".
 */
export const faultSentence = (
  place: Place,
  error: Schema.SchemaError,
  repeated: ReadonlySet<string> = new Set()
): Sentence => {
  const [fault] = faultsIn(error)
  if (fault === undefined) return say`${nouns[place]} is not valid`
  const named = fault.member === "" ? nouns[place] : fault.member.slice(0, 100)
  if (place === "Query" && repeated.has(fault.member)) return say`${named} is given more than once`
  return fault.expected === "is missing"
    ? say`${named} is missing`
    : say`${named} is not valid: ${wanted(fault.expected)}`
}

/** Names of query parameters a URL gives more than once. */
export const repeatedParameters = (url: string): ReadonlySet<string> => {
  const start = url.indexOf("?")
  if (start < 0) return new Set()
  const names = [...new URLSearchParams(url.slice(start + 1)).keys()]
  return new Set(names.filter((name, at) => names.indexOf(name) !== at))
}

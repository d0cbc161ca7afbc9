/**
 * Log lines: one JSON object each on standard output, with the redaction policy of redact.ts applied to everything that is
 * not a plain sentence of ours.
 *
 * Gotcha: an object logged beside the message loses the members that are not on the allow-list; `dropped` names them.
 */
import { Cause, Layer, Logger, type LogLevel, Predicate, References, Schema, SchemaIssue } from "effect"
import { redactMembers, redactText } from "./redact.ts"

const stackLines = 12
const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** A schema's error quotes nothing by default, but a check's message may: only where it failed is told. */
const schemaSentence = (error: Schema.SchemaError): string =>
  `does not fit its schema at ${formatIssue(error.issue)
    .issues.slice(0, 5)
    .map((issue) =>
      (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".")
    )
    .map((path) => path || "(whole)")
    .join(", ")}`

interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack?: ReadonlyArray<string>
  readonly cause?: Thrown
}

const framesOf = (error: Error): ReadonlyArray<string> =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, stackLines)
    .map((line) => line.trim())

const thrown = (value: unknown, withStack: boolean, depth = 0): Thrown => {
  if (Schema.isSchemaError(value)) return { name: "SchemaError", message: schemaSentence(value) }
  if (!(value instanceof Error)) {
    const tag = Predicate.hasProperty(value, "_tag") ? String(value._tag) : typeof value
    return { name: tag, message: typeof value === "string" ? redactText(value) : "" }
  }
  const name = Predicate.hasProperty(value, "_tag") ? String(value._tag) : value.name
  return {
    name,
    message: redactText(value.message),
    ...(withStack ? { stack: framesOf(value) } : {}),
    ...(value.cause instanceof Error && depth < 3 ? { cause: thrown(value.cause, withStack, depth + 1) } : {})
  }
}

const reasonOf = (reason: Cause.Reason<unknown>): Readonly<Record<string, unknown>> => {
  switch (reason._tag) {
    case "Fail":
      return { kind: "failure", ...thrown(reason.error, false) }
    case "Die":
      return { kind: "defect", ...thrown(reason.defect, true) }
    case "Interrupt":
      return { kind: "interrupted" }
  }
}

/** One part of what was logged: a sentence, a record of members, or a cause or error given in passing. */
interface Parts {
  readonly sentences: Array<string>
  readonly members: Record<string, unknown>
  readonly dropped: Array<string>
  readonly causes: Array<Readonly<Record<string, unknown>>>
}

const take = (part: unknown, parts: Parts): void => {
  if (typeof part === "string") {
    parts.sentences.push(redactText(part, 1000))
  } else if (Cause.isCause(part)) {
    parts.causes.push(...part.reasons.map(reasonOf))
  } else if (part instanceof Error) {
    parts.causes.push({ kind: "failure", ...thrown(part, false) })
  } else if (Predicate.isObject(part) && !Array.isArray(part)) {
    const { members, dropped } = redactMembers(part)
    Object.assign(parts.members, members)
    parts.dropped.push(...dropped)
  } else if (part !== undefined) {
    parts.dropped.push(`(${Array.isArray(part) ? "list" : typeof part})`)
  }
}

/** A line as an object: `time`, `level`, `message`, `members` of the entry, and `cause`. */
export const structured = Logger.make(({ message, logLevel, cause, fiber, date }) => {
  const parts: Parts = { sentences: [], members: {}, dropped: [], causes: [] }
  take(fiber.getRef(References.CurrentLogAnnotations), parts)
  for (const part of Array.isArray(message) ? message : [message]) take(part, parts)
  take(cause, parts)
  return {
    time: date.toISOString(),
    level: logLevel.toLowerCase(),
    message: parts.sentences.join(" "),
    ...parts.members,
    ...(parts.causes.length > 0 ? { cause: parts.causes } : {}),
    ...(parts.dropped.length > 0 ? { dropped: parts.dropped } : {})
  }
})

/** The line itself. */
export const json: Logger.Logger<unknown, string> = Logger.map(structured, (line) => JSON.stringify(line))

/** Writes every line as JSON to the console, from `level` up. */
export const layer = (level: LogLevel.LogLevel = "Info"): Layer.Layer<never> =>
  Layer.merge(Logger.layer([Logger.withConsoleLog(json)]), Layer.succeed(References.MinimumLogLevel, level))

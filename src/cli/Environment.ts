/**
 * The variables as they were given: secrets out of their files, and names nobody knows found out.
 *
 * Gotcha: an unknown KEDGE_ name is refused, because a mistyped setting that is silently ignored is found by a payment.
 * What Kubernetes injects for a service called `kedge` (KEDGE_SERVICE_HOST, KEDGE_PORT_8000_TCP, …) is let be.
 */
import { Effect, FileSystem } from "effect"
import type { Problem } from "./ConfigProblems.ts"
import { allVariables, type Variable } from "./variables.ts"

export type Environment = Readonly<Record<string, string | undefined>>

/** What was given, by variable name; a variable that is not set, or set to nothing, is absent. */
export interface Given {
  readonly values: ReadonlyMap<string, string>
  readonly problems: ReadonlyArray<Problem>
}

const foreign = /^KEDGE_(TEST_.*|SERVICE_(HOST|PORT).*|PORT_\d+_(TCP|UDP).*)$/

const fileOf = (variable: Variable) => `${variable.name}_FILE`

/** Letters to change, add or drop to come from one word to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1]
    for (const [j, other] of b.split("").entries()) {
      const [replaced = 0, dropped = 0, added = 0] = [row[j], row[j + 1], next[j]]
      next.push(Math.min(replaced + (letter === other ? 0 : 1), dropped + 1, added + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

const nearest = (name: string, known: ReadonlyArray<string>): string | undefined =>
  known
    .map((each) => ({ each, far: distance(name, each) }))
    .filter(({ far }) => far <= 3)
    .sort((a, b) => a.far - b.far)[0]?.each

const strangers = (environment: Environment): ReadonlyArray<Problem> => {
  const known = allVariables.flatMap((variable) =>
    variable.secret ? [variable.name, fileOf(variable)] : [variable.name]
  )
  return Object.keys(environment)
    .filter((name) => name.startsWith("KEDGE_") && !foreign.test(name) && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, known)
      return {
        name,
        message: `is no setting of Kedge; ${meant === undefined ? "take it away" : `did you mean ${meant}?`}`
      }
    })
}

/** Reads what was given for these variables, all of them if none are named. */
export const gather = Effect.fnUntraced(function* (
  environment: Environment,
  wanted: ReadonlyArray<Variable> = allVariables
) {
  const files = yield* FileSystem.FileSystem
  const values = new Map<string, string>()
  const problems: Array<Problem> = [...strangers(environment)]
  for (const variable of wanted) {
    const direct = environment[variable.name] ?? ""
    const path = variable.secret ? (environment[fileOf(variable)] ?? "") : ""
    if (direct !== "" && path !== "") {
      problems.push({
        name: variable.name,
        message: `is given, and so is ${fileOf(variable)}; give one of them`
      })
    }
    if (direct !== "") values.set(variable.name, direct)
    else if (path !== "") {
      const read = yield* Effect.result(files.readFileString(path))
      // Editors and `echo` end a file with a newline that is no part of the secret.
      const text = read._tag === "Success" ? read.success.replace(/\r?\n$/, "") : ""
      if (read._tag === "Failure") {
        problems.push({
          name: fileOf(variable),
          message: `names ${path}, which cannot be read; give the path of a file with ${variable.right}`
        })
        // Known to be wrong, so that it is not also reported as missing.
        values.set(variable.name, "")
      } else if (text === "") {
        problems.push({
          name: fileOf(variable),
          message: `names ${path}, which is empty; put ${variable.right} there`
        })
        values.set(variable.name, "")
      } else values.set(variable.name, text)
    }
  }
  const given: Given = { values, problems }
  return given
})

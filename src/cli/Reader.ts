/**
 * Takes settings out of the environment one by one, collecting what is wrong with them.
 *
 * Gotcha: a value that is wrong is replaced by a harmless one while reading goes on, so checks between values ask `isRight`.
 */
import type { Result } from "effect"
import type { Problem } from "./ConfigProblems.ts"
import * as settingText from "./settingText.ts"
import type { Variable } from "./Variable.ts"

/** Collects problems while values are read. */
export const reader = (values: ReadonlyMap<string, string>, early: ReadonlyArray<Problem>) => {
  const problems: Array<Problem> = [...early]
  const wrong = new Set(early.map(({ name }) => name.replace(/_FILE$/, "")))

  const refuse = (variable: Variable, message: string) => {
    wrong.add(variable.name)
    problems.push({ name: variable.name, message: `${message}; give ${variable.right}` })
  }
  const isRight = (...wanted: ReadonlyArray<Variable>) => wanted.every(({ name }) => !wrong.has(name))
  const given = (variable: Variable): string | undefined =>
    isRight(variable) ? values.get(variable.name) : undefined

  /** The value, or `otherwise` when it is not given, or `harmless` when it is wrong. */
  const read = <A>(
    variable: Variable,
    parse: (text: string) => Result.Result<A, string>,
    otherwise: A,
    harmless = otherwise
  ): A => {
    const text = given(variable)
    if (text === undefined) return otherwise
    const parsed = parse(text)
    if (parsed._tag === "Success") return parsed.success
    refuse(variable, parsed.failure)
    return harmless
  }
  /** The value, which must be given. */
  const demand = <A>(
    variable: Variable,
    parse: (text: string) => Result.Result<A, string>,
    harmless: A
  ): A => {
    if (isRight(variable) && values.get(variable.name) === undefined) refuse(variable, "is not set")
    return read(variable, parse, harmless)
  }
  return { problems, refuse, isRight, given, read, demand }
}
export type Reader = ReturnType<typeof reader>

export const noParse = (text: string): Result.Result<string, string> => settingText.anyText(text)

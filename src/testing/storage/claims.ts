/** What a clause of the contract says of an answer; a broken claim dies with a sentence that shows both sides. */
import { Cause, Effect, Exit, Option } from "effect"
import { Storage } from "../../ports/Storage.ts"
import { StorageClock } from "../StorageClock.ts"
import { type Samples, samples } from "./samples.ts"

/** A clause of the storage contract. */
export interface StorageClause {
  readonly name: string
  readonly check: Effect.Effect<void, unknown, Storage | StorageClock>
}

/** What a clause works with: the storage, its clock, and rows that no other clause has. */
export interface Given {
  readonly storage: Storage["Service"]
  readonly rows: Samples
  readonly advance: (seconds: number) => Effect.Effect<void>
}

export interface Draft {
  readonly name: string
  readonly body: (given: Given) => Generator<Effect.Effect<unknown, unknown>, void, never>
}

export const draft = (name: string, body: Draft["body"]): Draft => ({ name, body })

/** Gives each draft its rows; made afresh at every run, so that a clause can be run over several storages. */
export const clauses = (drafts: ReadonlyArray<Draft>): ReadonlyArray<StorageClause> =>
  drafts.map(({ body, name }, at) => ({
    name,
    check: Effect.gen(function* () {
      const storage = yield* Storage
      const { advance } = yield* StorageClock
      yield* Effect.gen(() => body({ storage, advance, rows: samples(at + 1) }))
    })
  }))

/** Key order, absence against undefined, and the class of bytes make no difference. */
const shown = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, part: unknown) =>
      part instanceof Uint8Array
        ? [...part]
        : typeof part === "bigint"
          ? `${part}n`
          : typeof part === "object" && part !== null && !Array.isArray(part)
            ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
            : part,
    1
  ) ?? "undefined"

export const same = (what: string, actual: unknown, expected: unknown): Effect.Effect<void> =>
  shown(actual) === shown(expected)
    ? Effect.void
    : Effect.die(new Error(`${what} is ${shown(actual)}, expected ${shown(expected)}`))

/** The same members, in any order. */
export const sameSet = (
  what: string,
  actual: ReadonlyArray<unknown>,
  expected: ReadonlyArray<unknown>
): Effect.Effect<void> => same(what, actual.map(shown).sort(), expected.map(shown).sort())

export const holds = (sentence: string, condition: boolean): Effect.Effect<void> =>
  condition ? Effect.void : Effect.die(new Error(`it does not hold that ${sentence}`))

/** The effect fails, with an error of this tag. */
export const failsWith = <A, E, R>(
  tag: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<void, never, R> =>
  Effect.flatMap(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit))
      return Effect.die(new Error(`expected ${tag}, and it succeeded with ${shown(exit.value)}`))
    const error: unknown = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    const found = typeof error === "object" && error !== null && "_tag" in error ? error._tag : undefined
    return found === tag
      ? Effect.void
      : Effect.die(new Error(`expected ${tag}, and it failed with ${Cause.pretty(exit.cause)}`))
  })

// The process is told to end while a group of payouts, born started, is being sent: some calls are out, some are not.
import { expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { type Process, startProcess, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail } from "../../support/runtimeWorld.ts"

it.effect("a process ended in the middle of a group gives back nothing that it has sent (R2, R8)", () =>
  Effect.gen(function* () {
    const tables = emptyTables()
    const count = 20
    let process: Process | null = null
    let isStopping = false
    const { calls, rail } = scriptedRail(
      () =>
        Effect.suspend(() => {
          if (!isStopping && process !== null) Effect.runFork(process.stop)
          isStopping = true
          return Effect.never
        }),
      { concurrency: count }
    )
    process = yield* startProcess({ rails: rail, tables, timing: { shutdownGrace: 1 } })
    const actors = Context.get(process.services, Actors)
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    yield* Effect.forEach(numbers, (n) => actors.bear(birth(n)))
    yield* bringPayments(numbers.map((n) => payment(n))).pipe(Effect.provide(process.services))
    yield* turns()
    expect(isStopping).toBe(true)

    // Whoever comes next sends what is planned without asking anybody.
    const next = scriptedRail(() => Effect.succeed({ _tag: "Delivered" }), { concurrency: count })
    yield* startProcess({ rails: next.rail, tables })
    yield* turns()

    expect(calls.filter((id) => next.calls.includes(id))).toEqual([])
    expect(new Set([...calls, ...next.calls]).size).toBe(count)
    expect(calls.length + next.calls.length).toBe(count)
  })
)

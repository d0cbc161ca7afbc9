// Text that came from outside, in what an operator's command prints: it may say anything, and stays within its value.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { answer } from "../../../src/cli/Questions.ts"
import { StellarSubmission } from "../../../src/ports/StellarSubmission.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { birth, runtimeLayer, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

/** Clears the screen, begins a line, sets the title, moves by C1, and turns the reading order. */
const hostile = "a\u001b[2J\r\nstatus         completed\u0007\u009b31m\u202e\u2028end"
const control = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u
const noReplay = Effect.succeed("")
const world = Layer.merge(runtimeLayer(scriptedRail(() => Effect.never).rail), StellarSubmission.none)

describe("what a command prints", () => {
  it.effect("of a transaction has no control characters, and no line that a value began (A15)", () =>
    Effect.gen(function* () {
      yield* (yield* Actors).bear(birth(1, { reference: hostile }))
      const ask = (json: boolean) => answer({ _tag: "ShowTransaction", id: transactionId(1), json }, noReplay)

      const { text } = yield* ask(false)
      expect(text).not.toMatch(control)
      expect(text.split("\n").filter((line) => line.startsWith("status"))).toEqual([
        "status         pending_sender"
      ])
      expect(text).toContain(String.raw`reference      a\u001b[2J\u000d\nstatus`)

      const asJson = (yield* ask(true)).text
      expect(asJson).not.toMatch(control)
      expect(JSON.parse(asJson)).toMatchObject({ reference: hostile })
    }).pipe(Effect.provide(world))
  )

  it.effect("of a record from the ledger that could not be read has none either (A15)", () =>
    Effect.gen(function* () {
      const storage = yield* Storage
      const { epoch } = (yield* storage.lease("watcher:us", "me", 60)) ?? { epoch: 0 }
      yield* storage.openCursor({ account: "us", network: "testnet", tip: "1", epoch })
      yield* storage.commit({
        id: "0190a000-0000-7000-8000-000000000001",
        births: [],
        steps: [],
        payments: [],
        refusals: [],
        owner: "me",
        leaseSeconds: 1,
        pages: [
          {
            account: "us",
            epoch,
            from: "1",
            to: "2",
            processedLedger: null,
            quarantined: [{ position: "1", reason: hostile, raw: hostile }]
          }
        ]
      })

      const { text } = yield* answer({ _tag: "ListInbox", json: false }, noReplay)
      expect(text).not.toMatch(control)
      expect(text.split("\n")).toHaveLength(4)
    }).pipe(Effect.provide(world))
  )
})

import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { listCallbacks, replayCallbacks } from "../../../src/cli/callbackAnswers.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { born, delivered, paid, played, startCallbacks, statuses, url } from "../../support/callbackWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"

describe("kedge callbacks", () => {
  it.effect("lists the dead with their transaction, status and address (S31-CB-11)", () =>
    Effect.gen(function* () {
      const world = yield* startCallbacks({ receives: () => 400 })
      const ask = Effect.provideService(Storage, world.storage)
      expect(yield* listCallbacks("dead", 10, false).pipe(ask)).toBe("no callback is dead")
      yield* played(world)
      expect(yield* listCallbacks("pending", 10, false).pipe(ask)).toContain("pending_receiver")
      yield* world.callbacks.runOnce
      const text = yield* listCallbacks("dead", 10, false).pipe(ask)
      const json = JSON.parse(yield* listCallbacks("dead", 10, true).pipe(ask)) as ReadonlyArray<
        Record<string, unknown>
      >

      expect(text.split("\n")).toHaveLength(3)
      expect(text).toContain(transactionId(1))
      expect(text).toContain(url)
      expect(json.map(({ status }) => status)).toEqual(["completed", "pending_external", "pending_receiver"])
      expect(json[0]).toMatchObject({ transactionId: transactionId(1), state: "dead", tries: 1 })
    })
  )

  it.effect("replays the newest status of a transaction, and never an older one (S31-CB-11)", () =>
    Effect.gen(function* () {
      const world = yield* startCallbacks({ receives: () => 400 })
      const ask = Effect.provideService(Storage, world.storage)
      yield* played(world)
      yield* world.callbacks.runOnce
      world.sent.length = 0
      world.script.receives = () => 200
      const reply = yield* replayCallbacks(transactionId(1)).pipe(ask)
      yield* world.callbacks.runOnce

      expect(reply).toMatchObject({ found: true })
      expect(reply.text).toContain("completed: is sent again")
      expect(statuses(world.sent)).toEqual(["completed"])
      expect((yield* replayCallbacks(transactionId(1)).pipe(ask)).text).toContain("not sent again")
      yield* world.callbacks.runOnce
      expect(world.sent).toHaveLength(1)
    })
  )

  it.effect("does not replay what has been overtaken, though it was never told (S31-CB-11)", () =>
    Effect.gen(function* () {
      const world = yield* startCallbacks({ receives: () => 400 })
      const ask = Effect.provideService(Storage, world.storage)
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      yield* world.callbacks.runOnce
      yield* TestClock.adjust("1 second")
      yield* delivered(world.process, 1)
      world.sent.length = 0
      world.script.receives = () => 200
      const reply = yield* replayCallbacks(null).pipe(ask)
      yield* world.callbacks.runOnce

      expect(reply.text).toContain("pending_external: not sent again, it is completed by now")
      expect(statuses(world.sent)).toEqual(["completed"])
    })
  )

  it.effect("says what is not there", () =>
    Effect.gen(function* () {
      const world = yield* startCallbacks()
      const ask = Effect.provideService(Storage, world.storage)

      expect(yield* replayCallbacks(null).pipe(ask)).toEqual({ text: "no callback is dead", found: true })
      expect((yield* replayCallbacks("x").pipe(ask)).found).toBe(false)
    })
  )
})

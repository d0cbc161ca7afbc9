import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { answer, type Question } from "../../../src/cli/Questions.ts"
import { listRefunds, retryRefund } from "../../../src/cli/refundAnswers.ts"
import { StellarSubmission } from "../../../src/ports/StellarSubmission.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { PlainVault } from "../../support/plainParts.ts"
import {
  later,
  makeWorld,
  owed,
  parkedRefund,
  payer,
  receiving,
  refundOf,
  start,
  usdc
} from "../../support/refundWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"

describe("kedge refunds", () => {
  it.effect("lists what is planned, on its way and held, and no more once it is over", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const ask = Effect.provideService(Storage, Context.get(process.services, Storage))
      expect(yield* listRefunds(10, false).pipe(ask)).toBe("every refund is over")
      const whole = yield* owed(process, 1)
      const parked = yield* parkedRefund(process, 2)
      yield* process.look

      const text = yield* listRefunds(10, false).pipe(ask)
      const [hash] = world.ledger.waiting
      expect(text).toContain(`${whole}  open     100 USDC to ${payer}  of ${transactionId(1)}`)
      expect(text).toContain(`on its way as ${hash}`)
      expect(text).toContain(`${parked}  planned  100 USDC to ${payer}  of a parked payment`)
      const json = JSON.parse(yield* listRefunds(10, true).pipe(ask)) as ReadonlyArray<
        Record<string, unknown>
      >
      expect(json.map(({ state, transactionId: of }) => [state, of])).toEqual([
        ["open", transactionId(1)],
        ["planned", null]
      ])
      expect(yield* listRefunds(1, false).pipe(ask)).not.toContain(parked)

      world.ledger.close()
      yield* later(2)
      yield* process.look
      expect(yield* listRefunds(10, false).pipe(ask)).not.toContain(whole)
    })
  )

  it.effect("tries a held one again, and says why not where it is not held (S31-REF-05)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const ask = Effect.provideService(Storage, Context.get(process.services, Storage))
      world.ledger.accounts.get(payer)?.lines.delete(usdc)
      const id = yield* owed(process, 1)
      yield* process.look
      expect(refundOf(world.tables, id).state).toBe("held")

      expect(yield* retryRefund(id).pipe(ask)).toEqual({ text: `${id}: is tried again`, found: true })
      expect(yield* retryRefund(id).pipe(ask)).toEqual({
        text: `${id}: not tried again, it is planned`,
        found: true
      })
      expect((yield* retryRefund("none").pipe(ask)).found).toBe(false)
    })
  )

  it.effect("tx show tells the operator what is in the way, on either side", () =>
    Effect.gen(function* () {
      const seenBy = Effect.fnUntraced(function* (harm: (world: ReturnType<typeof makeWorld>) => void) {
        const world = makeWorld()
        const process = yield* start(world)
        harm(world)
        yield* owed(process, 1)
        yield* process.look
        const question: Question = { _tag: "ShowTransaction", id: transactionId(1), json: false }
        const storage = Layer.succeed(Storage, Context.get(process.services, Storage))
        return (yield* answer(question, Effect.succeed("")).pipe(
          Effect.provide(Layer.mergeAll(storage, PlainVault, StellarSubmission.none))
        )).text
      })
      const theirs = yield* seenBy(({ ledger }) => ledger.accounts.get(payer)?.lines.delete(usdc))
      expect(theirs).toMatch(/^said +the payer's account holds no USDC any more$/m)
      const ours = yield* seenBy(({ ledger }) => {
        ledger.accounts.get(receiving.publicKey())?.lines.delete(usdc)
      })
      expect(ours).toMatch(/^for you +our account G[A-Z2-7]{55} holds less USDC than is to be returned$/m)
      expect(ours).not.toMatch(/^said/m)
    })
  )
})

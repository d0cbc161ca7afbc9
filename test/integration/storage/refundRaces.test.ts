// Two processes and one refund, source or parked payment on PostgreSQL: one of them gets it, and the other is told so.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { refundId } from "../../../machines/domain/Ids.ts"
import type { EnvelopeRow, RefundChange } from "../../../src/ports/rows.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { audit, fate, type Samples, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer, storageAt } from "../../support/storage.ts"
import { waitFor } from "../../support/waitFor.ts"

type Service = Storage["Service"]
const person = { by: "operator", why: "because" }
const rounds = 15

const world = Effect.gen(function* () {
  const { storage, url } = yield* migratedStorage
  const other = yield* storageAt(url)
  const { query } = yield* observer(url)
  return { storage, other, url, query, rows: samples(1) }
})

/** A transaction whose payment is owed back. */
const owing = Effect.fnUntraced(function* (storage: Service, rows: Samples) {
  const birth = rows.birth()
  const payment = rows.payment()
  yield* storage.commit(rows.group({ births: [birth] }))
  const step = rows.funding(birth, payment, {
    payouts: [],
    reservation: { payment: payment.id, payout: zero, refund: amount("100"), fee: zero },
    refundChanges: [{ to: "planned", amount: amount("100") }]
  })
  yield* storage.commit(rows.group({ steps: [step], payments: [fate(payment, "step", birth.id)] }))
  const change = (by: Service, to: RefundChange, version = 2) =>
    Effect.exit(
      by.commit(
        rows.group({
          steps: [rows.step({ id: birth.id, version }, { audits: [audit(version + 1)], refundChanges: [to] })]
        })
      )
    )
  return { birth, id: refundId(payment.id, 1), change }
})

const parked = Effect.fnUntraced(function* (storage: Service, rows: Samples) {
  const payment = rows.payment()
  yield* storage.commit(rows.group({ payments: [fate(payment, "no-memo", null)] }))
  return payment.id
})

const written = <E>(exit: Exit.Exit<{ readonly lost: ReadonlyArray<unknown> }, E>): boolean =>
  Exit.isSuccess(exit) && exit.value.lost.length === 0

describe.skipIf(noPostgres)("refunds of two processes", () => {
  it.live("of two envelopes from one source one is opened, whatever is returned (S3, S8)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { other, rows, storage } = yield* world
        for (let round = 0; round < rounds; round++) {
          const source = `G-SOURCE-${round}`
          const [one, two] = [yield* owing(storage, rows), yield* owing(storage, rows)]
          const payment = yield* parked(storage, rows)
          yield* storage.planParkedRefund(payment, person)
          const envelope = () => rows.envelope({ source })
          const [first, second, third] = yield* Effect.all(
            [
              one.change(storage, { to: "open", envelope: envelope() }),
              two.change(other, { to: "open", envelope: envelope() }),
              Effect.exit(
                other.settleParkedRefund(refundId(payment, 1), { to: "open", envelope: envelope() })
              )
            ],
            { concurrency: "unbounded" }
          )

          const opened = [written(first), written(second), Exit.isSuccess(third) && third.value]
          expect(opened.filter(Boolean)).toHaveLength(1)
          expect((yield* storage.openSources).filter((busy) => busy === source)).toEqual([source])
        }
      })
    )
  )

  it.live("no envelope is opened behind one that the other process finds included (S2, S31-REF-06)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { other, query, rows, storage } = yield* world
        for (let round = 0; round < rounds; round++) {
          const { change, id } = yield* owing(storage, rows)
          const payment = yield* parked(storage, rows)
          yield* storage.planParkedRefund(payment, person)
          const parkedId = refundId(payment, 1)
          const made: ReadonlyArray<EnvelopeRow> = [
            rows.envelope({ source: `G-A-${round}` }),
            rows.envelope({ source: `G-B-${round}` })
          ]
          const [mine, parkeds] = made
          if (mine === undefined || parkeds === undefined) throw new Error("there are two envelopes")
          yield* change(storage, { to: "open", envelope: mine })
          yield* storage.settleParkedRefund(parkedId, { to: "open", envelope: parkeds })
          yield* Effect.all(
            [
              storage.closeEnvelope(mine.hash, "included"),
              change(other, { to: "open", envelope: rows.envelope({ source: `G-C-${round}` }) }, 3),
              other.closeEnvelope(parkeds.hash, "included"),
              storage.settleParkedRefund(parkedId, {
                to: "open",
                envelope: rows.envelope({ source: `G-D-${round}` })
              })
            ],
            { concurrency: "unbounded" }
          )

          const jobs = yield* storage.refundJobs([id, parkedId])
          expect(jobs.map(({ envelope, lastEnd }) => [envelope, lastEnd?.as])).toEqual([
            [null, "included"],
            [null, "included"]
          ])
        }
        const states = yield* Effect.promise(() => query("select distinct state from refund_envelope"))
        expect(states).toEqual([{ state: "included" }])
      })
    )
  )

  it.live("a step that waited goes by what the other process made of the refund (S2, S31-REF-06)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { query, rows, storage, url } = yield* world
        const looking = yield* observer(url)
        const { change, id } = yield* owing(storage, rows)
        const envelope = rows.envelope()
        yield* change(storage, { to: "open", envelope })
        yield* storage.closeEnvelope(envelope.hash, "expired")
        // The ledger holds it after all, says a process that is not done saying so.
        yield* Effect.promise(() => query("begin"))
        yield* Effect.promise(() => query("update refund_order set made = true"))
        const waiting = yield* Effect.forkChild(change(storage, { to: "open", envelope: rows.envelope() }, 3))
        yield* Effect.promise(() =>
          waitFor("a commit that waits", async () => {
            const locks = await looking.query("select pid from pg_locks where not granted")
            return locks.length > 0 ? true : undefined
          })
        )
        yield* Effect.promise(() => query("commit"))

        expect(written(yield* Fiber.join(waiting))).toBe(false)
        const [job] = yield* storage.refundJobs([id])
        expect(job?.envelope).toBeNull()
      })
    )
  )

  it.live("of two decisions about a parked payment one is made, and the other finds it made (S8, I29)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { other, rows, storage } = yield* world
        const birth = rows.birth()
        yield* storage.commit(rows.group({ births: [birth] }))
        for (let round = 0; round < rounds; round++) {
          const payment = yield* parked(storage, rows)
          const decided = yield* Effect.all(
            [
              storage.keepParked(payment, person),
              other.releaseParked(payment, birth.id, person),
              Effect.map(other.planParkedRefund(payment, person), (id) => id !== null),
              Effect.map(storage.planParkedRefund(payment, person), (id) => id !== null)
            ],
            { concurrency: "unbounded" }
          )

          expect(decided.filter(Boolean)).toHaveLength(1)
          expect(yield* storage.resolutions(payment)).toHaveLength(1)
        }
        const { balances } = yield* storage.books
        expect(balances.reduce((sum, { stroops }) => sum + stroops, 0n)).toBe(0n)
      })
    )
  )
})

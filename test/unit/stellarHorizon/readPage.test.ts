import { Result } from "effect"
import { describe, expect, it } from "vitest"
import {
  type ClosedLedger,
  cut,
  type Placed,
  place,
  readPage
} from "../../../adapters/stellar-horizon/readPage.ts"
import { endOfLedger } from "../../../adapters/stellar-horizon/toid.ts"
import type { CreditPage } from "../../../src/ports/StellarNetwork.ts"
import {
  closedAtMillis,
  idMemo,
  paymentRecord,
  type Place,
  toidOf,
  us
} from "../../support/horizonRecords.ts"

const start = toidOf({ ledger: 100 })
const closed = (sequence: number): ClosedLedger => ({ sequence, closedAtMillis: closedAtMillis(sequence) })
const placed = (records: ReadonlyArray<unknown>): ReadonlyArray<Placed> =>
  Result.getOrThrow(place(records, start))

const at = (ledger: number, transaction = 1, operation = 1): Place => ({ ledger, transaction, operation })
const good = (where: Place) => paymentRecord(where)
const bad = (where: Place) => paymentRecord(where, idMemo("1"), { amount: "a lot" })

const pageOf = (
  records: ReadonlyArray<unknown>,
  {
    isFull = false,
    tip = closed(1_000)
  }: { readonly isFull?: boolean; readonly tip?: ClosedLedger | null } = {}
): CreditPage => readPage({ account: us, position: start, ...cut(placed(records), isFull), tip })

describe("stellar-horizon readPage", () => {
  it("a page that is not full ends with its last record, and has seen all up to the newest ledger", () => {
    const page = pageOf([good(at(200)), good(at(300))])

    expect(page.credits).toHaveLength(2)
    expect(page.position).toBe(toidOf(at(300)).toString())
    expect(page.processedLedger).toEqual(closed(1_000))
    expect(page.full).toBe(false)
    expect(page.transactions).toBe(2)
  })

  it("a full page is cut before its last Stellar transaction, whose end is not known (S31-PAY-09)", () => {
    const page = pageOf([good(at(200)), good(at(300, 1, 1)), good(at(300, 2, 1)), good(at(300, 2, 2))], {
      isFull: true
    })

    expect(page.credits.map(({ operationId }) => operationId)).toEqual([
      toidOf(at(200)).toString(),
      toidOf(at(300, 1, 1)).toString()
    ])
    expect(page.position).toBe(toidOf(at(300, 1, 1)).toString())
    expect(page.full).toBe(true)
  })

  it("a full page vouches for the ledgers before the one it was cut in, whatever the tip", () => {
    const within = [good(at(200)), good(at(300, 1)), good(at(300, 2))]
    expect(pageOf(within, { isFull: true }).processedLedger).toEqual(closed(200))

    const between = [good(at(200)), good(at(300)), good(at(400))]
    expect(pageOf(between, { isFull: true }).processedLedger).toEqual(closed(300))

    const single = [good(at(300, 1)), good(at(300, 2))]
    expect(pageOf(single, { isFull: true }).processedLedger).toBeNull()
  })

  it("records newer than the tip that was asked for are whole ledgers too", () => {
    expect(pageOf([good(at(1_001))]).processedLedger).toEqual(closed(1_001))
  })

  it("an instance that is behind is vouched for by its own records alone (I3)", () => {
    expect(pageOf([good(at(200))], { tip: null }).processedLedger).toEqual(closed(200))
    expect(pageOf([], { tip: null }).processedLedger).toBeNull()
  })

  it("nothing new leaves the position where it is", () => {
    expect(pageOf([]).position).toBe(start.toString())
    expect(pageOf([]).processedLedger).toEqual(closed(1_000))
  })

  it("the position of an idle account follows the tip at a distance, so that the history kept never overtakes it (I6)", () => {
    const page = pageOf([], { tip: closed(50_000) })

    expect(page.position).toBe(endOfLedger(49_000).toString())
    expect(pageOf([], { tip: null }).position).toBe(start.toString())
  })

  it("one unreadable record quarantines its whole Stellar transaction, and nothing else (I11)", () => {
    const page = pageOf([good(at(200)), good(at(300, 1, 1)), bad(at(300, 1, 2)), good(at(400))])

    expect(page.credits.map(({ ledger }) => ledger)).toEqual([200, 400])
    expect(page.unreadable).toHaveLength(1)
    expect(page.unreadable[0]).toMatchObject({ position: toidOf(at(300, 1, 1)).toString(), ordinal: 1 })
    expect(page.unreadable[0]?.reason).toContain("a lot")
    const raw = JSON.parse(page.unreadable[0]?.raw ?? "") as ReadonlyArray<{ id: string }>
    expect(raw.map(({ id }) => id)).toEqual(
      [at(300, 1, 1), at(300, 1, 2)].map((where) => toidOf(where).toString())
    )
    expect(page.position).toBe(toidOf(at(400)).toString())
  })

  it("a record without a readable time vouches for no ledger", () => {
    const broken = { ...good(at(300)), created_at: "noon" }
    expect(pageOf([good(at(200)), broken], { tip: null }).processedLedger).toEqual(closed(200))
  })

  it.each([
    ["without a paging token", [{ id: "1" }], "no paging token"],
    ["in no order", [good(at(300)), good(at(200))], "comes after"],
    ["twice", [good(at(300)), good(at(300))], "comes after"],
    ["from before the position", [good(at(99))], "comes after"]
  ])("records %s are no answer at all (I3)", (_, records, why) => {
    const result = place(records, start)
    expect(Result.isFailure(result) ? result.failure : "they were taken").toContain(why)
  })
})

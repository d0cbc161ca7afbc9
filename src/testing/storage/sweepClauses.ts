/** What the contract says of what is swept page by page: waiting payments, transactions past their time, rails that are asked. */
import { Effect } from "effect"
import { zero } from "../../../machines/domain/Amount.ts"
import { type PaymentId, paymentId, payoutId, type TransactionId } from "../../../machines/domain/Ids.ts"
import { unfundedLeaves } from "../../../machines/transaction/leaves.ts"
import type { PaymentRow } from "../../ports/rows.ts"
import { type Draft, draft, type Given, holds, same, sameSet } from "./claims.ts"
import { all, change, fate, page } from "./samples.ts"

/** Page behind page until one is not full; a sweep that does not end is cut off. */
const paged = <Row, Id>(
  read: (after: Id | undefined) => Effect.Effect<ReadonlyArray<Row>, unknown>,
  limit: number,
  idOf: (row: Row) => Id
) =>
  Effect.gen(function* () {
    const pages: Array<ReadonlyArray<Row>> = []
    let after: Id | undefined
    for (let turn = 0; turn < 1000; turn++) {
      const found = yield* read(after)
      pages.push(found)
      const last = found.at(-1)
      if (found.length < limit || last === undefined) return pages
      after = idOf(last)
    }
    return yield* Effect.die(new Error("the pages do not end"))
  })

const waitingBehind = ({ storage }: Given, limit: number) =>
  paged<PaymentRow, PaymentId>(
    (after) =>
      storage.waitingPayments({ olderThanSeconds: 0, limit, ...(after === undefined ? {} : { after }) }),
    limit,
    ({ leader }) => leader
  )

export const sweepDrafts: ReadonlyArray<Draft> = [
  draft(
    "waiting payments come page by page, each once and oldest first, also when they wait on",
    function* (given) {
      const { advance, rows, storage } = given
      const payments = [1, 2, 3, 4, 5].map(() => rows.payment())
      const [settled] = payments
      if (settled === undefined) return
      for (const payment of payments) {
        yield* storage.commit(rows.group({ payments: [fate(payment, "waiting", null)] }))
        yield* advance(1)
      }
      const mine = (found: ReadonlyArray<PaymentRow>) =>
        found.flatMap(({ account, id }) => (account === rows.account ? [id] : []))
      const ids = payments.map(({ id }) => id)
      for (const limit of [1, 2, 3]) {
        const pages = yield* waitingBehind(given, limit)
        yield* same(`what waits, in pages of ${limit}`, mine(pages.flat()), ids)
      }
      yield* storage.commit(rows.group({ payments: [fate(settled, "late", null)] }))
      const behind = yield* storage.waitingPayments({
        olderThanSeconds: 0,
        limit: 10_000,
        after: settled.id
      })
      yield* same("what waits behind one that was settled meanwhile", mine(behind), ids.slice(1))
      const young = yield* storage.waitingPayments({
        olderThanSeconds: 1_000_000,
        limit: 10_000,
        after: settled.id
      })
      yield* same("what waits behind it that is old enough", mine(young), [])
      yield* storage.commit(rows.group({ payments: payments.map((payment) => fate(payment, "late", null)) }))
    }
  ),

  draft("a page of waiting payments never cuts the credits of one in two", function* (given) {
    const { rows, storage } = given
    const leaders = [1, 2, 3].map(() => rows.payment())
    const credits = leaders.flatMap((leader) => [
      leader,
      ...[1, 2].map((index) =>
        rows.payment({
          id: paymentId("contract", leader.operationId, index),
          leader: leader.id,
          received: zero,
          index
        })
      )
    ])
    // Not in the order in which they belong together.
    const mixed = [...credits].sort((a, b) => a.index - b.index)
    yield* storage.commit(rows.group({ payments: mixed.map((payment) => fate(payment, "waiting", null)) }))
    for (const limit of [1, 2, 3, 4]) {
      const pages = yield* waitingBehind(given, limit)
      yield* sameSet(
        "what waits",
        pages.flat().flatMap((row) => (row.account === rows.account ? [row.id] : [])),
        credits.map(({ id }) => id)
      )
      yield* holds(
        `the credits of each payment are on one page of ${limit}, and together`,
        leaders.every((leader) =>
          pages.some((found) => {
            const at = found.findIndex((row) => row.leader === leader.id)
            return at >= 0 && found.slice(at, at + 3).filter((row) => row.leader === leader.id).length === 3
          })
        )
      )
    }
    yield* storage.commit(rows.group({ payments: credits.map((payment) => fate(payment, "late", null)) }))
  }),

  draft(
    "whatever has no money yet may expire, page by page in order of its time (S31-ST-10)",
    function* (given) {
      const { rows, storage } = given
      const at = 1_700_000_000_000
      const cursor = { account: rows.account, network: "contract", tip: "1", epoch: 1 }
      yield* storage.openCursor(cursor)
      const births = [...unfundedLeaves, ...unfundedLeaves].map((leaf, index) => {
        const made = rows.birth(
          leaf === "pending_sender.awaitingPayment"
            ? {}
            : { leaf: "pending_receiver.checking", dueInSeconds: 1_000_000 }
        )
        // The newest first, and two at the same time.
        const expiresAtMillis = at - Math.min(4, index) * 1000
        return { leaf, birth: { ...made, terms: { ...made.terms, expiresAtMillis } } }
      })
      const funded = rows.birth({
        terms: { ...rows.birth().terms, expiresAtMillis: at - 1000 }
      })
      yield* storage.commit(rows.group({ births: [funded, ...births.map(({ birth }) => birth)] }))
      const asked = births.filter(({ birth, leaf }) => leaf !== birth.leaf)
      yield* same(
        "the steps",
        yield* storage.commit(
          rows.group({
            steps: [rows.step(funded), ...asked.map(({ birth, leaf }) => rows.step(birth, { leaf }))]
          })
        ),
        all
      )
      yield* storage.commit(
        rows.group({
          pages: [
            page(rows.account, "1", "2", { processedLedger: { sequence: 7, closedAtMillis: at + 3_600_000 } })
          ]
        })
      )
      const sorted = births
        .map(({ birth }) => birth)
        .sort((a, b) => a.terms.expiresAtMillis - b.terms.expiresAtMillis || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id)
      const mine = (limit: number) =>
        Effect.map(
          paged<{ readonly id: TransactionId; readonly account: string }, TransactionId>(
            (after) => storage.expirable({ limit, ...(after === undefined ? {} : { after }) }),
            limit,
            ({ id }) => id
          ),
          (pages) => pages.flat().flatMap(({ account, id }) => (account === rows.account ? [id] : []))
        )
      // What could not expire now stands in nobody's way.
      for (const limit of [1, 2, 10_000])
        yield* same(`what may expire, by ${limit}`, yield* mine(limit), sorted)
      const [first, ...rest] = sorted
      if (first === undefined) return
      yield* storage.commit(
        rows.group({
          steps: births
            .filter(({ birth }) => birth.id !== first)
            .map(({ birth, leaf }) =>
              rows.step({ id: birth.id, version: leaf === birth.leaf ? 1 : 2 }, { leaf: "expired" })
            )
        })
      )
      yield* same("what may expire then", yield* mine(1), [first])
      const behind = yield* storage.expirable({ limit: 10_000, after: rest[0] ?? first })
      yield* same(
        "what may expire behind one that has",
        behind.filter(({ account }) => account === rows.account),
        []
      )
    }
  ),

  draft(
    "the rails with an attempt that is not over are named, each once (S31-ST-16)",
    function* ({ rows, storage }) {
      const births = [rows.birth(), rows.birth(), rows.birth()]
      const [one, two, three] = births
      if (one === undefined || two === undefined || three === undefined) return
      yield* storage.commit(rows.group({ births }))
      const [open, over] = [rows.rail, `${rows.rail}-over`]
      const plan = (birth: typeof one, rail: string) =>
        rows.step(birth, { payouts: [rows.payout(payoutId(birth.id, 1), { rail })] })
      yield* storage.commit(rows.group({ steps: [plan(one, open), plan(two, open), plan(three, over)] }))
      const mine = Effect.map(storage.openRails, (rails) =>
        rails.filter((rail) => rail.startsWith(rows.rail) && (rail === open || rail === over))
      )
      yield* sameSet("the rails", yield* mine, [open, over])
      const end = (birth: typeof one, state: "delivered" | "held") =>
        rows.step(
          { id: birth.id, version: 2 },
          { changes: [change(payoutId(birth.id, 1), { state, dueInSeconds: null })] }
        )
      yield* storage.commit(
        rows.group({ steps: [end(one, "held"), end(two, "delivered"), end(three, "delivered")] })
      )
      yield* same("the rails when one attempt is held", yield* mine, [open])
    }
  )
]

// The few transactions, payments, customers, quotes and files that one run of deeds is about.
import { amount, zero } from "../../machines/domain/Amount.ts"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Birth, FileRow, Group, PaymentRow } from "../../src/ports/rows.ts"
import { fate, type GivenQuote, type Samples, samples } from "../../src/testing/storage/samples.ts"

/** The few things that the deeds of one run are about. */
export interface World {
  readonly rows: Samples
  readonly accounts: readonly [string, string]
  readonly births: ReadonlyArray<Birth>
  readonly payments: ReadonlyArray<PaymentRow>
  readonly customers: ReadonlyArray<CustomerId>
  readonly quotes: ReadonlyArray<GivenQuote>
  readonly files: ReadonlyArray<FileRow>
  readonly groups: Array<string>
}

export const at = <A>(members: ReadonlyArray<A>, index: number): A => {
  const member = members[index % members.length]
  if (member === undefined) throw new Error("nothing to choose from")
  return member
}

export const world = (run: number, nowMillis: number): World => {
  const rows = samples(run)
  const anchor = rows.birth().sendingAnchor
  // The first is soon past its time, the last is another's.
  const quotes = [40_000, 1e9, 1e9].map((life, n) =>
    rows.quote({ owner: n === 2 ? "G-OTHER" : anchor, expiresAtMillis: nowMillis + life })
  )
  const files = [40_000, 1e9].map((life) => rows.file({ expiresAtMillis: nowMillis + life }))
  const repeat = { key: `${run}`, fingerprint: "f" }
  /** What is odd of the later births: what they take may be taken, or they wait for their customers. */
  const odd: ReadonlyArray<Partial<Birth>> = [
    {},
    {},
    {},
    { quoteId: at(quotes, 0).id },
    { quoteId: at(quotes, 1).id, repeat },
    { repeat: { ...repeat, fingerprint: "g" } },
    { quoteId: at(quotes, 1).id },
    { quoteId: at(quotes, 2).id },
    { leaf: "pending_receiver.checking", dueInSeconds: 20, receiverId: null, receiverType: null }
  ]
  const accounts = [`${rows.account}-a`, `${rows.account}-b`] as const
  // The third is nobody's.
  const customers = [rows.customerId(), rows.customerId(), rows.customerId()]
  const births = odd.map((parts, slot) => {
    const birth = rows.birth({
      account: at(accounts, slot),
      memo: { type: "id", value: String(slot % 6) },
      senderId: at(customers, slot % 2),
      receiverId: at(customers, (slot + 1) % 2),
      destination: slot === 0 ? rows.sealed() : null,
      ...parts
    })
    // 2026 begins with the run; the first ones are soon past their time.
    return { ...birth, terms: { ...birth.terms, expiresAtMillis: Date.UTC(2026, 0, 1) + slot * 40_000 } }
  })
  const payments = Array.from({ length: 6 }, (_, slot) =>
    // The last is in another asset than every transaction.
    rows.payment({ account: at(accounts, slot), memo: "none", ...(slot === 5 ? { asset: "other" } : {}) })
  )
  const leader = at(payments, 0)
  const follower = rows.payment({ account: at(accounts, 0), memo: "none", leader: leader.id, received: zero })
  // These two have funded the second and the third transaction, and are owed back.
  const funding = [rows.payment({ account: at(accounts, 0) }), rows.payment({ account: at(accounts, 1) })]
  const all = [...payments, follower, ...funding]
  return { rows, accounts, customers, births, payments: all, quotes, files, groups: [] }
}

/** Steps that fund the second and the third transaction, and plan to return part of what came. */
export const fundedToReturn = ({ births, payments, rows }: World): Group => {
  const pairs = [1, 2].map((slot) => ({ birth: at(births, slot), payment: at(payments, slot + 6) }))
  return rows.group({
    steps: pairs.map(({ birth, payment }) =>
      rows.funding(birth, payment, {
        reservation: { payment: payment.id, payout: amount("50"), refund: amount("1.5"), fee: amount("1.5") },
        refundChanges: [{ to: "planned", amount: amount("1.5") }]
      })
    ),
    payments: pairs.map(({ birth, payment }) => fate(payment, "step", birth.id))
  })
}

/**
 * `npm run chaos` in small, so that the suite keeps it honest: the same rounds, the same auditor. Then the auditor itself is
 * given evidence that was tampered with, and must say so.
 */
import { Client } from "pg"
import { beforeAll, describe, expect, it } from "vitest"
import { findPostgresBinaries } from "../support/PostgresCluster.ts"
import { audit } from "./Auditor.ts"
import { type Evidence, gather } from "./evidence.ts"
import type { Kind } from "./faults.ts"
import { planOf, play, type Plan, type Played } from "./play.ts"

const seed = 20261122

/** Short rounds, each with its kill amid the fault. */
const plansOf = (all: ReadonlyArray<Kind>): ReadonlyArray<Plan> =>
  all.map((kind, at) => ({ ...planOf(seed, at + 1, kind), isAmid: true, lastsMillis: 100 }))

const broken = (evidence: Evidence): ReadonlyArray<string> =>
  audit(evidence).flatMap(({ faults, invariant }) => (faults.length > 0 ? [invariant] : []))

const faultsIn = (played: Played): ReadonlyArray<string> => [
  ...played.complaints,
  ...audit(played.evidence).flatMap(({ faults }) => faults)
]

const hasNoPostgres = findPostgresBinaries() === undefined
const kinds: ReadonlyArray<Kind> = [
  ...(["none", "SIGSTOP, SIGCONT", "SIGTERM"] as const).flatMap((kind) => [kind, kind, kind]),
  "COMMIT cut",
  "PostgreSQL immediate"
]
const minute = 60_000

describe.skipIf(hasNoPostgres)(
  "Kedge killed, frozen and stopped under load, three times each, a commit cut and PostgreSQL killed",
  () => {
    let played: Played
    let afterDeletion: ReadonlyArray<string> = []

    beforeAll(async () => {
      const after: Parameters<typeof play>[0]["after"] = async (field, { announced }) => {
        const client = new Client({ connectionString: field.cluster.url })
        await client.connect()
        await client.query(
          "delete from stellar_payment where id = (select max(id) from stellar_payment where state = 'applied')"
        )
        await client.end()
        afterDeletion = broken(await gather(field, announced))
      }
      played = await play({ plans: plansOf(kinds), seed, after })
    }, 4 * minute)

    it("loses and doubles nothing, and pays again soon after every kill (D1, D10, R9)", () => {
      expect(faultsIn(played)).toEqual([])
      expect(played.recoveries).toHaveLength(kinds.length)
      expect([...played.kills.values()].reduce((sum, times) => sum + times, 0)).toBe(kinds.length)
      expect(played.evidence.book.length).toBeGreaterThan(50)
    })

    it("is found out when a row of the inbox is deleted", () => {
      expect(afterDeletion).toContain("every credit to us is in the inbox once, as the ledger has it")
    })

    const first = <A>(list: ReadonlyArray<A>, isMeant: (each: A) => boolean = () => true): A => {
      const found = list.find(isMeant)
      if (found === undefined) throw new Error("the run has no such row")
      return found
    }
    const changed = <A extends object>(
      list: ReadonlyArray<A>,
      one: A,
      change: Partial<A>
    ): ReadonlyArray<A> => list.map((each) => (each === one ? { ...each, ...change } : each))
    const without = <A>(list: ReadonlyArray<A>, one: A): ReadonlyArray<A> =>
      list.filter((each) => each !== one)

    const tampered: ReadonlyArray<readonly [string, (was: Evidence) => Partial<Evidence>, string]> = [
      [
        "the rail was paid a second time under another key",
        ({ book }) => ({ book: [...book, { ...first(book), payoutId: `${first(book).transactionId}:2` }] }),
        "no transaction is in the rail's book twice"
      ],
      [
        "the rail never took a payout of a completed transaction",
        ({ book }) => ({
          book: without(
            book,
            first(book, (entry) => entry.refusedAmount === undefined)
          )
        }),
        "every completed transaction is in the rail's book"
      ],
      [
        "the rail was given another amount",
        ({ book }) => ({ book: changed(book, first(book), { amount: "99.0000001" }) }),
        "every payout has the payment that funds it, and is that less the fee"
      ],
      [
        "the rail paid where no payment came",
        ({ book, inbox, transactions }) => {
          // One whose money the rail has: others were rejected and went back.
          const paid = new Set(book.map(({ transactionId }) => transactionId))
          const funding = new Set(
            transactions.flatMap(({ funded_by, id }) =>
              paid.has(id) && funded_by !== null ? [funded_by] : []
            )
          )
          return {
            inbox: changed(
              inbox,
              first(inbox, ({ id }) => funding.has(id)),
              { state: "parked", reason: "late" }
            )
          }
        },
        "every payout has the payment that funds it, and is that less the fee"
      ],
      [
        "a credit is in the inbox with another amount",
        ({ inbox }) => ({ inbox: changed(inbox, first(inbox), { amount: "1" }) }),
        "every credit to us is in the inbox once, as the ledger has it"
      ],
      [
        "a credit is in the inbox twice",
        ({ inbox }) => ({ inbox: [...inbox, first(inbox)] }),
        "every credit to us is in the inbox once, as the ledger has it"
      ],
      [
        "the inbox has a credit that the ledger has not",
        ({ inbox }) => ({ inbox: [...inbox, { ...first(inbox), operation_id: "1" }] }),
        "the inbox has nothing that the ledger has not"
      ],
      [
        "a payment was never matched nor parked",
        ({ inbox }) => ({ inbox: changed(inbox, first(inbox), { state: "waiting" }) }),
        "every payment is applied, or parked with a reason"
      ],
      [
        "a promised transaction is gone",
        ({ announced, transactions }) => ({
          transactions: transactions.filter(({ id }) => id !== first(announced).id)
        }),
        "every transaction that was promised is there"
      ],
      [
        "more is reserved than came",
        ({ inbox }) => ({ inbox: changed(inbox, first(inbox), { reserved_refund: "1000" }) }),
        "nothing reserved exceeds what was received"
      ],
      [
        "an audit row is gone",
        ({ audits }) => ({
          audits: without(
            audits,
            first(audits, ({ version }) => version === 2)
          )
        }),
        "the audit is without a gap, lawful, and ends where the transaction is"
      ],
      [
        "a completed transaction was opened again",
        ({ audits, transactions }) => {
          const done = first(transactions, ({ status }) => status === "completed")
          const more = { transaction_id: done.id, version: done.version + 1, before: done.state }
          return {
            audits: [...audits, { ...more, after: "pending_receiver.payingOut" }],
            transactions: changed(transactions, done, {
              version: done.version + 1,
              state: "pending_receiver.payingOut",
              status: "pending_receiver"
            })
          }
        },
        "the audit is without a gap, lawful, and ends where the transaction is"
      ],
      [
        "the journal has a stroop too much",
        ({ transfers }) => ({
          transfers: [...transfers, { ...first(transfers), from_account: "ledger-in", amount: "0.0000001" }]
        }),
        "the journal balances, and equals what came and what was paid"
      ],
      [
        "money left the account and no refund says so",
        ({ account, credits }) => ({ debits: [{ ...first(credits), from: account, to: "elsewhere" }] }),
        "every refund is on the ledger once, and nothing else left"
      ],
      [
        "a payer was given a refund twice",
        ({ debits }) => ({ debits: [...debits, first(debits)] }),
        "every refund is on the ledger once, and nothing else left"
      ],
      [
        "a refund that is owed was never made",
        ({ debits, refunds }) => {
          const one = first(refunds)
          return {
            refunds: without(refunds, one),
            debits: debits.filter((debit) => debit.transaction_hash !== one.stellar_transaction_id)
          }
        },
        "what is owed back was returned, and no more"
      ],
      [
        "less was delivered than is shown",
        ({ transactions }) => ({
          transactions: changed(
            transactions,
            first(transactions, ({ status }) => status === "completed"),
            { delivered: "1" }
          )
        }),
        "every payout has the payment that funds it, and is that less the fee"
      ],
      [
        "the cursor is behind",
        () => ({ cursor: "1" }),
        "the cursor is past every credit, and nothing was set aside"
      ],
      [
        "less was delivered than is shown",
        ({ transactions }) => ({
          transactions: changed(
            transactions,
            first(transactions, ({ status }) => status === "completed"),
            { delivered: "1" }
          )
        }),
        "every payout has the payment that funds it, and is that less the fee"
      ],
      [
        "a payout is left open",
        ({ payouts }) => ({ payouts: changed(payouts, first(payouts), { is_open: true, state: "started" }) }),
        "nothing waits without a reason, and no lease is held"
      ]
    ]

    it.each(tampered)("is found out when %s", (_, tamper, invariant) => {
      expect(broken({ ...played.evidence, ...tamper(played.evidence) })).toContain(invariant)
    })
  }
)

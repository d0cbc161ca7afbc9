// Random lives of a transaction, judged by the table of SEP-31's moves and not by the machine that makes them.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { finalStatuses, isFinal, type Sep31Status } from "../../../machines/domain/Sep31Status.ts"
import { eventTypes } from "../../../machines/transaction/events.ts"
import {
  dueOf,
  isUnfunded,
  type Leaf,
  leaves,
  statusOf,
  unfundedLeaves
} from "../../../machines/transaction/leaves.ts"
import { step } from "../../../src/runtime/step.ts"
import { Books } from "../../support/Books.ts"
import { holds, seeded } from "../../support/seed.ts"
import { draw, eventOf, life } from "../../support/transactionPlay.ts"

/**
 * The moves of a funded or unfunded transaction in the requirements' §2.8, by number. t1 and t2 are births; of t12 we make the
 * refund and no delivery, so there is no t15; t20 is overruled (final is final).
 */
const moves: Readonly<Record<string, string>> = {
  "pending_receiver > pending_sender": "t3",
  // t3 by way of t5: what the PUT brought was accepted at once
  "pending_customer_info_update > pending_sender": "t5, t3",
  "pending_sender > pending_receiver": "t6",
  // before the money, and with it
  "pending_receiver > pending_customer_info_update": "t4, t7",
  "pending_customer_info_update > pending_receiver": "t5, t8",
  "pending_receiver > pending_transaction_info_update": "t9",
  "pending_transaction_info_update > pending_receiver": "t10",
  "pending_receiver > pending_external": "t11",
  "pending_receiver > completed": "t13",
  "pending_external > completed": "t14",
  "pending_external > pending_receiver": "t16",
  "pending_external > pending_customer_info_update": "t16",
  "pending_external > pending_transaction_info_update": "t16",
  "pending_receiver > pending_stellar": "t12",
  // nobody on the ledger can receive it now: it is owed again
  "pending_stellar > pending_receiver": "t12, taken back",
  "pending_stellar > refunded": "t17",
  "pending_receiver > refunded": "t17",
  "pending_customer_info_update > refunded": "t17",
  "pending_transaction_info_update > refunded": "t17",
  // t16 and t17 in one commit: the rail gave the money up and it was returned, told by one answer (decision 0010)
  "pending_external > refunded": "t16, t17",
  "pending_sender > expired": "t18",
  "pending_sender > error": "t19",
  "pending_receiver > expired": "t18",
  "pending_customer_info_update > expired": "t18",
  "pending_receiver > error": "t19",
  "pending_external > error": "t19",
  "pending_customer_info_update > error": "t19",
  "pending_transaction_info_update > error": "t19"
}

const move = (from: Leaf, to: Leaf): string => `${statusOf(from)} > ${statusOf(to)}`

describe(seeded("the moves of a transaction"), () => {
  it("are those of SEP-31 and no others (S31-ST-01, S31-ST-03)", () => {
    const seen = new Set<string>()
    holds(
      fc.property(life, (told) => {
        for (const { after, before } of told) {
          if (statusOf(before.leaf) === statusOf(after.leaf)) continue
          const made = move(before.leaf, after.leaf)
          expect(Object.keys(moves)).toContain(made)
          seen.add(made)
        }
      }),
      1500
    )
    // and every one of them was made, so that none is promised in vain
    expect([...seen].sort()).toEqual(Object.keys(moves).sort())
  })

  it("visit every state there is", () => {
    const seen = new Set<Leaf>()
    holds(
      fc.property(life, (told) => {
        for (const { after } of told) seen.add(after.leaf)
      }),
      700
    )
    expect([...seen].sort()).toEqual([...leaves].sort())
  })

  it("end in a final state, and nothing leads out of it (S31-ST-04)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { after, before, result } of told) {
          if (!isFinal(statusOf(before.leaf))) continue
          expect(result._tag).toBe("Refused")
          expect(after).toBe(before)
        }
      })
    )
  })

  it("leave money that comes to a closed transaction with its payment (S31-ST-14)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { before, event, result } of told) {
          if (event.type !== "payment.matched" || !isFinal(statusOf(before.leaf))) continue
          // a payment that finds its transaction unfunded and closed came late; else there was one before it
          const reason = before.context.received === null ? "late" : "second"
          expect(result).toEqual({ _tag: "Refused", reason, leaf: before.leaf })
        }
      })
    )
  })

  it("answer every event in every state: a transition, or a refusal with a name (S31-ST-03)", () => {
    const reasons = new Set<string>()
    const pairs = new Set<string>()
    holds(
      fc.property(life, draw, (told, more) => {
        for (const { after } of told) {
          for (const type of eventTypes) {
            const result = step(after, eventOf({ ...more, type, awaited: null }, after))
            pairs.add(`${after.leaf} ${type}`)
            if (result._tag === "Refused") {
              expect(result.leaf).toBe(after.leaf)
              reasons.add(result.reason)
            }
          }
        }
      })
    )
    expect(pairs.size).toBe(leaves.length * eventTypes.length)
    expect([...reasons].sort()).toEqual(
      "already-so amounts-differ closed early fields-missing final late not-awaited not-current over second under unfunded".split(
        " "
      )
    )
  })

  it("make no payout of a correction that comes before the money (S31-ST-02)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { before, event, result } of told) {
          if (before.context.received !== null || event.type === "payment.matched") continue
          if (result._tag === "Refused") continue
          expect(result.commands.filter(({ type }) => type !== "linkCustomer")).toEqual([])
        }
      })
    )
  })

  it("number a next payout only after the one before was proven not accepted (S31-ST-16)", () => {
    holds(
      fc.property(life, (told) => {
        const books = new Books()
        for (const { after, before, event, result } of told) {
          if (result._tag !== "Moved") continue
          const states = [...books.attempts.values()]
          books.take(result.commands)
          const raised = after.context.attempt - before.context.attempt
          expect(raised === 0 || raised === 1).toBe(true)
          expect(after.context.attempt).toBe(books.attempts.size)
          if (raised === 0 || event.type === "payment.matched") continue
          const last = event.type === "payout.voided" ? "voided" : states.at(-1)
          expect(["refused", "voided"]).toContain(last)
        }
      })
    )
  })

  it("keep at most one payout open, and none in a state that waits for no rail (S31-ST-16)", () => {
    holds(
      fc.property(life, (told) => {
        const books = new Books()
        for (const { after, result } of told) {
          if (result._tag !== "Moved") continue
          books.take(result.commands)
          const isAwaited = dueOf(after.leaf) === "payout" || dueOf(after.leaf) === "held"
          expect(books.open.length).toBe(isAwaited ? 1 : 0)
        }
      })
    )
  })

  it("name what is wanted wherever the Sending Anchor is asked (S31-ST-06, S31-ST-07)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { after } of told) {
          // before the money the KYC provider says what is wanted, and no rail has
          const isAsked = /^pending_(transaction|customer)_info_update\.awaiting(Update|Customer)$/.test(
            after.leaf
          )
          expect(after.context.fields.length > 0).toBe(isAsked)
          expect(after.context.party !== null).toBe(
            after.leaf === "pending_customer_info_update.awaitingCustomer"
          )
        }
      })
    )
  })

  it("clear what was wanted by a full update alone (S31-ST-09)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { after, before, event } of told) {
          if (event.type !== "transaction.updated") continue
          const isFull = before.context.fields.every((name) => event.fields.includes(name))
          const isAwaited = before.leaf === "pending_transaction_info_update.awaitingUpdate"
          expect(after.leaf === "pending_receiver.payingOut" && after !== before).toBe(isAwaited && isFull)
        }
      })
    )
  })

  it("decide lateness on the close of the payment's ledger (S31-ST-11)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { before, event, result } of told) {
          if (event.type !== "payment.matched" || before.leaf !== "pending_sender.awaitingPayment") continue
          const isLate = event.closedAtMillis >= before.context.terms.expiresAtMillis
          expect(result._tag === "Refused" && result.reason === "late").toBe(isLate)
        }
      })
    )
  })
})

describe(seeded("a transaction without money"), () => {
  const withoutMoney = (leaf: Leaf) => isUnfunded(leaf) && leaf !== "pending_sender.awaitingPayment"

  it("is ready only once its customers are accepted, and stays so (S31-KYC-04, S31-ST-05)", () => {
    holds(
      fc.property(life, (told) => {
        for (const { after, before, event } of told) {
          if (before.context.ready) expect(after.context.ready).toBe(true)
          else expect(after.context.ready).toBe(event.type === "customers.accepted" && after !== before)
          if (withoutMoney(after.leaf)) expect(after.context.ready).toBe(false)
        }
      })
    )
  })

  it("leaves a payment that comes before its customers are accepted with its own row (S31-PAY-12)", () => {
    const reasons = new Set<string>()
    holds(
      fc.property(life, (told) => {
        for (const { before, event, result } of told) {
          if (event.type !== "payment.matched" || !withoutMoney(before.leaf)) continue
          if (result._tag === "Refused") reasons.add(result.reason)
          expect(result._tag).toBe("Refused")
        }
      }),
      700
    )
    expect([...reasons].sort()).toEqual(["early", "late"])
  })

  it("ends in error when a customer is rejected, and owes nothing (S31-KYC-07)", () => {
    let ended = 0
    holds(
      fc.property(life, (told) => {
        for (const { after, before, event } of told) {
          if (event.type !== "customer.rejected" || !isUnfunded(before.leaf)) continue
          expect(after.leaf).toBe("error")
          expect(after.context.owed).toBeNull()
          ended += 1
        }
      }),
      700
    )
    expect(ended).toBeGreaterThan(0)
  })

  it("expires from every state of it (S31-ST-10)", () => {
    const from = new Set<Leaf>()
    holds(
      fc.property(life, (told) => {
        for (const { after, before } of told)
          if (after.leaf === "expired" && after !== before) from.add(before.leaf)
      }),
      1000
    )
    expect([...from].sort()).toEqual([...unfundedLeaves].sort())
  })
})

describe(seeded("a transaction that is not final"), () => {
  const ways = new Map<Leaf, Set<Leaf>>()
  const walk = () => {
    if (ways.size > 0) return
    holds(
      fc.property(life, (told) => {
        for (const { after, before } of told)
          if (after !== before) ways.set(before.leaf, (ways.get(before.leaf) ?? new Set()).add(after.leaf))
      }),
      700
    )
  }

  it("has somebody who is asked when its due time comes", () => {
    for (const leaf of leaves) expect(dueOf(leaf) === "none", leaf).toBe(isFinal(statusOf(leaf)))
  })

  it("has a way to the end from every state, and the end is never the only way out but of pending_sender", () => {
    walk()
    const reaches = (from: Leaf, seen: ReadonlySet<Leaf> = new Set()): ReadonlySet<Leaf> =>
      [...(ways.get(from) ?? [])].reduce<ReadonlySet<Leaf>>(
        (all, next) => (all.has(next) ? all : reaches(next, new Set([...all, next]))),
        seen
      )
    for (const leaf of leaves) {
      const ends = [...reaches(leaf)].filter((to) => isFinal(statusOf(to)))
      expect(ends.length > 0, leaf).toBe(!isFinal(statusOf(leaf)))
    }
    expect([...(ways.get("pending_receiver.checking") ?? [])].sort()).toEqual([
      "error",
      "expired",
      "pending_customer_info_update.awaitingData",
      // a customer was linked
      "pending_receiver.checking",
      "pending_sender.awaitingPayment"
    ])
    const all = new Set<Sep31Status>([...reaches("pending_sender.awaitingPayment")].map(statusOf))
    for (const status of finalStatuses) expect(all).toContain(status)
  })
})

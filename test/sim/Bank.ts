// The rail of a simulated world, with a book of its own: what it took is known here and nowhere else, whatever it answers.
import { Effect } from "effect"
import { type Amount, fromStroops, toStroops } from "../../machines/domain/Amount.ts"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import {
  type LookUpAnswer,
  NothingAccepted,
  type PaymentRail,
  type Payout,
  type PayoutOutcome,
  RailUnavailable
} from "../../src/ports/Rails.ts"
import type { Chance } from "./Chance.ts"
import type { Counters } from "./Counters.ts"
import type { CallEnd, Profile } from "./profile.ts"
import type { Trace } from "./Trace.ts"

interface Entry {
  /** How often money left for this key. */
  times: number
  amount: Amount
  /** Part of the amount that was refused. */
  refused: Amount | null
  confirmed: boolean
}

export class Bank {
  readonly book = new Map<PayoutId, Entry>()
  private readonly voided = new Set<PayoutId>()
  private isSound = false
  private readonly chance: Chance
  private readonly profile: Profile["rail"]
  private readonly counters: Counters
  private readonly trace: Trace

  constructor(chance: Chance, profile: Profile["rail"], counters: Counters, trace: Trace) {
    this.chance = chance
    this.profile = profile
    this.counters = counters
    this.trace = trace
  }

  /** From now on every call is delivered and every question answered. */
  heal(): void {
    this.isSound = true
    for (const entry of this.book.values()) entry.confirmed = true
  }

  private take(payout: Payout, confirmed: boolean, refused: Amount | null = null): boolean {
    if (this.voided.has(payout.payoutId)) return false
    const before = this.book.get(payout.payoutId)
    const isRepeat = before !== undefined && this.profile.repeatable
    if (!isRepeat) {
      this.book.set(payout.payoutId, {
        times: (before?.times ?? 0) + 1,
        amount: payout.amount,
        refused,
        confirmed
      })
    }
    this.trace.add(`bank takes ${payout.payoutId} ${payout.amount}${isRepeat ? " again, paid nothing" : ""}`)
    return true
  }

  /** What the book says of a key that was taken. */
  private told(entry: Entry): PayoutOutcome {
    if (entry.refused !== null) {
      return {
        _tag: "PartlyRefused",
        refused: entry.refused,
        rest: entry.confirmed ? "delivered" : "pending"
      }
    }
    return entry.confirmed
      ? { _tag: "Delivered", externalId: "bank" }
      : { _tag: "Pending", externalId: "bank" }
  }

  /** Where nobody can be asked later, what was taken is done. */
  private confirmsAtOnce(): boolean {
    return !(this.profile.polls || this.profile.looksUp) || this.chance.happens(0.5)
  }

  private draw(): CallEnd {
    return this.isSound ? "delivers" : this.chance.weighted(this.profile.ends)
  }

  private call(payout: Payout): Effect.Effect<PayoutOutcome, NothingAccepted> {
    const before = this.book.get(payout.payoutId)
    // A rail that may be repeated answers a key it knows as it did at first.
    if (before !== undefined && this.profile.repeatable) {
      this.take(payout, true)
      return Effect.succeed(this.told(before))
    }
    const voidedAnswer: PayoutOutcome = { _tag: "Rejected", reason: "this key was given up" }
    const end = this.draw()
    this.trace.add(`bank ${end} ${payout.payoutId}`)
    switch (end) {
      case "delivers":
        return Effect.succeed(
          this.take(payout, true) ? { _tag: "Delivered", externalId: "bank" } : voidedAnswer
        )
      case "takes it, later":
        return Effect.succeed(
          this.take(payout, false) ? { _tag: "Pending", externalId: "bank" } : voidedAnswer
        )
      case "takes it, reply lost":
        this.take(payout, this.confirmsAtOnce())
        return Effect.die(new Error("the connection broke"))
      case "takes it, hangs":
        this.take(payout, this.confirmsAtOnce())
        return Effect.never
      case "refuses for now":
        return Effect.fail(new NothingAccepted({ message: "closed for the night" }))
      case "is lost":
        return Effect.die(new Error("the connection broke"))
      case "hangs":
        return Effect.never
      case "nonsense":
        if (this.chance.happens(0.5)) this.take(payout, true)
        return Effect.succeed({ _tag: "Done", ok: true } as never)
      case "rejects":
        return Effect.succeed({ _tag: "Rejected", reason: "no such account" })
      case "fails":
        return Effect.succeed({ _tag: "Failed", reason: "frozen" })
      case "wants fields":
        return Effect.succeed({
          _tag: "TransactionInfoNeeded",
          fields: { account_number: { description: "the account" } }
        })
      case "refuses a part": {
        const refused = fromStroops(toStroops(payout.amountIn) / 4n)
        return Effect.succeed(
          this.take(payout, true, refused)
            ? { _tag: "PartlyRefused", refused, rest: "delivered", externalId: "bank" }
            : voidedAnswer
        )
      }
      case "wrong amount":
        this.take(payout, true)
        return Effect.succeed({ _tag: "Delivered", amount: "1" })
    }
  }

  get rail(): PaymentRail {
    const asked = <A>(answer: () => A): Effect.Effect<A, RailUnavailable> =>
      Effect.suspend(() =>
        !this.isSound && this.chance.happens(this.profile.questionFails)
          ? Effect.fail(new RailUnavailable({ message: "no answer" }))
          : Effect.sync(answer)
      )
    const lookUp = (id: PayoutId): Effect.Effect<LookUpAnswer, RailUnavailable> =>
      asked((): LookUpAnswer => {
        const entry = this.book.get(id)
        if (entry !== undefined) {
          if (this.chance.happens(0.5)) entry.confirmed = true
          return this.told(entry)
        }
        this.voided.add(id)
        this.trace.add(`bank gives up ${id}`)
        return { _tag: "NeverAccepted" }
      })
    const poll: NonNullable<PaymentRail["poll"]> = (payouts) =>
      asked(() => {
        const answers = payouts.flatMap(({ payoutId }) => {
          const entry = this.book.get(payoutId)
          if (entry === undefined || !(entry.confirmed || this.chance.happens(0.5))) return []
          entry.confirmed = true
          return [{ payoutId, outcome: this.told(entry) }]
        })
        if (this.isSound || !this.chance.happens(this.profile.pollStrays)) return answers
        // Twice, about one that is over, and about one that never was.
        const [any] = this.book.keys()
        this.counters.add("stray poll answer refused")
        return [
          ...answers,
          ...answers.slice(0, 1),
          ...(any === undefined ? [] : [{ payoutId: any, outcome: { _tag: "Delivered" as const } }]),
          {
            payoutId: "00000000-0000-7000-8000-000000000000:1" as PayoutId,
            outcome: { _tag: "Delivered" as const }
          }
        ]
      })
    return {
      name: "bank",
      repeatable: this.profile.repeatable,
      concurrency: this.profile.concurrency,
      timeoutSeconds: 30,
      execute: (payout) => Effect.suspend(() => this.call(payout)),
      ...(this.profile.looksUp ? { lookUp } : {}),
      ...(this.profile.polls ? { poll } : {})
    }
  }
}

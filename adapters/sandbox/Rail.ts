// A domestic payment network in a few lines, naive on purpose: it pays whatever it is asked to, also a second time
// under the same key. Only a look-up protects its client: asked for a key it never accepted, it voids the key first.
// Gotcha: latency passes before the decision, so a request may arrive after a look-up has voided its key.

import { setTimeout as sleep } from "node:timers/promises"
import { parseAmount, shortAmountOf, STROOPS_PER_UNIT } from "./amounts.ts"
import type { BookEntry, RailBook } from "./RailBook.ts"
import { behaviourFor } from "./railScript.ts"

export interface PayoutRequest {
  readonly payoutId: string
  readonly transactionId: string
  readonly amount: string
  readonly asset: string
  readonly fundingMethod: string
  readonly customerAccountNumber: string | null
  readonly transactionAccountNumber: string | null
}

export type RailOutcome =
  | { readonly outcome: "delivered"; readonly externalId: string; readonly amount: string }
  | { readonly outcome: "pending"; readonly externalId: string }
  | {
      readonly outcome: "partly_refused"
      readonly externalId: string
      readonly deliveredAmount: string
      readonly refusedAmount: string
    }
  | {
      readonly outcome: "transaction_info_needed"
      readonly fields: ReadonlyArray<string>
      readonly message: string
    }
  | {
      readonly outcome: "customer_info_needed"
      readonly party: "receiver"
      readonly fields: ReadonlyArray<string>
      readonly message: string
    }
  | { readonly outcome: "rejected"; readonly reason: string }
  | { readonly outcome: "failed"; readonly reason: string }
  | { readonly outcome: "unknown" }

/** What the rail sends back, if it does: to lose the reply is to cut the line, to hang is to hold it. */
export type RailReply =
  | { readonly kind: "answer"; readonly outcome: RailOutcome }
  | { readonly kind: "unavailable" }
  | { readonly kind: "voided" }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "lost" }
  | { readonly kind: "hung" }

export interface RailSettings {
  /** How long a payout travels before the rail decides on it, in milliseconds. */
  readonly latencyMs: number
  /** After how long a payout to 0001 is delivered, in milliseconds. */
  readonly settleAfterMs: number
}

const UNAVAILABLE_TIMES = 2

const answer = (outcome: RailOutcome): RailReply => ({ kind: "answer", outcome })

/** What of an amount the receiving bank sends back under 0009: one unit, or half where that is less. */
const refusedPart = (stroops: bigint): bigint => {
  const half = stroops / 2n
  return half < STROOPS_PER_UNIT ? half : STROOPS_PER_UNIT
}

export class Rail {
  readonly book: RailBook
  readonly #now: () => number
  #settings: RailSettings

  /** `now` in milliseconds. */
  constructor(book: RailBook, settings: RailSettings, now: () => number) {
    this.book = book
    this.#settings = settings
    this.#now = now
  }

  get settings(): RailSettings {
    return this.#settings
  }

  set(settings: Partial<RailSettings>): void {
    this.#settings = { ...this.#settings, ...settings }
  }

  /** Takes the order, or says why not; the book is on disk before any reply, and before a reply is lost. */
  async pay(request: PayoutRequest): Promise<RailReply> {
    const stroops = parseAmount(request.amount)
    if (stroops === undefined || stroops === 0n) {
      return {
        kind: "malformed",
        reason: `amount must be positive with at most seven places: ${request.amount}`
      }
    }
    if (this.#settings.latencyMs > 0) await sleep(this.#settings.latencyMs)
    const voided = this.book.voided(request.payoutId)
    if (voided !== undefined) {
      await voided
      return { kind: "voided" }
    }
    const behaviour = behaviourFor(request)
    switch (behaviour) {
      case "wants_account_number":
        return answer({
          outcome: "transaction_info_needed",
          fields: ["account_number"],
          message: "The receiving bank knows no account of this number."
        })
      case "wants_customer_data":
        return answer({
          outcome: "customer_info_needed",
          party: "receiver",
          fields: ["bank_account_number"],
          message: "The receiving bank knows no account of this number."
        })
      case "rejects":
        return answer({ outcome: "rejected", reason: "The receiving account is closed." })
      case "fails":
        return answer({ outcome: "failed", reason: "The receiving bank has seized the payment." })
      case "unavailable_twice":
        if (this.book.unavailableCount(request.transactionId) < UNAVAILABLE_TIMES) {
          await this.book.noteUnavailable(request.transactionId, this.#time())
          return { kind: "unavailable" }
        }
        break
      default:
    }
    const refused = behaviour === "refuses_part" ? refusedPart(stroops) : 0n
    const entry = this.book.accept({
      payoutId: request.payoutId,
      transactionId: request.transactionId,
      amount: shortAmountOf(stroops - refused),
      ...(refused === 0n ? {} : { refusedAmount: shortAmountOf(refused) }),
      account: request.transactionAccountNumber ?? request.customerAccountNumber,
      at: this.#time(),
      behaviour
    })
    await entry.durable
    if (behaviour === "loses_reply" || behaviour === "loses_reply_and_memory") return { kind: "lost" }
    if (behaviour === "hangs") return { kind: "hung" }
    return answer(behaviour === "delivers_later" ? this.#pending(entry) : this.#stateOf(entry))
  }

  /** What became of a key: its present state; for one never accepted `undefined`, and it is void from then on. */
  async lookUp(payoutId: string): Promise<RailOutcome | undefined> {
    const [entry] = this.book.ofPayout(payoutId)
    if (entry === undefined) {
      await this.book.void(payoutId, this.#time())
      return undefined
    }
    await entry.durable
    return this.#stateOf(entry)
  }

  /** As a look-up, for many keys; one never accepted is `unknown` and stays as it is. */
  async poll(payoutIds: ReadonlyArray<string>): Promise<ReadonlyArray<RailOutcome & { payoutId: string }>> {
    return Promise.all(
      payoutIds.map(async (payoutId) => {
        const [entry] = this.book.ofPayout(payoutId)
        await entry?.durable
        return { payoutId, ...(entry === undefined ? { outcome: "unknown" } : this.#stateOf(entry)) } as const
      })
    )
  }

  /** Delivers what is pending, or of it only the keys given, now; answers the keys it delivered. */
  async settle(payoutIds?: ReadonlyArray<string>): Promise<ReadonlyArray<string>> {
    const asked = payoutIds === undefined ? undefined : new Set(payoutIds)
    const pending = this.book.entries.filter(
      (entry) => this.#stateOf(entry).outcome === "pending" && (asked?.has(entry.payoutId) ?? true)
    )
    const keys = Array.from(new Set(pending.map(({ payoutId }) => payoutId)))
    await Promise.all(keys.map((payoutId) => this.book.settle(payoutId, this.#time())))
    return keys
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }

  #pending({ externalId }: BookEntry): RailOutcome {
    return { outcome: "pending", externalId }
  }

  #stateOf(entry: BookEntry): RailOutcome {
    const { externalId, amount, refusedAmount, behaviour } = entry
    if (behaviour === "loses_reply_and_memory") return { outcome: "unknown" }
    if (behaviour === "delivers_later") {
      const isDue = this.#now() >= Date.parse(entry.at) + this.#settings.settleAfterMs
      if (!isDue && !this.book.isSettled(entry.payoutId)) return this.#pending(entry)
    }
    return refusedAmount === undefined
      ? { outcome: "delivered", externalId, amount }
      : { outcome: "partly_refused", externalId, deliveredAmount: amount, refusedAmount }
  }
}

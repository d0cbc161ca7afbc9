// The ledger of a simulated world: what was paid to us, in the order it closed. The truth that the auditor compares with.
import { Effect, Layer, PubSub, Stream } from "effect"
import { type Amount, amount, zero } from "../../machines/domain/Amount.ts"
import { type Credit, type CreditPage, StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { issuer, payer, us } from "./parties.ts"
import type { Chance } from "./Chance.ts"
import type { Counters } from "./Counters.ts"
import type { Profile } from "./profile.ts"
import type { Trace } from "./Trace.ts"

export interface Sent {
  readonly memo: Credit["memo"]
  readonly amounts: ReadonlyArray<Amount>
  /** What left the payer, where it is not what arrived: a path payment. */
  readonly sent: Amount | null
  readonly asset: "ours" | "another issuer's" | "native"
  readonly odd: Credit["odd"]
}

/** A credit with what the payer gave for it, which nobody may take for what was received. */
export interface TrueCredit extends Credit {
  readonly sent: Amount
}

export class Chain {
  readonly credits: Array<TrueCredit> = []
  /** One Stellar transaction each. */
  private readonly entries: Array<ReadonlyArray<TrueCredit>> = []
  private readonly bell = Effect.runSync(PubSub.unbounded<void>({ replay: 1 }))
  private tip = { sequence: 1, closedAtMillis: 0 }
  private isSound = false
  private readonly passphrase: string
  private readonly chance: Chance
  private readonly profile: Profile["ledger"]
  private readonly counters: Counters
  private readonly trace: Trace

  constructor(
    passphrase: string,
    chance: Chance,
    profile: Profile["ledger"],
    counters: Counters,
    trace: Trace
  ) {
    this.passphrase = passphrase
    this.chance = chance
    this.profile = profile
    this.counters = counters
    this.trace = trace
  }

  heal(): void {
    this.isSound = true
  }

  get position(): string {
    return String(this.entries.length)
  }

  /** Where an operation stands: how many Stellar transactions lie before its own. */
  placeOf(credit: Credit): number {
    return this.entries.findIndex((entry) =>
      entry.some(({ operationId }) => operationId === credit.operationId)
    )
  }

  /** Closes a ledger with these payments, each a Stellar transaction of its own. */
  close(nowMillis: number, payments: ReadonlyArray<Sent>): void {
    this.tip = { sequence: this.tip.sequence + 1, closedAtMillis: nowMillis }
    for (const payment of payments) {
      const transaction = this.entries.length
      const credits = payment.amounts.map(
        (value, index): TrueCredit => ({
          operationId: String(transaction * 16 + index + 1),
          index: 0,
          stellarTransactionId: transaction.toString(16).padStart(64, "0"),
          account: us,
          muxedAccount: null,
          from: payer,
          asset:
            payment.asset === "native"
              ? { code: "native", issuer: null }
              : { code: "USDC", issuer: payment.asset === "ours" ? issuer : us },
          amount: payment.odd === "merge" ? null : value,
          memo: payment.memo,
          odd: payment.odd,
          closedAtMillis: nowMillis,
          ledger: this.tip.sequence,
          sent: payment.sent ?? value
        })
      )
      this.entries.push(credits)
      this.credits.push(...credits)
      this.trace.add(
        `ledger ${this.tip.sequence} pays ${payment.amounts.join("+")} ${payment.memo.type}:${payment.memo.value} ${payment.asset}`
      )
    }
  }

  get ring(): Effect.Effect<void> {
    return this.profile.bell ? Effect.asVoid(PubSub.publish(this.bell, undefined)) : Effect.void
  }

  get layer(): Layer.Layer<StellarNetwork> {
    return Layer.succeed(StellarNetwork, this.network)
  }

  readonly network = StellarNetwork.of({
    passphrase: Effect.sync(() => this.passphrase),
    tip: () => Effect.sync(() => this.position),
    page: (_account, position) =>
      Effect.sync((): CreditPage => {
        const lags = !this.isSound && this.chance.happens(this.profile.lags)
        const from = Number(position)
        const known = lags
          ? Math.max(from, this.entries.length - 1 - this.chance.below(3))
          : this.entries.length
        const chosen = this.entries.slice(from, Math.min(known, from + this.profile.pageSize))
        const isFull = chosen.length === this.profile.pageSize
        if (lags) this.counters.add("ledger lagged")
        const newest = chosen.at(-1)?.[0]
        const seen = lags
          ? newest === undefined
            ? null
            : { sequence: newest.ledger, closedAtMillis: newest.closedAtMillis }
          : this.tip
        return {
          credits: chosen.flat(),
          unreadable: [],
          transactions: chosen.length,
          position: String(from + chosen.length),
          processedLedger: isFull ? null : seen,
          full: isFull
        }
      }),
    wakeUps: () => Stream.fromPubSub(this.bell),
    signers: () => Effect.succeed(null),
    reread: (_account, position) =>
      Effect.succeed({
        credits: [],
        unreadable: [],
        transactions: 0,
        position,
        processedLedger: null,
        full: false
      })
  })
}

export const paymentOf = (memo: Credit["memo"], value: string, over: Partial<Sent> = {}): Sent => ({
  memo,
  amounts: [amount(value)],
  sent: null,
  asset: "ours",
  odd: null,
  ...over
})
export const nothing = zero

/**
 * A Sending Anchor that does not stop: it announces payments through whatever is the matter, and pays on the ledger at a steady
 * pace, whether Kedge lives or not.
 *
 * Gotcha: it pays what was announced before, so that money comes in while Kedge is dead; and now and then it pays wrongly: too
 * little, too much, twice, under a memo nobody gave out, in another asset.
 */
import { setTimeout as pause } from "node:timers/promises"
import { Effect, Redacted } from "effect"
import { readHome, signChallenge, type SignedIn, signedIn, signIn } from "../../src/client/SendingAnchor.ts"
import { runClient } from "../e2e/KedgeProcess.ts"
import type { Chance } from "../sim/Chance.ts"
import type { Field } from "./Field.ts"

/** Last digits of the receiver's account, and of a hundred receivers how many have them (docs of the sandbox rail). */
const receivers = { "5555": 63, "0001": 10, "0004": 2, "0005": 8, "0006": 12, "0007": 3, "0009": 2 }
type Digits = keyof typeof receivers

export interface Announced {
  readonly id: string
  readonly memo: string
  readonly amount: string
  readonly digits: Digits
}

export interface Paid extends Announced {
  /** `performance.now()` when the ledger had taken it. */
  readonly at: number
}

const reserve = 40
const together = 8

export class Load {
  /** Every transaction whose announcement was answered. */
  readonly announced: Array<Announced> = []
  /** Rightly paid, once or twice, in order. */
  readonly paid: Array<Paid> = []
  readonly counts = { announced: 0, unanswered: 0, paid: 0, wrong: 0 }
  private readonly field: Field
  private readonly chance: Chance
  private readonly perSecond: number
  private readonly waiting: Array<Announced> = []
  private running = false
  private tasks: ReadonlyArray<Promise<void>> = []

  constructor(field: Field, chance: Chance, perSecond: number) {
    this.field = field
    this.chance = chance
    this.perSecond = perSecond
  }

  start(): void {
    this.running = true
    this.tasks = [this.announcing(), this.paying()]
  }

  async stop(): Promise<void> {
    this.running = false
    await Promise.all(this.tasks)
  }

  private signIn(): Promise<SignedIn> {
    const seed = Redacted.make(this.field.kedge.sender.secret())
    const home = new URL(this.field.frontUrl)
    return runClient(
      Effect.gen(function* () {
        const toml = yield* readHome(home)
        const signed = yield* signChallenge({ home, seed }, toml)
        return signedIn(toml, yield* signIn(toml, signed))
      }).pipe(Effect.timeout("5 seconds"))
    )
  }

  private async announcing(): Promise<void> {
    let client: SignedIn | null = null
    while (this.running) {
      if (this.waiting.length >= reserve) {
        await pause(20)
        continue
      }
      try {
        client ??= await this.signIn()
        const signed = client
        await Promise.all(Array.from({ length: together }, () => this.announce(signed)))
      } catch {
        await pause(150)
      }
    }
  }

  private async announce(client: SignedIn): Promise<void> {
    const digits = this.chance.weighted<Digits>(receivers)
    const amount = `${this.chance.between(5, 60)}.${String(this.chance.below(10_000_000)).padStart(7, "0")}`
      .replace(/0+$/, "")
      .replace(/\.$/, "")
    const asked = client
      .announce({ amount, assetCode: "USDC", fields: { account_number: `1${digits}` } })
      .pipe(Effect.timeout("5 seconds"))
    try {
      const { id, stellar_memo: memo } = await runClient(asked)
      if (memo === undefined) throw new Error(`${id} was given no memo to pay with`)
      const made = { id, memo, amount, digits }
      this.announced.push(made)
      this.waiting.push(made)
      this.counts.announced += 1
    } catch {
      this.counts.unanswered += 1
      await pause(150)
    }
  }

  private async paying(): Promise<void> {
    let next = performance.now()
    while (this.running) {
      next = Math.max(next + 1000 / this.perSecond, performance.now() - 1000)
      await pause(Math.max(0, next - performance.now()))
      const announced = this.waiting.shift()
      if (announced === undefined) continue
      await this.field.kedge.pay(announced.memo, announced.amount)
      this.paid.push({ ...announced, at: performance.now() })
      this.counts.paid += 1
      if (this.chance.happens(0.06)) await this.payWrongly(announced)
    }
  }

  private async payWrongly(paidAlready: Announced): Promise<void> {
    this.counts.wrong += 1
    const { kedge } = this.field
    const other = this.waiting[0]
    switch (this.chance.below(5)) {
      case 0:
        return kedge.pay(paidAlready.memo, paidAlready.amount)
      case 1:
        return kedge.pay(String(this.chance.next() >> 1n), "7")
      case 2:
        // Dust and excess under a memo that is still to be paid: they must not close it.
        return kedge.pay(other?.memo ?? paidAlready.memo, "0.0000001")
      case 3:
        return kedge.pay(other?.memo ?? paidAlready.memo, "101")
      default:
        await fetch(`${kedge.sandboxUrl}/sandbox/fund`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ account: kedge.receiver, asset_code: "EURC", amount: "3" })
        })
    }
  }
}

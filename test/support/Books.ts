// What a transaction's commands amount to, kept by other code than the machine's: attempts, reservation, journal.
import { toStroops } from "../../machines/domain/Amount.ts"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import type { Account, TransactionCommand } from "../../machines/transaction/commands.ts"

export type AttemptState = "open" | "delivered" | "refused" | "voided" | "failed"

export class Books {
  readonly attempts = new Map<PayoutId, AttemptState>()
  /** What each attempt that was planned is to pay, in stroops. */
  readonly planned = new Map<PayoutId, bigint>()
  readonly refunds: Array<bigint> = []
  refund: "none" | "planned" | "open" | "held" | "confirmed" | "cancelled" = "none"
  readonly linked: Array<"sender" | "receiver"> = []
  /** By account, and by asset where it is not the one received. */
  private readonly balances = new Map<string, bigint>()
  reserved = { payout: 0n, refund: 0n, fee: 0n }

  get open(): ReadonlyArray<PayoutId> {
    return [...this.attempts].flatMap(([id, state]) => (state === "open" ? [id] : []))
  }

  balance(account: Account, asset: string | null = null): bigint {
    return this.balances.get(lineOf(account, asset)) ?? 0n
  }

  get accounts(): ReadonlyArray<readonly [string, bigint]> {
    return [...this.balances]
  }

  take(commands: ReadonlyArray<TransactionCommand>): void {
    for (const command of commands) this.takeOne(command)
  }

  private takeOne(command: TransactionCommand): void {
    switch (command.type) {
      case "executePayout":
        if (this.attempts.has(command.payoutId)) throw new Error(`${command.payoutId} is planned twice`)
        this.attempts.set(command.payoutId, "open")
        this.planned.set(command.payoutId, toStroops(command.amount))
        return
      case "closePayout":
        this.known(command.payoutId)
        this.attempts.set(command.payoutId, command.as)
        return
      case "retryPayout":
      case "lookUpPayout":
      case "awaitConfirmation":
      case "holdPayout":
        if (this.known(command.payoutId) !== "open") throw new Error(`${command.payoutId} is over`)
        return
      case "reserve":
        this.reserved = {
          payout: toStroops(command.payout),
          refund: toStroops(command.refund),
          fee: toStroops(command.fee)
        }
        return
      case "recordRefund":
        if (!/^[0-9a-f]{64}$/.test(command.stellarTransactionId))
          throw new Error(`a refund on Stellar without its hash: ${command.stellarTransactionId}`)
        this.refunds.push(toStroops(command.amount))
        return
      case "book":
        this.move(command.from, command.asset, -toStroops(command.amount))
        this.move(command.to, command.asset, toStroops(command.amount))
        return
      case "planRefund":
        if (this.refund !== "none") throw new Error(`a refund is planned twice: it is ${this.refund}`)
        this.refund = "planned"
        return
      case "cancelRefund":
        if (this.refund === "open")
          throw new Error("a refund is cancelled while its envelope may be on the ledger")
        this.refund = "cancelled"
        return
      case "openEnvelope":
        if (this.refund === "confirmed" || this.refund === "cancelled" || this.refund === "none")
          throw new Error(`an envelope is opened for a refund that is ${this.refund}`)
        this.refund = "open"
        return
      case "closeRefund":
        this.refund = command.as
        return
      case "linkCustomer":
        this.linked.push(command.party)
        return
      case "requestCustomerInfo":
        if (command.fields.length === 0) throw new Error("a customer is asked for nothing")
    }
  }

  private move(account: Account, asset: string | null, amount: bigint): void {
    this.balances.set(lineOf(account, asset), this.balance(account, asset) + amount)
  }

  private known(id: PayoutId): AttemptState {
    const state = this.attempts.get(id)
    if (state === undefined) throw new Error(`${id} was never planned`)
    return state
  }
}

const lineOf = (account: Account, asset: string | null): string =>
  asset === null ? account : `${account} ${asset}`

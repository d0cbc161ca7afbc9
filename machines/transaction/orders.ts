/**
 * How each command is filled: the action of the machine's transitions that issues it, reading context and event.
 *
 * Gotcha: actions of one transition run in order, so a command placed after an assignment says what the assignment made true.
 */
import { type Amount, subtract, zero } from "../domain/Amount.ts"
import { payoutId } from "../domain/Ids.ts"
import type * as Command from "./commands.ts"
import type { Price, TransactionContext } from "./context.ts"
import type { TransactionEvent } from "./events.ts"

export type Params<C extends { readonly type: string }> = Omit<C, "type">

interface Args {
  readonly context: TransactionContext
  readonly event: TransactionEvent
}

/** The price a conversion goes by: the quote's, or that of receipt; null where the asset received is delivered. */
export const priceOf = (c: TransactionContext): Price | null =>
  c.terms.conversion === null ? null : (c.terms.conversion.price ?? c.price)

/** What is left of the accepted amount after the fee, in the asset received. */
export const left = (c: TransactionContext): Amount => subtract(c.accepted ?? zero, c.fee ?? zero)

/** What the Receiving Client gets, in the asset delivered. */
export const net = (c: TransactionContext): Amount => priceOf(c)?.buyAmount ?? left(c)

const current = ({ context }: Args) => ({ payoutId: payoutId(context.id, context.attempt) })
const externalIdOf = (event: TransactionEvent) => ("externalId" in event ? event.externalId : null)

export const execute = {
  type: "executePayout" as const,
  params: ({ context }: Args): Params<Command.ExecutePayout> => ({
    payoutId: payoutId(context.id, context.attempt),
    amount: net(context),
    fee: context.fee ?? zero
  })
}
export const retry = { type: "retryPayout" as const, params: current }
export const lookUp = { type: "lookUpPayout" as const, params: current }
export const hold = { type: "holdPayout" as const, params: current }
export const confirmLater = {
  type: "awaitConfirmation" as const,
  params: (args: Args): Params<Command.AwaitConfirmation> => ({
    ...current(args),
    externalId: externalIdOf(args.event)
  })
}
export const closed = (as: Command.ClosePayout["as"]) => ({
  type: "closePayout" as const,
  params: (args: Args): Params<Command.ClosePayout> => ({
    ...current(args),
    as,
    externalId: externalIdOf(args.event)
  })
})

export const askCustomer = {
  type: "requestCustomerInfo" as const,
  params: ({ context }: Args): Params<Command.RequestCustomerInfo> => ({
    party: context.party ?? "receiver",
    fields: context.fields
  })
}

/** Payout and refund exclude each other: what is not delivered, kept or owed back is not reserved. */
export const reserve = {
  type: "reserve" as const,
  params: ({ context }: Args): Params<Command.Reserve> => ({
    payout: left(context),
    refund: context.owed ?? (context.refunded ? (context.received ?? zero) : zero),
    fee: context.fee ?? zero
  })
}
export const release = {
  type: "reserve" as const,
  params: (): Params<Command.Reserve> => ({ payout: zero, refund: zero, fee: zero })
}

export const bookReceipt = {
  type: "book" as const,
  params: ({ context }: Args): Params<Command.Book> => ({
    from: "ledger-in",
    to: "payable",
    amount: context.received ?? zero,
    asset: null
  })
}
/** One asset leaves by the exchange account and another comes out of it, so each sums to zero on its own. */
export const bookExchange = {
  type: "book" as const,
  params: ({ context }: Args): Params<Command.Book> => ({
    from: "payable",
    to: "exchange",
    amount: context.terms.conversion === null ? zero : left(context),
    asset: null
  })
}
export const bookDelivery = {
  type: "book" as const,
  params: ({ context }: Args): Params<Command.Book> => ({
    from: context.terms.conversion === null ? "payable" : "exchange",
    to: "rail-out",
    amount: context.delivered ?? zero,
    asset: context.terms.conversion?.to ?? null
  })
}
/** A fee taken in the asset delivered. */
export const bookFeeOfDelivery = {
  type: "book" as const,
  params: ({ context }: Args): Params<Command.Book> => {
    const fee = priceOf(context)?.fee
    const isDelivered = fee !== undefined && fee.asset === context.terms.conversion?.to
    return {
      from: "exchange",
      to: "fee",
      amount: isDelivered ? fee.total : zero,
      asset: context.terms.conversion?.to ?? null
    }
  }
}
export const bookFee = {
  type: "book" as const,
  params: ({ context }: Args): Params<Command.Book> => ({
    from: "payable",
    to: "fee",
    amount: context.fee ?? zero,
    asset: null
  })
}
const returned = (event: TransactionEvent) =>
  event.type === "payout.refundedByIntegrator" || event.type === "refund.confirmed" ? event.amount : zero
export const bookReturn = {
  type: "book" as const,
  params: ({ event }: Args): Params<Command.Book> => ({
    from: "payable",
    to: "refund-out",
    amount: returned(event),
    asset: null
  })
}
export const recordReturn = {
  type: "recordRefund" as const,
  params: ({ event }: Args): Params<Command.RecordRefund> => ({
    amount: returned(event),
    stellarTransactionId:
      (event.type === "payout.refundedByIntegrator" || event.type === "refund.confirmed"
        ? event.stellarTransactionId
        : null) ?? ""
  })
}

export const link = {
  type: "linkCustomer" as const,
  params: ({ event }: Args): Params<Command.LinkCustomer> => {
    if (event.type !== "customer.linked") throw new Error(`${event.type} links no customer`)
    const { customerId, customerType, party } = event
    return { party, customerId, customerType }
  }
}

export const planRefund = {
  type: "planRefund" as const,
  params: ({ context }: Args): Params<Command.PlanRefund> => ({ amount: context.owed ?? zero })
}
export const cancelRefund = {
  type: "cancelRefund" as const,
  params: (): Params<Command.CancelRefund> => ({})
}
export const openEnvelope = {
  type: "openEnvelope" as const,
  params: ({ event }: Args): Params<Command.OpenEnvelope> => ({
    hash: event.type === "refund.submitted" ? event.hash : ""
  })
}
export const refundClosed = (as: Command.CloseRefund["as"]) => ({
  type: "closeRefund" as const,
  params: (): Params<Command.CloseRefund> => ({ as })
})

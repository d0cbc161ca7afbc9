/**
 * Transitions that several states share: what a rail may answer, how money goes back, and what lets a transaction be paid.
 *
 * Plain data for ./machine.ts, which alone knows XState; guards and assignments are named as they are there.
 */
import {
  askCustomer,
  bookDelivery,
  bookExchange,
  bookFee,
  bookFeeOfDelivery,
  bookReturn,
  cancelRefund,
  closed,
  confirmLater,
  execute,
  link,
  planRefund,
  recordReturn,
  release,
  reserve
} from "./orders.ts"

/** A funded transaction whose money was never delivered may be given up, or returned by the integrator itself. */
export const endings = {
  "payout.rejected": {
    guard: "isCurrent" as const,
    target: "#refundOwed",
    actions: [closed("refused"), "oweAll" as const, reserve, planRefund]
  },
  "payout.failed": {
    guard: "isCurrent" as const,
    target: "#error",
    actions: [closed("failed"), "giveUp" as const, release]
  },
  "payout.refundedByIntegrator": [
    {
      guard: "returnedAllOnStellar" as const,
      target: "#refunded",
      actions: [closed("refused"), "returnAll" as const, reserve, recordReturn, bookReturn]
    },
    {
      guard: "returnedAllElsewhere" as const,
      target: "#error",
      actions: [closed("refused"), "returnAll" as const, reserve, bookReturn]
    }
  ]
}

/** The integrator returned everything before we did: a planned refund must not be made as well. */
export const returnedInstead = endings["payout.refundedByIntegrator"].map(({ actions, ...rest }) => ({
  ...rest,
  actions: [...actions, cancelRefund]
}))

/** What a rail may answer about the newest attempt, now or late, to a call, a look-up, a poll or a report. */
export const answers = {
  ...endings,
  "payout.delivered": [
    {
      guard: "isCurrentWithPartOwed" as const,
      target: "#partRefundOwed",
      actions: [
        "deliver" as const,
        "countDelivered" as const,
        closed("delivered"),
        reserve,
        bookExchange,
        bookDelivery,
        bookFee,
        bookFeeOfDelivery,
        planRefund
      ]
    },
    {
      guard: "isCurrentAndFeeHolds" as const,
      target: "#completed",
      actions: [
        "deliver" as const,
        "countDelivered" as const,
        closed("delivered"),
        reserve,
        bookExchange,
        bookDelivery,
        bookFee,
        bookFeeOfDelivery
      ]
    }
  ],
  "payout.partlyRefused": [
    {
      guard: "refusesPartAndDeliveredRest" as const,
      target: "#partRefundOwed",
      actions: [
        "refusePart" as const,
        "countDelivered" as const,
        closed("delivered"),
        reserve,
        bookExchange,
        bookDelivery,
        bookFee,
        bookFeeOfDelivery,
        planRefund
      ]
    },
    {
      guard: "refusesPartAndSentRest" as const,
      target: "#confirming",
      actions: ["refusePart" as const, reserve, confirmLater]
    }
  ],
  "payout.neededTransactionInfo": {
    guard: "isCurrentAndNamesFields" as const,
    target: "#awaitingUpdate",
    actions: [closed("refused"), "askFields" as const]
  },
  "payout.neededCustomerInfo": {
    guard: "isCurrentAndNamesFields" as const,
    target: "#awaitingCustomer",
    actions: [closed("refused"), "askFields" as const, askCustomer]
  },
  "payout.voided": {
    guard: "isCurrent" as const,
    target: "#payingOut",
    actions: [closed("voided"), "raiseAttempt" as const, execute]
  }
}
/** Before any payment: both customers must be accepted first (S31-KYC-04); there is no money to return yet (S31-KYC-07). */
export const gate = {
  "customer.linked": { actions: [link] },
  "customers.accepted": { target: "#awaitingPayment", actions: ["becomeReady" as const] },
  "customer.rejected": { target: "#error", actions: ["keepNote" as const] },
  "expiry.passed": { target: "#expired" }
}
export const becomesPending = { guard: "isCurrent" as const, target: "#confirming", actions: [confirmLater] }

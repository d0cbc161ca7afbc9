/**
 * The lifecycle of a SEP-31 transaction. Its top-level states are the statuses of the specification.
 *
 * It decides and nothing else: commands come out as data, nothing is invoked, nothing is delayed. XState restarts an
 * invocation when a snapshot is restored, so an invoked payout would be a double payout waiting for a crash.
 */
import { assign, setup } from "xstate"
import { isLess, subtract, zero } from "../domain/Amount.ts"
import type { TransactionId } from "../domain/Ids.ts"
import type * as Command from "./commands.ts"
import { initialContext, type Terms, type TransactionContext } from "./context.ts"
import type { TransactionEvent } from "./events.ts"
import * as guards from "./guards.ts"
import { answers, becomesPending, endings, gate, returnedInstead } from "./answers.ts"
import {
  bookReceipt,
  bookReturn,
  cancelRefund,
  execute,
  hold,
  lookUp,
  net,
  openEnvelope,
  planRefund,
  recordReturn,
  refundClosed,
  reserve,
  retry,
  type Params
} from "./orders.ts"

const stored = (): never => {
  throw new Error("a command is data: the runtime stores it, nothing calls it")
}

const noteOf = (event: TransactionEvent) => ("note" in event ? event.note : null)

const machineSetup = setup({
  types: {
    context: {} as TransactionContext,
    events: {} as TransactionEvent,
    input: {} as { readonly id: TransactionId; readonly terms: Terms }
  },
  guards: {
    canFund: guards.canFund,
    mustReturnAll: guards.mustReturnAll,
    isCurrent: guards.isCurrent,
    isCurrentAndFeeHolds: guards.isCurrentAndFeeHolds,
    isCurrentWithPartOwed: guards.isCurrentWithPartOwed,
    isCurrentAndNamesFields: guards.isCurrentAndNamesFields,
    willRepeat: guards.willRepeat,
    willLookUp: guards.willLookUp,
    willHold: guards.willHold,
    refusesPartAndDeliveredRest: guards.refusesPartAndDeliveredRest,
    refusesPartAndSentRest: guards.refusesPartAndSentRest,
    returnedAllOnStellar: guards.returnedAllOnStellar,
    returnedAllElsewhere: guards.returnedAllElsewhere,
    returnedOwedPart: guards.returnedOwedPart,
    confirmsWhatIsOwed: guards.confirmsWhatIsOwed,
    isSubmitted: guards.isSubmitted,
    coversRequiredFields: guards.coversRequiredFields
  },
  actions: {
    executePayout: (_, _params: Params<Command.ExecutePayout>) => stored(),
    retryPayout: (_, _params: Params<Command.RetryPayout>) => stored(),
    lookUpPayout: (_, _params: Params<Command.LookUpPayout>) => stored(),
    awaitConfirmation: (_, _params: Params<Command.AwaitConfirmation>) => stored(),
    holdPayout: (_, _params: Params<Command.HoldPayout>) => stored(),
    closePayout: (_, _params: Params<Command.ClosePayout>) => stored(),
    requestCustomerInfo: (_, _params: Params<Command.RequestCustomerInfo>) => stored(),
    reserve: (_, _params: Params<Command.Reserve>) => stored(),
    recordRefund: (_, _params: Params<Command.RecordRefund>) => stored(),
    planRefund: (_, _params: Params<Command.PlanRefund>) => stored(),
    cancelRefund: (_, _params: Params<Command.CancelRefund>) => stored(),
    openEnvelope: (_, _params: Params<Command.OpenEnvelope>) => stored(),
    closeRefund: (_, _params: Params<Command.CloseRefund>) => stored(),
    linkCustomer: (_, _params: Params<Command.LinkCustomer>) => stored(),
    book: (_, _params: Params<Command.Book>) => stored(),

    becomeReady: assign({ ready: true }),
    receive: assign(({ context, event }) => {
      if (event.type !== "payment.matched") return {}
      const accepted = guards.acceptedOf(context.terms, event.amount)
      const hasExcess = isLess(accepted, event.amount)
      return {
        received: event.amount,
        accepted,
        fee: guards.feeReceived(context.terms, accepted, event.price),
        owed: hasExcess ? subtract(event.amount, accepted) : null,
        price: context.terms.conversion?.price === null ? event.price : null
      }
    }),
    raiseAttempt: assign({
      attempt: ({ context }) => context.attempt + 1,
      fields: [],
      party: null,
      note: null
    }),
    keepNote: assign({ note: ({ event }) => noteOf(event) }),
    giveUp: assign({ fields: [], party: null, note: ({ event }) => noteOf(event) }),
    askFields: assign({
      fields: ({ event }) => ("fields" in event ? event.fields : []),
      party: ({ event }) => ("party" in event ? event.party : null),
      note: ({ event }) => noteOf(event)
    }),
    deliver: assign({
      fee: ({ context, event }) =>
        event.type === "payout.delivered" ? (event.fee ?? context.fee) : context.fee,
      note: null
    }),
    countDelivered: assign({ delivered: ({ context }) => net(context) }),
    refusePart: assign(({ context, event }) =>
      event.type === "payout.partlyRefused" && context.accepted !== null
        ? {
            owed: event.refused,
            accepted: subtract(context.accepted, event.refused),
            note: event.note
          }
        : {}
    ),
    oweAll: assign({
      owed: ({ context }) => context.received,
      accepted: zero,
      fee: zero,
      fields: [],
      party: null,
      note: ({ event }) => noteOf(event)
    }),
    returnAll: assign({
      owed: null,
      accepted: zero,
      fee: zero,
      fields: [],
      party: null,
      refunded: true,
      note: ({ event }) => noteOf(event)
    }),
    returnPart: assign({ owed: null, submitted: false }),
    submit: assign({ submitted: true }),
    withdraw: assign({ submitted: false, note: ({ event }) => noteOf(event) }),
    confirmAll: assign({ owed: null, submitted: false, refunded: true })
  }
})

export const transactionMachine = machineSetup.createMachine({
  id: "transaction",
  context: ({ input }) => initialContext(input),
  initial: "pending_sender",
  states: {
    pending_sender: {
      initial: "awaitingPayment",
      states: {
        // Waits for the Sending Anchor's payment; the sweep over expires_at ends it, on ledger time.
        awaitingPayment: {
          id: "awaitingPayment",
          on: {
            "payment.matched": [
              {
                guard: "mustReturnAll",
                target: "#refundOwed",
                actions: ["receive", "oweAll", reserve, bookReceipt, planRefund]
              },
              {
                guard: "canFund",
                target: "#payingOut",
                actions: ["receive", "raiseAttempt", execute, reserve, bookReceipt]
              }
            ],
            "customer.rejected": { target: "#error", actions: ["keepNote"] },
            "expiry.passed": { target: "#expired" }
          }
        }
      }
    },
    pending_receiver: {
      initial: "payingOut",
      states: {
        // Before any payment: a customer's verdict is awaited. Ends by it, or by expiry.
        checking: { id: "checking", on: { ...gate, "customers.needInfo": { target: "#awaitingData" } } },
        // The rail is being asked. Ends by its answer; a crash leaves a lease that runs out, and then the rail is looked up.
        payingOut: {
          id: "payingOut",
          on: {
            ...answers,
            "payout.pending": becomesPending,
            "payout.notAccepted": { guard: "isCurrent", actions: [retry] },
            "payout.unknown": [
              { guard: "willRepeat", actions: [retry] },
              { guard: "willLookUp", target: "#lookingUp", actions: ["keepNote", lookUp] },
              { guard: "isCurrent", target: "#held", actions: ["keepNote", hold] }
            ]
          }
        },
        // Unknown whether the money moved: the rail is asked, never told again. Ends by its answer.
        lookingUp: {
          id: "lookingUp",
          on: {
            ...answers,
            "payout.pending": becomesPending,
            "payout.unknown": { guard: "isCurrent", target: "#held", actions: ["keepNote", hold] }
          }
        },
        // Nobody can be asked. Ends by a late answer, a report of the integrator, or a person.
        held: { id: "held", on: { ...answers, "payout.pending": becomesPending } },
        // Everything is owed back to the payer. Ends by an envelope of ours, or when the integrator has returned it.
        refundOwed: {
          id: "refundOwed",
          on: {
            "payout.refundedByIntegrator": returnedInstead,
            "refund.submitted": { target: "#refunding", actions: ["submit", openEnvelope] },
            "refund.held": { actions: ["keepNote", refundClosed("held")] }
          }
        },
        // Delivered but for a part, which is owed back. Ends when that part has been returned.
        partRefundOwed: {
          id: "partRefundOwed",
          on: {
            "payout.refundedByIntegrator": {
              guard: "returnedOwedPart",
              target: "#completed",
              actions: ["returnPart", cancelRefund, recordReturn, bookReturn]
            },
            "refund.submitted": { actions: ["submit", openEnvelope] },
            "refund.confirmed": {
              guard: "confirmsWhatIsOwed",
              target: "#completed",
              actions: ["returnPart", refundClosed("confirmed"), recordReturn, bookReturn]
            },
            "refund.held": { actions: ["withdraw", refundClosed("held")] }
          }
        }
      }
    },
    pending_stellar: {
      initial: "refunding",
      states: {
        // An envelope that returns everything may be on the ledger: asked about when due, and nothing else can be done with the
        // money until the ledger has closed it.
        refunding: {
          id: "refunding",
          on: {
            "refund.submitted": { actions: [openEnvelope] },
            "refund.confirmed": {
              guard: "confirmsWhatIsOwed",
              target: "#refunded",
              actions: ["confirmAll", refundClosed("confirmed"), recordReturn, bookReturn]
            },
            "refund.held": { target: "#refundOwed", actions: ["withdraw", refundClosed("held")] }
          }
        }
      }
    },
    pending_external: {
      initial: "confirming",
      states: {
        // The rail has taken the payout and confirms later: polled when due. Not to know yet is no news here; an answer that
        // contradicts the payout is, and goes to a person.
        confirming: {
          id: "confirming",
          on: {
            ...answers,
            "payout.unknown": { guard: "willHold", target: "#held", actions: ["keepNote", hold] }
          }
        }
      }
    },
    pending_transaction_info_update: {
      initial: "awaitingUpdate",
      states: {
        // The Sending Anchor must PATCH the fields; raised again when due. The integrator may give up.
        awaitingUpdate: {
          id: "awaitingUpdate",
          on: {
            ...endings,
            "transaction.updated": {
              guard: "coversRequiredFields",
              target: "#payingOut",
              actions: ["raiseAttempt", execute]
            }
          }
        }
      }
    },
    pending_customer_info_update: {
      initial: "awaitingCustomer",
      states: {
        // Before any payment: a side has no customer yet, or one that must give more. Ends by PUT /customer, or by expiry.
        awaitingData: {
          id: "awaitingData",
          on: { ...gate, "customers.processing": { target: "#checking" } }
        },
        // The Sending Anchor must PUT corrected customer data; the verdict is asked again when due.
        awaitingCustomer: {
          id: "awaitingCustomer",
          on: {
            ...endings,
            "customers.accepted": { target: "#payingOut", actions: ["raiseAttempt", execute] },
            "customer.rejected": { target: "#refundOwed", actions: ["oweAll", reserve, planRefund] }
          }
        }
      }
    },
    completed: { id: "completed", type: "final" },
    refunded: { id: "refunded", type: "final" },
    expired: { id: "expired", type: "final" },
    error: { id: "error", type: "final" }
  }
})

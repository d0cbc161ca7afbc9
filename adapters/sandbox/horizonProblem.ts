// How does Horizon say no? application/problem+json, with a type under stellar.org that clients tell cases apart by.

import type { JsonObject } from "./AppliedOperation.ts"
import type { ResultCodes } from "./transactionResult.ts"

/** Thrown by what answers a request, and sent as its answer. */
export class HorizonProblem extends Error {
  readonly status: number
  readonly body: JsonObject

  constructor(status: number, type: string, title: string, detail: string, extras?: JsonObject) {
    super(title)
    this.status = status
    this.body = {
      type: `https://stellar.org/horizon-errors/${type}`,
      title,
      status,
      detail,
      ...(extras === undefined ? {} : { extras })
    }
  }
}

export const notFound = (what: string): HorizonProblem =>
  new HorizonProblem(404, "not_found", "Resource Missing", `The sandbox's ledger has no ${what}.`)

export const badRequest = (field: string, reason: string): HorizonProblem =>
  new HorizonProblem(400, "bad_request", "Bad Request", `The request is invalid in ${field}: ${reason}.`, {
    invalid_field: field,
    reason
  })

export const malformed = (envelope: string): HorizonProblem =>
  new HorizonProblem(
    400,
    "transaction_malformed",
    "Transaction Malformed",
    "The `tx` given is not the base64 of an XDR TransactionEnvelope; `extras.envelope_xdr` repeats it.",
    { envelope_xdr: envelope }
  )

export const transactionFailed = (
  hash: string,
  envelopeXdr: string,
  resultXdr: string,
  codes: ResultCodes
): HorizonProblem =>
  new HorizonProblem(
    400,
    "transaction_failed",
    "Transaction Failed",
    "The transaction was refused or failed; `extras.result_codes` tells by which rule.",
    { hash, envelope_xdr: envelopeXdr, result_codes: { ...codes }, result_xdr: resultXdr }
  )

export const timedOut = (hash: string, envelopeXdr: string): HorizonProblem =>
  new HorizonProblem(
    504,
    "timeout",
    "Timeout",
    "No ledger has decided the transaction in time. It may still be included: ask for it by its hash.",
    { hash, envelope_xdr: envelopeXdr }
  )

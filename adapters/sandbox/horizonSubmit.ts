// What becomes of an envelope that is posted? POST /transactions waits for the ledger that decides; POST /transactions_async answers at once. A transaction that
// a ledger took in and that failed is answered like one that was refused, except that it is in the history.

import type { IncomingMessage } from "node:http"
import { HorizonProblem, malformed, timedOut, transactionFailed } from "./horizonProblem.ts"
import { transactionCodes } from "./resultCodes.ts"
import { int32, int64 } from "./xdrWriter.ts"
import { readBody } from "./httpAnswers.ts"
import type { Ledger, Settlement } from "./Ledger.ts"
import type { HistoryTransaction } from "./LedgerHistory.ts"

const envelopeOf = async (request: IncomingMessage, url: URL): Promise<string> => {
  const type = request.headers["content-type"] ?? "application/x-www-form-urlencoded"
  if (!type.startsWith("application/x-www-form-urlencoded")) {
    throw new HorizonProblem(
      415,
      "unsupported_media_type",
      "Unsupported Media Type",
      `The body must be application/x-www-form-urlencoded with a member tx, not ${type}.`
    )
  }
  const body = new URLSearchParams(await readBody(request))
  const tx = body.get("tx") ?? url.searchParams.get("tx") ?? ""
  // A plus sign that was not percent-encoded arrives as a blank, which base64 has none of.
  return tx.replaceAll(" ", "+")
}

const within = async <A>(milliseconds: number, promise: Promise<A>): Promise<A | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const included = (settlement: Settlement | undefined): HistoryTransaction | undefined =>
  settlement?.status === "included" ? settlement.transaction : undefined

/** The transaction as its ledger has it; throws the problem to answer with when it is not there or failed. */
export const submitAndWait = async (
  ledger: Ledger,
  request: IncomingMessage,
  url: URL,
  timeoutMs: number
): Promise<HistoryTransaction> => {
  const xdr = await envelopeOf(request, url)
  const submission = ledger.submit(xdr)
  if (submission.status === "malformed") throw malformed(xdr)
  const { hash } = submission
  if (submission.status === "refused") {
    throw transactionFailed(hash, xdr, submission.resultXdr, submission.resultCodes)
  }
  const transaction = included(await within(timeoutMs, submission.settled))
  if (transaction === undefined) throw timedOut(hash, xdr)
  if (!transaction.isSuccessful) {
    throw transactionFailed(hash, xdr, transaction.resultXdr, transaction.resultCodes)
  }
  return transaction
}

// The network forgets what it has applied, so it takes a transaction sent again for one whose turn has passed.
const BAD_SEQUENCE = Buffer.concat([int64(0n), int32(transactionCodes.tx_bad_seq), int32(0)]).toString(
  "base64"
)

export interface AsyncAnswer {
  readonly status: number
  readonly body: {
    readonly tx_status: "PENDING" | "DUPLICATE" | "ERROR"
    readonly hash: string
    readonly error_result_xdr?: string
  }
}

export const submitAsync = async (
  ledger: Ledger,
  request: IncomingMessage,
  url: URL
): Promise<AsyncAnswer> => {
  const xdr = await envelopeOf(request, url)
  const submission = ledger.submit(xdr)
  if (submission.status === "malformed") throw malformed(xdr)
  const { hash } = submission
  const error = (resultXdr: string): AsyncAnswer => ({
    status: 400,
    body: { tx_status: "ERROR", hash, error_result_xdr: resultXdr }
  })
  if (submission.status === "refused") return error(submission.resultXdr)
  if (ledger.history.transaction(hash) !== undefined) return error(BAD_SEQUENCE)
  return submission.status === "pending"
    ? { status: 201, body: { tx_status: "PENDING", hash } }
    : { status: 409, body: { tx_status: "DUPLICATE", hash } }
}

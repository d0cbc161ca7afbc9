/**
 * `StellarSubmission` over Horizon: envelopes go in by /transactions_async, which answers at once; by /transactions where a
 * server has none, which waits for the ledger.
 *
 * Gotcha: only a code that the network itself gave is a refusal. A 504, a 503, a line that was cut and a body that nobody can
 * read are all `LedgerUnavailable`: the envelope may be on its way.
 */
import { Effect, Result, Schema } from "effect"
import type { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"
import { StellarSubmission, type Submitted } from "../../src/ports/StellarSubmission.ts"
import { closedAtOf } from "./readRecord.ts"
import type { HorizonClient } from "./HorizonClient.ts"
import { readHoldings } from "./readHoldings.ts"
import { readResult } from "./readResult.ts"
import { makeRoot, plain, senseless } from "./readRoot.ts"

const decodeAsync = Schema.decodeUnknownResult(
  Schema.Struct({ tx_status: Schema.String, error_result_xdr: Schema.optionalKey(Schema.String) })
)
const decodeWaited = Schema.decodeUnknownResult(Schema.Struct({ successful: Schema.Boolean }))
const decodeFailed = Schema.decodeUnknownResult(
  Schema.Struct({ type: Schema.String, extras: Schema.Struct({ result_xdr: Schema.String }) })
)
const decodeProblem = Schema.decodeUnknownResult(Schema.Struct({ type: Schema.String }))
const decodeTransaction = Schema.decodeUnknownResult(
  Schema.Struct({ successful: Schema.Boolean, ledger: Schema.Int, result_xdr: Schema.String })
)
const Stroops = Schema.String.check(Schema.isPattern(/^\d{1,15}$/))
const decodeFees = Schema.decodeUnknownResult(
  Schema.Struct({ fee_charged: Schema.Struct({ p90: Stroops }), last_ledger_base_fee: Stroops })
)

const taken: Submitted = { _tag: "Taken" }

const refused = (what: string, resultXdr: string): Effect.Effect<Submitted, LedgerUnavailable> => {
  const codes = readResult(resultXdr)
  return codes === null
    ? Effect.fail(senseless(what, "refused an envelope with a result that nobody can read"))
    : Effect.succeed({ _tag: "Refused", code: codes.transaction, operations: codes.operations })
}

/** Horizon's word for an envelope that is no XDR at all: a mistake of ours, which no waiting cures. */
const isMalformed = (body: unknown): boolean => {
  const problem = decodeProblem(body)
  return Result.isSuccess(problem) && problem.success.type.endsWith("/transaction_malformed")
}
const malformed: Submitted = { _tag: "Refused", code: "tx_malformed", operations: [] }

export const make = (client: HorizonClient, passphrase: string) =>
  Effect.gen(function* () {
    const root = yield* makeRoot(client)

    /** A record, or null where Horizon has none. */
    const record = (path: string) =>
      client.get(path).pipe(
        Effect.catchTag("HorizonProblem", (problem) =>
          problem.status === 404 ? Effect.succeed(null) : Effect.fail(plain(`GET ${path}`, problem))
        ),
        Effect.catchTag("AnswerTooLarge", (error) => Effect.fail(plain(`GET ${path}`, error)))
      )
    const post = (path: string, tx: string) =>
      client
        .post(path, { tx })
        .pipe(Effect.catchTag("AnswerTooLarge", (error) => Effect.fail(plain(`POST ${path}`, error))))

    const submitAndWait = Effect.fnUntraced(function* (envelope: string) {
      const path = "/transactions"
      const { body, status } = yield* post(path, envelope)
      if (status === 200 && Result.isSuccess(decodeWaited(body))) return taken
      if (status === 400 && isMalformed(body)) return malformed
      const failed = decodeFailed(body)
      return status === 400 && Result.isSuccess(failed)
        ? yield* refused(`POST ${path}`, failed.success.extras.result_xdr)
        : yield* senseless(`POST ${path}`, `answered ${status}, which decides nothing`)
    })

    const submit = Effect.fnUntraced(function* (envelope: string) {
      const path = "/transactions_async"
      const { body, status } = yield* post(path, envelope)
      if (status === 404 || status === 405) return yield* submitAndWait(envelope)
      if (status === 400 && isMalformed(body)) return malformed
      const read = decodeAsync(body)
      if (Result.isFailure(read))
        return yield* senseless(`POST ${path}`, `answered ${status}, without a word`)
      const { error_result_xdr: resultXdr, tx_status: said } = read.success
      if (said === "PENDING" || said === "DUPLICATE") return taken
      return said === "ERROR" && resultXdr !== undefined
        ? yield* refused(`POST ${path}`, resultXdr)
        : yield* senseless(`POST ${path}`, `said ${said}`)
    })

    const feeStats = Effect.gen(function* () {
      const path = "/fee_stats"
      const answer = yield* record(path)
      const read = decodeFees(answer?.body)
      return Result.isFailure(read)
        ? yield* senseless(`GET ${path}`, "no fees are told")
        : Math.max(Number(read.success.fee_charged.p90), Number(read.success.last_ledger_base_fee))
    })

    return StellarSubmission.of({
      submit,
      account: Effect.fnUntraced(function* (id) {
        const answer = yield* record(`/accounts/${id}`)
        if (answer === null) return null
        const read = readHoldings(answer.body, answer.latestLedger)
        return Result.isFailure(read) ? yield* senseless("GET /accounts", read.failure) : read.success
      }),
      transaction: Effect.fnUntraced(function* (hash) {
        const answer = yield* record(`/transactions/${hash}`)
        if (answer === null) return null
        const read = decodeTransaction(answer.body)
        if (Result.isFailure(read))
          return yield* senseless("GET /transactions", "the record is no transaction")
        const { ledger, result_xdr: resultXdr, successful } = read.success
        const codes = successful ? null : readResult(resultXdr)
        return { successful, ledger, codes: codes === null ? [] : [codes.transaction, ...codes.operations] }
      }),
      newest: Effect.gen(function* () {
        const { latest, passphrase: told } = yield* root
        // What another ledger does not hold proves nothing about ours.
        if (told !== passphrase) return yield* senseless("GET /", `is of the network "${told}", not ours`)
        return { ...latest, fee: yield* feeStats }
      }),
      keptSinceMillis: Effect.gen(function* () {
        const { elder } = yield* root
        const answer = yield* record(`/ledgers/${elder}`)
        const closedAt =
          answer !== null &&
          typeof answer.body === "object" &&
          answer.body !== null &&
          "closed_at" in answer.body
            ? closedAtOf({ created_at: answer.body.closed_at })
            : null
        return closedAt ?? (yield* senseless(`GET /ledgers/${elder}`, "the ledger tells no time"))
      })
    })
  })

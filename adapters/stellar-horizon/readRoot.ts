/**
 * Horizon's root document: which network it serves, its newest ledger, and how far back its history goes. At most a second old.
 */
import { Effect, Exit, Result, Schema } from "effect"
import { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"
import type { HorizonClient, HorizonProblem } from "./HorizonClient.ts"
import type { ClosedLedger } from "./readPage.ts"
import { closedAtOf } from "./readRecord.ts"

const Root = Schema.Struct({
  network_passphrase: Schema.String,
  history_latest_ledger: Schema.Int,
  history_latest_ledger_closed_at: Schema.String,
  history_elder_ledger: Schema.Int
})
const decodeRoot = Schema.decodeUnknownResult(Root)

/** An answer that says nothing that could be used. */
export const senseless = (what: string, why: string) =>
  new LedgerUnavailable({ message: `Horizon, ${what}: ${why}` })

/** Where Horizon's refusal, or the size of its answer, tells no more than that this cannot be had now. */
export const plain = (
  what: string,
  error: { readonly _tag: string; readonly message: string } | HorizonProblem
): LedgerUnavailable =>
  error._tag === "HorizonProblem" && "status" in error
    ? senseless(what, `answered ${error.status}, ${error.title}`)
    : senseless(what, error.message)

export const makeRoot = (client: HorizonClient) =>
  client.get("/").pipe(
    Effect.catchTag(["HorizonProblem", "AnswerTooLarge"], (error) => Effect.fail(plain("GET /", error))),
    Effect.flatMap(({ body }) => {
      const read = decodeRoot(body)
      const closedAtMillis = Result.isSuccess(read)
        ? closedAtOf({ created_at: read.success.history_latest_ledger_closed_at })
        : null
      return Result.isFailure(read) || closedAtMillis === null
        ? Effect.fail(senseless("GET /", "the root names no network and newest ledger"))
        : Effect.succeed({
            passphrase: read.success.network_passphrase,
            elder: read.success.history_elder_ledger,
            latest: { sequence: read.success.history_latest_ledger, closedAtMillis } satisfies ClosedLedger
          })
    }),
    Effect.cachedWithTTL((exit) => (Exit.isSuccess(exit) ? "1 second" : 0))
  )

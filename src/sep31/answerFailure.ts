/**
 * What becomes of a request when something other than the request is at fault: 503 where trying again may help, 500 where a
 * person must look (S31-ERR-06).
 *
 * The operator gets the reason; the client is told only what to do. Gotcha: `NoAnswer` is neither yes nor no.
 */
import { Effect } from "effect"
import { unavailable } from "../http/errors.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { Failure } from "./Transactions.ts"

/** Answers a failure of `Transactions`. Dies, and so answers 500, where repeating the request would change nothing. */
export const answerFailure = (failure: Failure) => {
  switch (failure._tag) {
    case "Overloaded":
      return unavailable(say`too many requests are waiting; try again in a moment`, 1)
    case "NotAcceptingPayments":
      return tell(failure, say`payments cannot be accepted at the moment; try again later`, 10)
    case "CustomersChanging":
      return tell(failure, say`the customers of this transaction are being changed; try again`, 2)
    case "NoAnswer":
      return tell(failure, say`the request was not answered in time and may still take effect`, 5)
    case "StorageUnavailable":
    case "CustomersUnavailable":
      return tell(failure, say`not available at the moment; try again later`, 5)
    case "HookFault":
      return failure.reason === "timedOut"
        ? tell(failure, say`a check of this request takes too long at the moment; try again later`, 10)
        : Effect.die(failure)
    case "ActorSetAside":
      return Effect.die(failure)
  }
}

const tell = (failure: Failure, sentence: Sentence, retryAfterSeconds: number) =>
  Effect.logWarning(`sep31: ${failure.message}`).pipe(
    Effect.andThen(unavailable(sentence, retryAfterSeconds))
  )

/**
 * The "no"s of SEP-10, and what each is on the wire.
 *
 * Gotcha: a sentence may name a rule, never repeat what was sent: it may be a secret seed (S23-04). Nor what a client
 * domain's server answered: it may be another's secret (S10-CD-04).
 */
import { Effect, Schema } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Said, type Sentence, say } from "../../machines/domain/Sentence.ts"
import { BadRequest, Forbidden, setAnswerHeader, Unauthorized, Unavailable } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"

/**
 * The parameters of a challenge, or the challenge that came back (S10-CH-*, S10-VER-*): 400. An application that may not sign
 * in here is 403; a request that should have been signed and was not, 401 (S10-CD-06, S10-AH-04).
 */
export class ChallengeRefused extends Schema.TaggedError<ChallengeRefused>()("ChallengeRefused", {
  sentence: Said,
  status: Schema.Literals([400, 401, 403])
}) {
  override get message(): string {
    return String(this.sentence)
  }
}

/** 503: whether the challenge is good cannot be told without the ledger or the storage (S10-VER-19). */
export class ChallengeUndecided extends Schema.TaggedError<ChallengeUndecided>()("ChallengeUndecided", {
  message: Schema.String
}) {}

/** Not a token of ours that is valid now; 401 or 403, as the SEP has it. The sentence is for the client. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", {
  sentence: Said
}) {
  override get message(): string {
    return String(this.sentence)
  }
}

/** A token secret is too short to sign with. The message never holds it. */
export class TokenSecretRefused extends Schema.TaggedError<TokenSecretRefused>()("TokenSecretRefused", {
  message: Schema.String
}) {}

export const refused = (sentence: Sentence, status: ChallengeRefused["status"] = 400): ChallengeRefused =>
  new ChallengeRefused({ sentence, status })

/** The answer a client gets that asked for a challenge. */
export const answerRefusal = (
  error: ChallengeRefused
): Effect.Effect<never, BadRequest | Unauthorized | Forbidden, HttpServerRequest.HttpServerRequest> => {
  if (error.status === 403) return refuse(Forbidden, error.sentence)
  return error.status === 401
    ? Effect.andThen(setAnswerHeader("www-authenticate", "Bearer"), refuse(Unauthorized, error.sentence))
    : refuse(BadRequest, error.sentence)
}

/** The answer a client gets that brought one back: the reason of an undecided one is for the log. */
export const answerVerdict = (
  error: ChallengeRefused | ChallengeUndecided
): Effect.Effect<never, BadRequest | Unavailable> =>
  error._tag === "ChallengeRefused"
    ? refuse(BadRequest, error.sentence)
    : refuse(Unavailable, say`the account cannot be checked at the moment; try again with the same challenge`)

/**
 * The "no"s of SEP-10, and what each is on the wire.
 *
 * Gotcha: a sentence may name a rule, never repeat what was sent: it may be a secret seed (S23-04).
 */
import { type Effect, Schema } from "effect"
import { Said, type Sentence, say } from "../../machines/domain/Sentence.ts"
import { BadRequest, Unavailable } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"

/** 400: the parameters of a challenge, or the challenge that came back (S10-CH-*, S10-VER-*). */
export class ChallengeRefused extends Schema.TaggedError<ChallengeRefused>()("ChallengeRefused", {
  sentence: Said
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

/** The token secret is too short to sign with. The message never holds it. */
export class TokenSecretRefused extends Schema.TaggedError<TokenSecretRefused>()("TokenSecretRefused", {
  message: Schema.String
}) {}

export const refused = (sentence: Sentence): ChallengeRefused => new ChallengeRefused({ sentence })

/** The answer a client gets: the reason of an undecided one is for the log. */
export const answerRefusal = (
  error: ChallengeRefused | ChallengeUndecided
): Effect.Effect<never, BadRequest | Unavailable> =>
  error._tag === "ChallengeRefused"
    ? refuse(BadRequest, error.sentence)
    : refuse(Unavailable, say`the account cannot be checked at the moment; try again with the same challenge`)

/** The client's side of SEP-10: checks that a challenge is what it says, and signs it. */
import { Keypair, type Transaction, TransactionBuilder } from "@stellar/stellar-sdk/base"
import { Result } from "effect"
import { say } from "../../machines/domain/Sentence.ts"
import { type ChallengeRules, readChallenge } from "./readChallenge.ts"

/**
 * Checks the challenge as SEP-10 wants it of a client (by the server of the stellar.toml, for our own account, never
 * submittable) and answers it with our signature. The failure is a sentence.
 */
export const answerChallenge = (
  envelope: string,
  rules: ChallengeRules,
  seed: string
): Result.Result<string, string> => {
  const keypair = Keypair.fromSecret(seed)
  const answer = Result.flatMap(readChallenge(envelope, rules), ({ client }) => {
    if (client.account !== keypair.publicKey()) return Result.fail(say`the challenge is for another account`)
    const transaction = TransactionBuilder.fromXdr(envelope, rules.passphrase) as Transaction
    transaction.sign(keypair)
    return Result.succeed(transaction.toXdr())
  })
  return Result.mapError(answer, String)
}

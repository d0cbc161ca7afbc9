/**
 * Decides whether the signatures under a challenge prove control of the client's account: the authority that moves funds,
 * which is the medium threshold (S10-VER-12).
 *
 * Gotcha: "the account does not exist" must be the ledger's explicit answer. A look-up that failed must never come here as
 * null, or a stolen master key would get past the account's other signers (S10-VER-19).
 */
import { Result } from "effect"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { isSignedBy, type LooseSignature, type PostedChallenge, takeSignature } from "./readChallenge.ts"
import { isAccount } from "./strkeys.ts"

/** What the ledger says of the base account. */
export interface AccountAuthority {
  /** Any kind of signer; only ed25519 keys (`G…`) of weight 1 or more can sign here. */
  readonly signers: ReadonlyArray<{ readonly key: string; readonly weight: number }>
  readonly thresholds: { readonly medium: number }
}

type Verdict = Result.Result<void, Sentence>

const ok: Verdict = Result.void

/** An account that is not on the ledger: its master key, once, and nobody else (S10-VER-15). */
const verifyMaster = (posted: PostedChallenge, signatures: ReadonlyArray<LooseSignature>): Verdict => {
  const rest = takeSignature(posted.client.account, posted.hashBytes, signatures)
  if (rest === undefined) return Result.fail(say`the challenge is not signed by the account's key`)
  return rest.length === 0 ? ok : Result.fail(say`the challenge has signatures that are not the account's`)
}

const verifySigners = (
  posted: PostedChallenge,
  signatures: ReadonlyArray<LooseSignature>,
  server: string,
  { signers, thresholds }: AccountAuthority
): Verdict => {
  // Pre-authorised transactions, hashes and signed payloads are signers too, and are skipped (S10-VER-18). So is our own
  // key: we sign every challenge, which must not open an account that lists us (S10-VER-14).
  const able = signers.filter(({ key, weight }) => weight > 0 && key !== server && isAccount(key))
  const found = new Map<string, number>()
  for (const signature of signatures) {
    const signer = able.find(({ key }) => isSignedBy(key, posted.hashBytes, signature))
    if (signer === undefined)
      return Result.fail(say`the challenge has a signature that is not by a signer of the account`)
    if (found.has(signer.key)) return Result.fail(say`a signer of the account signed twice`)
    found.set(signer.key, signer.weight)
  }
  const weight = [...found.values()].reduce((sum, each) => sum + each, 0)
  // A threshold of 0 still takes one signature (S10-VER-13).
  const needed = Math.max(1, thresholds.medium)
  return weight >= needed
    ? ok
    : Result.fail(
        say`the signatures have a weight of ${weight}; the account's medium threshold needs ${needed}`
      )
}

/**
 * Checks the signatures of a challenge that `readChallenge` accepted. `account` is null when the ledger has no such account.
 * The failure is a sentence for the client.
 */
export const verifyClient = (
  posted: PostedChallenge,
  server: string,
  account: AccountAuthority | null
): Verdict => {
  // The client domain's signature is set aside first, so that one signature never serves both (S10-VER-16, S10-CD-05).
  const signatures =
    posted.clientDomain === null
      ? posted.signatures
      : takeSignature(posted.clientDomain.key, posted.hashBytes, posted.signatures)
  if (signatures === undefined)
    return Result.fail(say`the challenge is not signed by the client domain's key`)
  if (signatures.length === 0) return Result.fail(say`the challenge is not signed by the account`)
  return account === null
    ? verifyMaster(posted, signatures)
    : verifySigners(posted, signatures, server, account)
}

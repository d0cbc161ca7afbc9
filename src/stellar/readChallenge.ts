/**
 * Reads a challenge that came back and checks all that can be checked without the ledger: that it is one of ours, unchanged
 * but for added signatures, and still valid.
 *
 * Gotcha: the order matters to a client only; every broken rule refuses (S10-VER-*). The time is given, never taken here.
 */
import { FeeBumpTransaction, Keypair, type Transaction, TransactionBuilder } from "@stellar/stellar-sdk/base"
import { Result } from "effect"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { toHex } from "./bytes.ts"
import { fromStellarMemo } from "./memos.ts"
import { type Address, isAccount, parseAddress } from "./strkeys.ts"

/** Characters of an envelope we look at (S10-TOK-03); ours have some 700, twenty signatures add 2000. */
export const envelopeMax = 50_000

/** Seconds a challenge may seem to come from the future: clocks of two processes of ours differ. */
const futureGrace = 300

export interface ChallengeRules {
  /** Our signing account. */
  readonly server: string
  readonly passphrase: string
  readonly homeDomains: ReadonlyArray<string>
  readonly webAuthDomain: string
  /** Seconds since 1970. */
  readonly now: number
}

/** A signature with what it says of its signer. */
export interface LooseSignature {
  /** Last four bytes of the signer's key. */
  readonly hint: Uint8Array
  readonly signature: Uint8Array
}

export interface PostedChallenge {
  /** The transaction's hash, which no signature changes: what is used once (S10-VER-21). Hex. */
  readonly hash: string
  readonly hashBytes: Uint8Array
  readonly client: Address
  readonly memo: string | null
  readonly homeDomain: string
  readonly maxTime: number
  readonly clientDomain: { readonly domain: string; readonly key: string } | null
  /** Every signature but the server's. */
  readonly signatures: ReadonlyArray<LooseSignature>
}

type Refusable<A> = Result.Result<A, Sentence>
type Operation = Transaction["operations"][number]
type ManageData = Extract<Operation, { readonly type: "manageData" }>

const textOf = (value: Uint8Array | string | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? value : new TextDecoder().decode(value)

const decode = (envelope: string, passphrase: string): Refusable<Transaction> => {
  if (envelope === "") return Result.fail(say`transaction is empty`)
  if (envelope.length > envelopeMax)
    return Result.fail(say`transaction is longer than ${envelopeMax} characters`)
  try {
    const transaction = TransactionBuilder.fromXdr(envelope, passphrase)
    return transaction instanceof FeeBumpTransaction
      ? Result.fail(say`transaction is a fee bump; send the challenge itself, signed`)
      : Result.succeed(transaction)
  } catch {
    return Result.fail(say`transaction is not a transaction envelope in base64 XDR`)
  }
}

const checkTimes = ({ timeBounds }: Transaction, now: number): Refusable<number> => {
  const minTime = Number(timeBounds?.minTime ?? 0)
  const maxTime = Number(timeBounds?.maxTime ?? 0)
  if (maxTime === 0) return Result.fail(say`the challenge has no end of validity`)
  if (now > maxTime) return Result.fail(say`the challenge has expired; ask for a new one`)
  return now + futureGrace < minTime
    ? Result.fail(say`the challenge is not valid yet`)
    : Result.succeed(maxTime)
}

/** The first operation says who logs in and where (S10-VER-05, -06). */
const readFirst = (
  first: Operation | undefined,
  homeDomains: ReadonlyArray<string>
): Refusable<{ readonly client: Address; readonly homeDomain: string }> => {
  if (first === undefined) return Result.fail(say`the challenge has no operation`)
  if (first.type !== "manageData") return Result.fail(say`the first operation is not Manage Data`)
  const client = first.source === undefined ? undefined : Result.getOrUndefined(parseAddress(first.source))
  if (client === undefined) return Result.fail(say`the first operation has no source account`)
  const homeDomain = homeDomains.find((domain) => first.name === `${domain} auth`)
  if (homeDomain === undefined) return Result.fail(say`the first operation is for another home domain`)
  // 64 letters of base64 without padding are 48 bytes
  return /^[A-Za-z0-9+/]{64}$/.test(textOf(first.value))
    ? Result.succeed({ client, homeDomain })
    : Result.fail(say`the first operation's value is not 48 bytes in base64`)
}

/** All others are ours, but for one `client_domain` by its own key (S10-VER-07 to -09). */
const readRest = (
  rest: ReadonlyArray<Operation>,
  rules: ChallengeRules
): Refusable<PostedChallenge["clientDomain"]> => {
  const data = rest.filter((operation): operation is ManageData => operation.type === "manageData")
  if (data.length < rest.length) return Result.fail(say`an operation is not Manage Data`)
  const [attribution, ...more] = data.filter((operation) => operation.name === "client_domain")
  if (more.length > 0) return Result.fail(say`there is more than one client_domain operation`)
  if (data.some((operation) => operation !== attribution && operation.source !== rules.server)) {
    return Result.fail(say`an operation has a source account that is neither ours nor the client domain's`)
  }
  const asked = data.filter((operation) => operation.name === "web_auth_domain")
  if (asked.length === 0) return Result.fail(say`the web_auth_domain operation is missing`)
  if (asked.some((operation) => textOf(operation.value) !== rules.webAuthDomain)) {
    return Result.fail(say`the challenge was made by another endpoint: web_auth_domain differs`)
  }
  if (attribution === undefined) return Result.succeed(null)
  const domain = textOf(attribution.value)
  const key = attribution.source ?? ""
  return domain === "" || !isAccount(key) || key === rules.server
    ? Result.fail(say`the client_domain operation has no value or no key of its own`)
    : Result.succeed({ domain, key })
}

const readMemo = ({ memo }: Transaction, client: Address): Refusable<string | null> => {
  const read = fromStellarMemo(memo)
  if (read.type === "none") return Result.succeed(null)
  if (client.muxedId !== null) return Result.fail(say`a muxed account (M…) and a memo exclude each other`)
  return read.type === "id" ? Result.succeed(read.value) : Result.fail(say`the memo is not of type id`)
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])

/** Whether a signature over the hash is by this key (`G…`). */
export const isSignedBy = (key: string, hash: Uint8Array, { hint, signature }: LooseSignature): boolean => {
  const keypair = Keypair.fromPublicKey(key)
  return sameBytes(hint, keypair.signatureHint()) && keypair.verify(hash, signature)
}

/** Takes one signature by the key out of the list; undefined when there is none. */
export const takeSignature = (
  key: string,
  hash: Uint8Array,
  signatures: ReadonlyArray<LooseSignature>
): ReadonlyArray<LooseSignature> | undefined => {
  const at = signatures.findIndex((each) => isSignedBy(key, hash, each))
  return at < 0 ? undefined : signatures.toSpliced(at, 1)
}

/** Reads and checks a posted challenge; the failure is a sentence for the client. */
export const readChallenge = (envelope: string, rules: ChallengeRules): Refusable<PostedChallenge> =>
  Result.gen(function* () {
    const transaction = yield* decode(envelope, rules.passphrase)
    if (transaction.source !== rules.server)
      return yield* Result.fail(say`the challenge is not from this server`)
    if (transaction.sequence !== "0") return yield* Result.fail(say`the sequence number of a challenge is 0`)
    const [first, ...rest] = transaction.operations
    const { client, homeDomain } = yield* readFirst(first, rules.homeDomains)
    const clientDomain = yield* readRest(rest, rules)
    const memo = yield* readMemo(transaction, client)
    const hashBytes = transaction.hash()
    const all = transaction.signatures.map(({ hint, signature }) => ({
      hint: hint.toBytes(),
      signature: signature.toBytes()
    }))
    const signatures = takeSignature(rules.server, hashBytes, all)
    if (signatures === undefined) return yield* Result.fail(say`the challenge is not signed by this server`)
    // Last, so that an old but genuine challenge is told apart from a made-up one.
    const maxTime = yield* checkTimes(transaction, rules.now)
    const posted: PostedChallenge = {
      hash: toHex(hashBytes),
      hashBytes,
      client,
      memo,
      homeDomain,
      maxTime,
      clientDomain,
      signatures
    }
    return posted
  })

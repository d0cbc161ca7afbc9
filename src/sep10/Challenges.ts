/**
 * Makes SEP-10 challenges, and turns one that came back signed into the right to a token, once.
 *
 * Nothing is stored when a challenge is made: our signature proves it is ours. Its hash is stored when it is redeemed, after
 * every check and before the token, so a failed attempt does not burn it and a second one gets nothing (S10-VER-20).
 * Gotcha: the row outlives the challenge by an hour, because the storage forgets by its own clock.
 */
import { Clock, Context, Effect, Layer, Metric, Result } from "effect"
import { memoFault } from "../../machines/domain/Memo.ts"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { publishedUrl } from "../http/serveApi.ts"
import { Entropy } from "../ports/Entropy.ts"
import type { Outbound } from "../ports/Outbound.ts"
import { Signer } from "../ports/Signer.ts"
import { StellarNetwork } from "../ports/StellarNetwork.ts"
import { Storage } from "../ports/Storage.ts"
import { buildChallenge, nonceLength } from "../stellar/buildChallenge.ts"
import { type PostedChallenge, readChallenge } from "../stellar/readChallenge.ts"
import { type Address, addressSentence, parseAddress } from "../stellar/strkeys.ts"
import { verifyClient } from "../stellar/verifyClient.ts"
import { servicePaths } from "../sep1/Toml.ts"
import { challengesIssued, challengesRefused } from "../telemetry/Metrics.ts"
import { subjectOf } from "./Caller.ts"
import { ClientDomains } from "./ClientDomains.ts"
import { type ChallengeRefused, ChallengeUndecided, refused } from "./errors.ts"
import { checkSignedRequest, type RequestToSign, tokenOf } from "./SignedRequest.ts"
import type { TokenTerms } from "./Tokens.ts"

/** The query of GET /auth; a member that was not sent is absent. */
export interface ChallengeWish {
  readonly account: string
  readonly memo?: string
  readonly homeDomain?: string
  readonly clientDomain?: string
  /** Who asks, as far as that is known of somebody who has not signed in: an address. */
  readonly from?: string
  /** The request as it came, for where it must be signed. */
  readonly request?: RequestToSign
}

export interface Challenge {
  /** The envelope in base64 XDR, signed by us. */
  readonly transaction: string
  readonly networkPassphrase: string
}

/** Longest home domain: `<home domain> auth` is the key of a Manage Data operation, 64 characters at most (S10-CH-10). */
const homeDomainMax = 59
const webAuthDomainMax = 64
/** Seconds the use of a challenge is remembered beyond its end. */
const remembered = 3600

export class Challenges extends Context.Service<
  Challenges,
  {
    /**
     * A new challenge for an account.
     *
     * Failure and persistence: nothing is stored; may be asked for any number of times.
     */
    readonly make: (wish: ChallengeWish) => Effect.Effect<Challenge, ChallengeRefused>
    /**
     * Checks a challenge that came back, and what a token for it says.
     *
     * Failure and persistence: once it has answered, the challenge is used for good, in every process on the same storage. A
     * crash between its answer and the token costs the client another round. `ChallengeUndecided`: nothing was stored.
     */
    readonly redeem: (envelope: string) => Effect.Effect<TokenTerms, ChallengeRefused | ChallengeUndecided>
  }
>()("kedge/sep10/Challenges") {
  static readonly layer: Layer.Layer<
    Challenges,
    never,
    KedgeConfig | Entropy | Outbound | Signer | StellarNetwork | Storage
  > = Layer.effect(
    Challenges,
    Effect.suspend(() => makeChallenges)
  ).pipe(Layer.provide(ClientDomains.layer))
}

/** All home domains, the one that is meant without a word first (S10-CH-04). */
export const homeDomainsOf = ({
  homeDomain,
  signIn
}: Settings): readonly [string, ...ReadonlyArray<string>] => [homeDomain, ...signIn.otherHomeDomains]

const readWish = (
  wish: ChallengeWish,
  server: string,
  settings: Settings
): Result.Result<
  { readonly client: Address; readonly memo: string | null; readonly homeDomain: string },
  Sentence
> => {
  const parsed = parseAddress(wish.account)
  if (Result.isFailure(parsed)) {
    return Result.fail(
      parsed.failure === "contract"
        ? say`account is a contract (C…): contracts sign in by SEP-45, which is not offered here`
        : say`account ${addressSentence[parsed.failure]}`
    )
  }
  const client = parsed.success
  if (client.account === server) return Result.fail(say`account is this server's own signing account`)
  const homeDomains = homeDomainsOf(settings)
  const { homeDomain = homeDomains[0] } = wish
  if (!homeDomains.includes(homeDomain)) {
    return Result.fail(say`home_domain is not served here; leave it out, or send ${homeDomains[0]}`)
  }
  if (wish.memo === undefined) return Result.succeed({ client, memo: null, homeDomain })
  if (client.muxedId !== null) return Result.fail(say`memo and a muxed account (M…) exclude each other`)
  const fault = memoFault({ type: "id", value: wish.memo })
  return fault === null
    ? Result.succeed({ client, memo: wish.memo, homeDomain })
    : Result.fail(say`memo is not valid: ${fault}`)
}

const termsOf = (posted: PostedChallenge): TokenTerms => ({
  subject: subjectOf(posted.client, posted.memo),
  challenge: posted.hash,
  homeDomain: posted.homeDomain,
  clientDomain: posted.clientDomain?.domain ?? null
})

const makeChallenges = Effect.gen(function* () {
  const settings = yield* KedgeConfig
  const entropy = yield* Entropy
  const signer = yield* Signer
  const stellar = yield* StellarNetwork
  const storage = yield* Storage
  const server = signer.publicKey
  const { passphrase } = settings.network
  const clientDomains = yield* ClientDomains
  const homeDomains = homeDomainsOf(settings)
  // From configuration, never from the Host header (SEC-46).
  const webAuthDomain = settings.baseUrl.host
  if (homeDomains.some(({ length }) => length > homeDomainMax) || webAuthDomain.length > webAuthDomainMax) {
    return yield* Effect.die(
      new Error(
        `SEP-10 takes home domains up to ${homeDomainMax} and hosts up to ${webAuthDomainMax} characters`
      )
    )
  }
  const nowSeconds = Effect.map(Clock.currentTimeMillis, (millis) => Math.floor(millis / 1000))

  const signing = {
    endpoint: publishedUrl(settings.baseUrl, servicePaths.auth),
    lifetimeMax: settings.timing.challengeLifetime
  }
  const noRequest: RequestToSign = { authorization: undefined, query: [] }

  const make = Effect.fnUntraced(function* (wish: ChallengeWish) {
    const { request = noRequest } = wish
    const token = settings.signIn.signedRequests ? yield* tokenOf(request) : null
    const { client, homeDomain, memo } = yield* Effect.mapError(
      Effect.fromResult(readWish(wish, server, settings)),
      (sentence) => refused(sentence)
    )
    const clientDomain = yield* clientDomains.verify(wish.clientDomain, wish.from ?? "unknown")
    if (token !== null) {
      yield* checkSignedRequest(token, request.query, {
        ...signing,
        key: clientDomain?.key ?? client.account
      })
    }
    const minTime = yield* nowSeconds
    const unsigned = buildChallenge({
      server,
      passphrase,
      client,
      memo,
      homeDomain,
      webAuthDomain,
      nonce: yield* entropy.bytes(nonceLength),
      minTime,
      maxTime: minTime + settings.timing.challengeLifetime,
      ...(clientDomain === null ? {} : { clientDomain })
    })
    const signature = yield* signer.sign(unsigned.hash)
    yield* Metric.update(challengesIssued, 1)
    return { transaction: unsigned.signed(signature), networkPassphrase: passphrase }
  })

  const undecided = (error: { readonly message: string }) =>
    Effect.andThen(
      Effect.logWarning("a challenge could not be decided", { error: error.message }),
      Effect.fail(new ChallengeUndecided({ message: error.message }))
    )

  const redeem = (envelope: string) =>
    Effect.gen(function* () {
      const now = yield* nowSeconds
      const rules = { server, passphrase, homeDomains, webAuthDomain, now }
      const posted = yield* Effect.mapError(Effect.fromResult(readChallenge(envelope, rules)), (sentence) =>
        refused(sentence)
      )
      const account = yield* stellar.signers(posted.client.account).pipe(Effect.catch(undecided))
      yield* Effect.mapError(Effect.fromResult(verifyClient(posted, server, account)), (sentence) =>
        refused(sentence)
      )
      const isFirst = yield* storage
        .useChallenge(posted.hash, (posted.maxTime + remembered) * 1000)
        .pipe(Effect.catch(undecided))
      return isFirst
        ? termsOf(posted)
        : yield* refused(say`the challenge was used already; ask for a new one`)
    }).pipe(
      Effect.tapError((error) =>
        error._tag === "ChallengeRefused" ? Metric.update(challengesRefused, 1) : Effect.void
      )
    )

  return Challenges.of({ make, redeem })
})

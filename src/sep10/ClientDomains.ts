/**
 * On whose behalf a client signs in: whether a `client_domain` is taken here, and the key that speaks for it, read from that
 * domain's stellar.toml (SEP-10 §Verifying the Client Domain).
 *
 * Whoever asks names the domain, so it is called by the port for strangers' addresses and nothing of the answer is told but
 * that it would not do (S10-CD-04). Gotcha: failures are remembered too, for some seconds, or a domain that does not answer
 * would be called by every try.
 */
import { Cache, Context, Effect, Exit, Layer, Option, Result, Schema } from "effect"
import { Toml } from "effect/encoding"
import { say } from "../../machines/domain/Sentence.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { Outbound } from "../ports/Outbound.ts"
import { Signer } from "../ports/Signer.ts"
import { isAccount } from "../stellar/strkeys.ts"
import { type ChallengeRefused, refused } from "./errors.ts"

/** A domain and the `SIGNING_KEY` it publishes. */
export interface ClientDomain {
  readonly domain: string
  readonly key: string
}

/** Bytes that are read: more is no stellar.toml (SEP-1 says 100 KB). */
const tomlMax = 102_400
/** The value of a Manage Data operation has 64 bytes at most. */
const domainMax = 64
const domainsKept = 1000
const failureSeconds = 5

/** Failure and persistence: nothing is stored; what was read is believed for a set time by this process alone. */
export class ClientDomains extends Context.Service<
  ClientDomains,
  {
    /**
     * The verified client domain, or null where none was named or the one named is to be ignored (S10-CD-01). Refuses with 400
     * what cannot be verified, with 403 what may not sign in here. `owner` tells callers apart: the calls of one use up nobody
     * else's share, and a failure is the caller's own.
     */
    readonly verify: (
      named: string | undefined,
      owner: string
    ) => Effect.Effect<ClientDomain | null, ChallengeRefused>
  }
>()("kedge/sep10/ClientDomains") {
  static readonly layer: Layer.Layer<ClientDomains, never, KedgeConfig | Outbound | Signer> = Layer.effect(
    ClientDomains,
    Effect.suspend(() => make)
  )
}

const malformed = refused(
  say`client_domain is not a bare host name in lower case, such as wallet.example.org`
)
const unread = refused(say`the stellar.toml of client_domain could not be read over https`)
const keyless = refused(say`the stellar.toml of client_domain has no SIGNING_KEY that is an account (G…)`)

/** A host, with a port if any, and nothing that a URL could hold besides (S10-CD-03). */
const isBareHost = (text: string): boolean =>
  text.length <= domainMax && URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text

/** The domain to look at, or null for none. */
const admit = (
  named: string | undefined,
  { allowLocal, signIn }: Settings
): Result.Result<string | null, ChallengeRefused> => {
  const { allowedClientDomains: allowed, clientDomains, signedRequests } = signIn
  if (named === undefined) {
    return clientDomains === "required"
      ? Result.fail(refused(say`client_domain is missing; every sign-in here names one`))
      : Result.succeed(null)
  }
  if (clientDomains === "off") {
    // A signed request is signed by the client domain's key, which nobody looks at here (S10-CD-01).
    return signedRequests
      ? Result.fail(refused(say`client_domain is not supported here; leave it out`))
      : Result.succeed(null)
  }
  if (!isBareHost(named)) return Result.fail(malformed)
  if (allowed !== null) {
    if (allowed.includes(named)) return Result.succeed(named)
    return clientDomains === "required" || signedRequests
      ? Result.fail(refused(say`this client_domain is not one that may sign in here`, 403))
      : Result.succeed(null)
  }
  return allowLocal || new URL(`https://${named}`).port === ""
    ? Result.succeed(named)
    : Result.fail(refused(say`client_domain names a port; only 443 is called from here`))
}

const readToml = Schema.decodeUnknownResult(
  Schema.Struct({ SIGNING_KEY: Schema.String.check(Schema.makeFilter(isAccount)) })
)

const signingKeyIn = (body: Uint8Array): Result.Result<string, unknown> =>
  Result.gen(function* () {
    const text = yield* Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(body))
    const toml = yield* Toml.parse(text)
    return (yield* readToml(toml)).SIGNING_KEY
  })

const make = Effect.gen(function* () {
  const settings = yield* KedgeConfig
  const outbound = yield* Outbound
  const { publicKey } = yield* Signer
  const { clientDomainMemory, clientDomainTimeout } = settings.timing

  const note = (domain: string, reason: string) =>
    Effect.logInfo("a client domain could not be verified", { host: domain, reason })

  const fetchKey = Effect.fnUntraced(function* (domain: string, owner: string) {
    const isLocal = settings.allowLocal && /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(domain)
    const answer = yield* outbound
      .send({
        method: "GET",
        url: `${isLocal ? "http" : "https"}://${domain}/.well-known/stellar.toml`,
        headers: { Accept: "text/plain, application/toml" },
        owner: `client domains of ${owner}`,
        timeoutSeconds: clientDomainTimeout,
        maxBytes: tomlMax
      })
      .pipe(Effect.catch(({ detail }) => Effect.andThen(note(domain, detail), Effect.fail(unread))))
    if (answer.status !== 200 || !answer.whole) {
      const why = answer.whole ? `it answered ${answer.status}` : "its answer is too long or encoded"
      yield* note(domain, why)
      return yield* unread
    }
    const key = signingKeyIn(answer.body)
    if (Result.isFailure(key)) {
      yield* note(domain, "its answer is not TOML with an account as SIGNING_KEY")
      return yield* keyless
    }
    return key.success
  })

  /** What was read, for everybody. */
  const keys = yield* Cache.make({
    capacity: domainsKept,
    timeToLive: `${clientDomainMemory} seconds`,
    lookup: (domain: string): Effect.Effect<string> =>
      Effect.die(new Error(`the key of ${domain} is set when it was read`))
  })

  /** Each caller's own tries: one at a time of a domain, and none for a while after one that failed. */
  const tries = yield* Cache.makeWith(
    (key: string) => {
      const space = key.lastIndexOf(" ")
      const domain = key.slice(space + 1)
      return Effect.tap(fetchKey(domain, key.slice(0, space)), (read) => Cache.set(keys, domain, read))
    },
    {
      capacity: domainsKept,
      timeToLive: (exit) => `${Exit.isSuccess(exit) ? 0 : failureSeconds} seconds`
    }
  )

  return ClientDomains.of({
    verify: Effect.fnUntraced(function* (named: string | undefined, owner: string) {
      const domain = yield* Effect.fromResult(admit(named, settings))
      if (domain === null) return null
      const known = yield* Cache.getSuccess(keys, domain)
      const key = Option.isSome(known) ? known.value : yield* Cache.get(tries, `${owner} ${domain}`)
      return key === publicKey
        ? yield* refused(say`the SIGNING_KEY of client_domain is this server's own`)
        : { domain, key }
    })
  })
})

/**
 * Every setting of Kedge as the rooms below see it. Read from the environment by `src/cli/readConfig.ts`, which alone knows
 * the names of variables; documented in docs/reference/config.md from the same schema.
 */
import { Context, type Redacted } from "effect"
import type { Amount } from "../machines/domain/Amount.ts"
import type { AssetId, StellarAsset } from "../machines/domain/Asset.ts"
import type { FeeTerms } from "../machines/domain/Fee.ts"
import type { Description } from "../machines/domain/Sentence.ts"
import type { Rate } from "./http/RateLimit.ts"
import type { MismatchPolicy } from "../machines/transaction/context.ts"

export type Sep = "sep-1" | "sep-10" | "sep-12" | "sep-31" | "sep-38"

/** A SEP-12 type and what it is for. */
export interface CustomerType {
  readonly description: Description
  /** SEP-9 fields the embedded KYC store wants for it; `optional` ones may be left out. */
  readonly fields: Readonly<
    Record<
      string,
      {
        readonly description: Description
        readonly optional: boolean
        readonly choices: ReadonlyArray<string> | null
        /** Wanted only for transactions of at least this amount, in the asset received (S31-KYC-05). */
        readonly fromAmount?: Amount
        /** Accepted only once the customer has repeated a code that was sent to it (SEP-12 `VERIFICATION_REQUIRED`). */
        readonly verify?: boolean
      }
    >
  >
}

/** Members of a table of stellar.toml, in SEP-1's spelling. */
export type TomlTable = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>

/** What stellar.toml says beyond what the rest of the settings tell. Nothing that Kedge derives can be among it. */
export interface TomlAdditions {
  /** `HORIZON_URL` and the like. */
  readonly general: TomlTable
  readonly principals: ReadonlyArray<TomlTable>
  /** Of assets that are not received here. */
  readonly currencies: ReadonlyArray<TomlTable>
  readonly validators: ReadonlyArray<TomlTable>
}

/** Signing in, beyond its usual course (SEP-10). */
export interface SignInSettings {
  /** Home domains that are served besides `homeDomain`. */
  readonly otherHomeDomains: ReadonlyArray<string>
  /** Secrets that sign no token any more; tokens they signed are good until they expire. */
  readonly formerJwtSecrets: ReadonlyArray<Redacted.Redacted<string>>
  /** Whether a sign-in may, or must, name the domain of the application on whose behalf it is. */
  readonly clientDomains: "off" | "optional" | "required"
  /** The only client domains there are, each a host with its port if it is not 443; null is any. */
  readonly allowedClientDomains: ReadonlyArray<string> | null
  /** Whether a challenge is given only to a request that the client signed. */
  readonly signedRequests: boolean
}

/** A field of `/info` as it is configured: its description may be in several languages. */
export interface ConfiguredField {
  readonly description: Description
  readonly choices?: ReadonlyArray<string>
  readonly optional?: boolean
}

/**
 * Customers and the institution were asked about the amount announced: nobody has agreed to deliver more, so the excess goes back.
 * Less than announced asks for less than was agreed to.
 */
export const mismatchDefault: MismatchPolicy = { over: "refundExcess", under: "deliver" }

/** One asset we receive. */
export interface AssetConfig extends StellarAsset {
  /** `G…`: where Sending Anchors pay this asset. */
  readonly account: string
  /** Inclusive; null is no limit. */
  readonly minimum: Amount | null
  readonly maximum: Amount | null
  readonly fee: FeeTerms
  /** SEP-31 `funding_methods`, at least one. */
  readonly fundingMethods: ReadonlyArray<string>
  /** SEP-31 `fields.transaction`. */
  readonly fields: Readonly<Record<string, ConfiguredField>>
  /** SEP-12 types of each side; empty means that side needs no KYC. The first one is the usual type. */
  readonly senderTypes: ReadonlyArray<string>
  readonly receiverTypes: ReadonlyArray<string>
  /** Name of the rail by funding method; a method not named goes to the only rail. */
  readonly rails: Readonly<Record<string, string>>
  /** Whether a firm quote may, or must, be redeemed for it (SEP-31 `quotes_supported`, `quotes_required`). */
  readonly quotes: "off" | "supported" | "required"
  /** What is done with a payment of another amount than announced, where no firm quote stands (S31-AMT-10). Without it, `mismatchDefault`. */
  readonly mismatch?: MismatchPolicy
  /** Seconds a transaction without a quote waits for its payment; without it `timing.transactionLifetime`. */
  readonly lifetime?: number
  /** Seconds a payout is expected to take, by funding method: `status_eta`. */
  readonly payoutSeconds?: Readonly<Record<string, number>>
  /** Name in `fields` → SEP-9 name of the Receiving Client under which a rail reads it (S31-KYC-08). */
  readonly fieldMapping?: Readonly<Record<string, string>>
  /** Of its [[CURRENCIES]] in stellar.toml, beyond what the rest of the settings tell. */
  readonly currency?: TomlTable
}

/** A way of delivering an off-chain asset (SEP-38 §GET Info). */
export interface DeliveryMethod {
  readonly name: string
  readonly description: Description
}

/** Money outside the network that what we receive is exchanged for. */
export interface OffChainAsset {
  /** `iso4217:BRL` */
  readonly asset: AssetId
  /** Of its amounts, 0 to 7. */
  readonly decimals: number
  /** ISO 3166-1 alpha-2 or ISO 3166-2; empty is everywhere. */
  readonly countryCodes: ReadonlyArray<string>
  readonly buyDeliveryMethods: ReadonlyArray<DeliveryMethod>
  readonly sellDeliveryMethods: ReadonlyArray<DeliveryMethod>
  /** The most that firm quotes may promise of it together, until they expire unpaid or are delivered; null is no limit. */
  readonly capacity: Amount | null
}

/** A conversion that is offered: one direction. An integration's rate provider has spreads and fees of its own. */
export interface QuotePair {
  /** One of the assets we receive. */
  readonly sell: AssetId
  /** One of the off-chain assets. */
  readonly buy: AssetId
  /** Units of the asset bought for one of the asset sold, as a decimal; null: it comes from elsewhere. */
  readonly rate: string | null
  /** Percentage points of the rate that we keep. */
  readonly spread: Amount
  readonly fee: FeeTerms
  /** In which asset of the pair the fee is. */
  readonly feeIn: "sell" | "buy"
}

/** What SEP-38 offers. */
export interface QuoteSettings {
  readonly offChain: ReadonlyArray<OffChainAsset>
  /** Each pair once. */
  readonly pairs: ReadonlyArray<QuotePair>
  /** Firm quotes one account may have open (neither paid for nor expired) at once. */
  readonly openMax: number
  /** Who is given firm quotes: those with an agreement to send, or everyone with a token. */
  readonly clients: "sending-anchors" | "authenticated"
}

/** The generation of SEP-31 that a Sending Anchor speaks (S31-DUAL-01). */
export type Profile = "v1" | "v2" | "v3"

/** What SEP-12 takes, and from whom. */
export interface CustomerSettings {
  /** Who may register customers: those with an agreement to send, or everyone with a token (S12-GEN-05). */
  readonly clients: "sending-anchors" | "authenticated"
  /** Bytes of one file of a customer. */
  readonly fileMax: number
}

export interface SendingAnchorConfig {
  readonly account: string
  readonly name: string
  /** Seconds, where agreed otherwise than for all: for one try of a callback, and until it is given up (S31-CB-15). */
  readonly callbackTimeout?: number
  readonly callbackGiveUp?: number
  /** Changes presentation and a few defaults, never rules about money. Without it, v3. */
  readonly profile?: Profile
  /** With v1: show `expired` and `refunded` as `error`, for a client that knows neither (S31-DUAL-08). */
  readonly endsInError?: boolean
}

/** Times in seconds. Every one is a setting, so that a run can be short. */
export interface Timing {
  readonly transactionLifetime: number
  readonly challengeLifetime: number
  readonly tokenLifetime: number
  /** For reading the stellar.toml of a client domain. */
  readonly clientDomainTimeout: number
  /** How long what was read there is believed. */
  readonly clientDomainMemory: number
  readonly hookTimeout: number
  /** Of the rails that come with Kedge; an integrator's rail says its own. */
  readonly railTimeout: number
  /** Must outlive the rail's timeout. */
  readonly payoutLease: number
  readonly executeInterval: number
  readonly pollInterval: number
  /** First and longest pause before a payout that was not accepted is sent again. */
  readonly retryFirst: number
  readonly retryMax: number
  readonly lookUpInterval: number
  /** How often an open matter (held, refund owed, info awaited) is raised again. */
  readonly attentionInterval: number
  readonly watcherLease: number
  /** With neither a page nor a wake-up for so long, the watcher reads anyway. */
  readonly watcherSilence: number
  readonly expiryInterval: number
  /** For one try of a callback. */
  readonly callbackTimeout: number
  /** How often callbacks that are due are looked for. */
  readonly callbackInterval: number
  /** First and longest pause before a callback that was not taken is sent again. */
  readonly callbackRetryFirst: number
  readonly callbackRetryMax: number
  /** A callback that was not taken for so long is dead: nobody sends it again but a person. */
  readonly callbackGiveUp: number
  /** A waiting inbox row is told again after so long. */
  readonly waitingPayment: number
  readonly requestTimeout: number
  readonly shutdownGrace: number
  /** A watcher not heard of for so long makes the process not ready. */
  readonly readyLag: number
  /** With the sandbox: how long a customer named PROCESSING is processed. */
  readonly kycProcessing: number
  /** A customer's file that no customer refers to is kept for so long. */
  readonly fileLifetime: number
  /** A verification code is good for so long. */
  readonly codeLifetime: number
  /** A rate provider that takes longer is unavailable. */
  readonly rateTimeout: number
  /** Life of a firm quote for which none was asked, and the longest that may be asked. */
  readonly quoteLifetime: number
  readonly quoteHorizon: number
  /** How often refunds that are due are looked at, and their envelopes asked about. */
  readonly refundInterval: number
  /** Of the process that makes refunds; another goes on where it died. */
  readonly refundLease: number
  /** An envelope that no ledger took within this never will be; another is made then. */
  readonly refundLifetime: number
}

/** Returning money on Stellar. */
export interface RefundSettings {
  /** Signs for the receiving accounts; null: this process returns nothing on the ledger. */
  readonly seed: Redacted.Redacted<string> | null
  /** Of accounts that lend their sequence numbers and pay the fees; without them the account of `seed` does. */
  readonly channelSeeds: ReadonlyArray<Redacted.Redacted<string>>
  /** Stroops for an operation: beyond it a refund waits for the network to calm down. */
  readonly feeMax: number
}

export interface Settings {
  readonly network: {
    /** Short name used in payment ids: `public`, `testnet`, or the first 8 hex digits of the passphrase's SHA-256. */
    readonly id: string
    readonly passphrase: string
    readonly isPublic: boolean
  }
  readonly horizonUrl: URL
  readonly baseUrl: URL
  /** Host, with a port if any: where stellar.toml is found. The one meant where a client names none. */
  readonly homeDomain: string
  readonly host: string
  readonly port: number
  readonly operatorHost: string
  readonly operatorPort: number
  readonly signingSeed: Redacted.Redacted<string>
  /** Signs tokens. */
  readonly jwtSecret: Redacted.Redacted<string>
  readonly signIn: SignInSettings
  /** 32 bytes in base64 or hex. */
  readonly dataKey: Redacted.Redacted<string>
  readonly databaseUrl: Redacted.Redacted<string>
  readonly migrate: boolean
  readonly activeSeps: ReadonlyArray<Sep>
  readonly assets: ReadonlyArray<AssetConfig>
  readonly customerTypes: Readonly<Record<string, CustomerType>>
  readonly customers: CustomerSettings
  readonly sendingAnchors: ReadonlyArray<SendingAnchorConfig>
  /** Null: no quotes. Set whenever `sep-38` is active. */
  readonly quotes: QuoteSettings | null
  readonly organization: Readonly<Record<string, string>>
  readonly stellarToml: TomlAdditions
  readonly integration: string | null
  readonly rail: "sandbox" | null
  readonly sandboxUrl: URL | null
  /** Where rates come from that neither the pairs nor an integration have. */
  readonly rates: "sandbox" | null
  /** Calls to the sandbox rail under way at once. */
  readonly railConcurrency: number
  readonly allowLocal: boolean
  readonly refunds: RefundSettings
  /** Whether status changes are told to addresses that clients register; without it there are no such endpoints. */
  readonly callbacks: boolean
  /** Calls to addresses that strangers name: callbacks, client domains. */
  readonly outbound: {
    /** Ports that may be called, inclusive; any with `allowLocal`. */
    readonly ports: ReadonlyArray<{ readonly first: number; readonly last: number }>
    /** Calls to one host under way at once. */
    readonly perHost: number
    /** Calls a second on behalf of one Sending Anchor. */
    readonly perOwner: number
  }
  readonly roles: {
    readonly http: boolean
    readonly watch: boolean
    readonly execute: boolean
    readonly poll: boolean
  }
  /** Messages that may wait for a commit; requests have a quarter reserved. */
  readonly mailboxCapacity: number
  /** Bytes of a request body. */
  readonly bodyMax: number
  /** How often one caller may ask, in each process. */
  readonly fairness: {
    /** The account of a token. */
    readonly account: Rate
    /** An address, where no token is asked for. */
    readonly address: Rate
    /** Proxies of ours in front, each of which adds to `X-Forwarded-For`. */
    readonly trustedProxies: number
  }
  readonly logLevel: "debug" | "info" | "warn" | "error"
  readonly timing: Timing
}

export class KedgeConfig extends Context.Service<KedgeConfig, Settings>()("kedge/KedgeConfig") {}

/** The defaults of every time, with their reasons. */
export const defaultTiming: Timing = {
  transactionLifetime: 86_400, // a day: SEP-31 gives no figure (S31-ST-10)
  challengeLifetime: 900, // SEP-10 recommends 15 minutes
  tokenLifetime: 86_400, // a Sending Anchor signs once a day
  clientDomainTimeout: 5, // a person may be waiting
  clientDomainMemory: 300, // a key that was replaced is forgotten within the time SEP-1 files are cached
  hookTimeout: 10,
  railTimeout: 30,
  payoutLease: 120, // four rail timeouts of 30 s: a zombie is long done
  executeInterval: 10, // the seed's own default
  pollInterval: 60, // the seed's own default
  retryFirst: 1,
  retryMax: 300,
  lookUpInterval: 5,
  attentionInterval: 3600,
  watcherLease: 15,
  watcherSilence: 10, // two ledgers
  expiryInterval: 10,
  callbackTimeout: 10,
  callbackInterval: 1,
  callbackRetryFirst: 5,
  callbackRetryMax: 900, // a receiver that was down for a day hears within a quarter of an hour
  callbackGiveUp: 86_400, // S31-CB-11
  waitingPayment: 5,
  requestTimeout: 30,
  shutdownGrace: 10,
  readyLag: 60, // twelve ledgers
  kycProcessing: 10,
  fileLifetime: 86_400, // a day to fill in the rest of a form
  codeLifetime: 900, // to find the phone, or the mail
  rateTimeout: 5,
  quoteLifetime: 600, // to register customers, announce and pay
  refundInterval: 2, // a ledger closes every five seconds or so
  refundLease: 90, // each request to the ledger has its own time limit; a slow one is not mistaken for a death
  refundLifetime: 180, // some thirty ledgers: a crowded network takes it, and a lost one is not waited for too long
  quoteHorizon: 86_400 // as long as a transaction waits: beyond it a quote is a free option
}

/**
 * Every setting of Kedge as the rooms below see it. Read from the environment by `src/cli/readConfig.ts`, which alone knows
 * the names of variables; documented in docs/reference/config.md from the same schema.
 */
import { Context, type Redacted } from "effect"
import type { Amount } from "../machines/domain/Amount.ts"
import type { StellarAsset } from "../machines/domain/Asset.ts"
import type { FeeTerms } from "../machines/domain/Fee.ts"
import type { Description } from "../machines/domain/Sentence.ts"

export type Sep = "sep-1" | "sep-10" | "sep-12" | "sep-31"

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
      }
    >
  >
}

/** What stellar.toml says of an asset beyond what the rest of the settings tell (SEP-1 §Currency Documentation). */
export interface CurrencyDescription {
  /** At most 20 characters. */
  readonly name?: string
  readonly description?: string
  /** What one unit can be redeemed for; without it, money ("fiat"). */
  readonly anchor?: {
    readonly type: "fiat" | "crypto" | "nft" | "stock" | "bond" | "commodity" | "realestate" | "other"
    readonly asset?: string
  }
}

/** A field of `/info` as it is configured: its description may be in several languages. */
export interface ConfiguredField {
  readonly description: Description
  readonly choices?: ReadonlyArray<string>
  readonly optional?: boolean
}

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
  readonly currency?: CurrencyDescription
}

export interface SendingAnchorConfig {
  readonly account: string
  readonly name: string
}

/** Times in seconds. Every one is a setting, so that a run can be short. */
export interface Timing {
  readonly transactionLifetime: number
  readonly challengeLifetime: number
  readonly tokenLifetime: number
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
  /** Host, with a port if any: where stellar.toml is found. */
  readonly homeDomain: string
  readonly host: string
  readonly port: number
  readonly operatorHost: string
  readonly operatorPort: number
  readonly signingSeed: Redacted.Redacted<string>
  readonly jwtSecret: Redacted.Redacted<string>
  /** 32 bytes in base64 or hex. */
  readonly dataKey: Redacted.Redacted<string>
  readonly databaseUrl: Redacted.Redacted<string>
  readonly migrate: boolean
  readonly activeSeps: ReadonlyArray<Sep>
  readonly assets: ReadonlyArray<AssetConfig>
  readonly customerTypes: Readonly<Record<string, CustomerType>>
  readonly sendingAnchors: ReadonlyArray<SendingAnchorConfig>
  readonly organization: Readonly<Record<string, string>>
  readonly integration: string | null
  readonly rail: "sandbox" | null
  readonly sandboxUrl: URL | null
  /** Calls to the sandbox rail under way at once. */
  readonly railConcurrency: number
  readonly allowLocal: boolean
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
  readonly logLevel: "debug" | "info" | "warn" | "error"
  readonly timing: Timing
}

export class KedgeConfig extends Context.Service<KedgeConfig, Settings>()("kedge/KedgeConfig") {}

/** The defaults of every time, with their reasons. */
export const defaultTiming: Timing = {
  transactionLifetime: 86_400, // a day: SEP-31 gives no figure (S31-ST-10)
  challengeLifetime: 900, // SEP-10 recommends 15 minutes
  tokenLifetime: 86_400, // a Sending Anchor signs once a day
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
  kycProcessing: 10
}

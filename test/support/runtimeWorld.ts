// The runtime over a storage, with a rail that the test scripts: everything between a ledger page and a payout, no HTTP.
import { deliverAsReceived } from "../../machines/transaction/context.ts"
import { Effect, Layer, Redacted } from "effect"
import { layer as memoryStorage } from "../../adapters/storage-memory/MemoryStorage.ts"
import { amount } from "../../machines/domain/Amount.ts"
import { paymentId, type TransactionId } from "../../machines/domain/Ids.ts"
import { defaultTiming, KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import { PayoutExecutor } from "../../src/payouts/PayoutExecutor.ts"
import { PayoutFollowUp } from "../../src/payouts/PayoutFollowUp.ts"
import { Payouts } from "../../src/payouts/Payouts.ts"
import { RailCaller } from "../../src/payouts/RailCaller.ts"
import { type PaymentRail, Rails } from "../../src/ports/Rails.ts"
import type { ActorRow, Birth, PaymentRow } from "../../src/ports/rows.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { Actors, type Arrival } from "../../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../../src/runtime/ActorsLayer.ts"
import { Fence } from "../../src/runtime/Fence.ts"
import { PayoutSlots } from "../../src/runtime/PayoutSlots.ts"
import { CountingEntropy, PlainVault } from "./plainParts.ts"

export const account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
export const asset = `stellar:USDC:${account}`

export const testSettings: Settings = {
  network: { id: "testnet", passphrase: "Test SDF Network ; September 2015", isPublic: false },
  horizonUrl: new URL("http://127.0.0.1:1"),
  baseUrl: new URL("http://127.0.0.1:1"),
  homeDomain: "127.0.0.1:1",
  host: "127.0.0.1",
  port: 0,
  operatorHost: "127.0.0.1",
  operatorPort: 0,
  signingSeed: Redacted.make("unused"),
  jwtSecret: Redacted.make("unused"),
  signIn: {
    otherHomeDomains: [],
    formerJwtSecrets: [],
    clientDomains: "optional",
    allowedClientDomains: null,
    signedRequests: false
  },
  dataKey: Redacted.make("unused"),
  databaseUrl: Redacted.make("memory:"),
  migrate: true,
  activeSeps: ["sep-1", "sep-10", "sep-12", "sep-31"],
  assets: [
    {
      code: "USDC",
      issuer: account,
      account,
      minimum: amount("10"),
      maximum: amount("1000"),
      fee: { fixed: amount("1"), percent: amount("1") },
      fundingMethods: ["SEPA"],
      fields: {},
      senderTypes: [],
      receiverTypes: [],
      rails: {},
      quotes: "off"
    }
  ],
  customerTypes: {},
  customers: { clients: "authenticated", fileMax: 10_485_760 },
  sendingAnchors: [],
  quotes: null,
  organization: {},
  stellarToml: { general: {}, principals: [], currencies: [], validators: [] },
  integration: null,
  rail: null,
  sandboxUrl: null,
  rates: null,
  allowLocal: true,
  roles: { http: false, watch: false, execute: true, poll: true },
  railConcurrency: 4,
  callbacks: true,
  refunds: { seed: null, channelSeeds: [], feeMax: 100_000 },
  outbound: { ports: [{ first: 443, last: 443 }], perHost: 16, perOwner: 1_000 },
  logLevel: "error",
  mailboxCapacity: 1000,
  bodyMax: 65536,
  // No limit: a test is one caller, and asks as often as it can.
  fairness: {
    account: { perSecond: 0, burst: 1 },
    address: { perSecond: 0, burst: 1 },
    trustedProxies: 0
  },
  timing: defaultTiming
}

/** A rail that answers what it is told to and remembers every call. */
export const scriptedRail = (
  execute: PaymentRail["execute"],
  extra: Partial<PaymentRail> = {}
): { readonly rail: PaymentRail; readonly calls: Array<string> } => {
  const calls: Array<string> = []
  return {
    calls,
    rail: {
      name: "scripted",
      repeatable: false,
      concurrency: 4,
      timeoutSeconds: 30,
      ...extra,
      execute: (payout) =>
        Effect.suspend(() => {
          calls.push(payout.payoutId)
          return execute(payout)
        })
    }
  }
}

export const runtimeLayer = (
  rail: PaymentRail,
  options: { readonly storage?: Layer.Layer<Storage>; readonly settings?: Partial<Settings> } = {}
) => {
  const ports = Layer.mergeAll(
    options.storage ?? memoryStorage,
    Layer.succeed(Rails, Rails.one(rail)),
    Layer.succeed(KedgeConfig, { ...testSettings, ...options.settings }),
    CountingEntropy,
    PlainVault
  )
  const slots = PayoutSlots.layer({ executes: true }).pipe(Layer.provideMerge(ports))
  const fenced = Fence.layer.pipe(Layer.provideMerge(slots))
  const actors = actorsLayer.pipe(Layer.provideMerge(fenced))
  const caller = RailCaller.layer.pipe(Layer.provideMerge(actors))
  return Layer.mergeAll(PayoutExecutor.layer, PayoutFollowUp.layer, Payouts.layer).pipe(
    Layer.provideMerge(caller)
  )
}

export const transactionId = (n: number): TransactionId =>
  `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}` as TransactionId

export const birth = (n: number, over: Partial<Birth> = {}): Birth => ({
  id: transactionId(n),
  leaf: "pending_sender.awaitingPayment",
  quoteId: null,
  repeat: null,
  clientDomain: null,
  dueInSeconds: null,
  terms: {
    expected: amount("100"),
    minimum: amount("10"),
    maximum: amount("1000"),
    fee: { fixed: amount("1"), percent: amount("1") },
    expiresAtMillis: 86_400_000,
    ...deliverAsReceived
  },
  context: { v: 1 },
  asset,
  account,
  memo: { type: "id", value: String(n) },
  fundingMethod: "SEPA",
  senderId: null,
  receiverId: null,
  senderType: null,
  receiverType: null,
  destination: null,
  sendingAnchor: account,
  creator: account,
  reference: `order-${n}`,
  metadata: {},
  lang: "en",
  refundMemo: null,
  requires: [],
  ...over
})

let operations = 0

export const payment = (n: number, value = "100", over: Partial<PaymentRow> = {}): PaymentRow => {
  operations += 1
  const id = over.id ?? paymentId("testnet", String(1_000_000 + operations), 0)
  return {
    id,
    leader: id,
    received: amount(value),
    operationId: String(1_000_000 + operations),
    index: 0,
    stellarTransactionId: operations.toString(16).padStart(64, "0"),
    account,
    muxedAccount: null,
    from: account,
    asset,
    amount: amount(value),
    memoType: "id",
    memo: String(n),
    odd: null,
    closedAtMillis: 1_000,
    ledger: 100 + operations,
    ...over
  }
}

/** Finds the transactions of payments by memo, as the watcher does, and brings them. */
export const bringPayments = Effect.fnUntraced(function* (payments: ReadonlyArray<PaymentRow>) {
  const storage = yield* Storage
  const actors = yield* Actors
  const rows = yield* storage.actorsByMemo(
    payments.map((row) => ({ account: row.account, memo: { type: "id" as const, value: row.memo ?? "" } }))
  )
  const byMemo = new Map<string, ActorRow>(rows.map((row) => [row.memo.value, row]))
  const arrivals = payments.map((row): Arrival => {
    const actor = byMemo.get(row.memo ?? "")
    return { payments: [row], to: actor ?? { parked: "unknown-memo" } }
  })
  return yield* actors.bring({ cursor: null, arrivals })
})

export const statusOf = Effect.fnUntraced(function* (n: number) {
  const storage = yield* Storage
  const [row] = yield* storage.transactions([transactionId(n)])
  return row?.state ?? "none"
})

/** Waits, by turns of the fiber scheduler and never by time, until the transaction is in a state. */
export const untilState = (n: number, state: string, turns = 2000): Effect.Effect<string, unknown, Storage> =>
  statusOf(n).pipe(
    Effect.flatMap((now) =>
      now === state || turns === 0
        ? Effect.succeed(now)
        : Effect.yieldNow.pipe(Effect.andThen(untilState(n, state, turns - 1)))
    )
  )

/**
 * Rows for the clauses of the contract: small, right in themselves, and never the same in two clauses.
 *
 * Gotcha: the ids are counted and not drawn, so the contract wants a storage that was empty when it began.
 */
import { amount, zero } from "../../../machines/domain/Amount.ts"
import {
  type CustomerId,
  type FileId,
  type PayoutId,
  paymentId,
  payoutId,
  type QuoteId,
  type SealedId,
  type TransactionId
} from "../../../machines/domain/Ids.ts"
import { deliverAsReceived } from "../../../machines/transaction/context.ts"
import type { Leaf } from "../../../machines/transaction/leaves.ts"
import type {
  AuditRow,
  Birth,
  EnvelopeRow,
  FileRow,
  Group,
  PageRow,
  PaymentFate,
  PaymentRow,
  PayoutBirth,
  PayoutChange,
  QuoteRow,
  RefusalRow,
  SealedRow,
  StepRow
} from "../../ports/rows.ts"

export const asset = "stellar:USDC:GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
export const awaiting: Leaf = "pending_sender.awaitingPayment"
export const payingOut: Leaf = "pending_receiver.payingOut"
export const owner = "contract-process"
export const leaseSeconds = 60

/** 1 January 2030: no clause of the contract reaches it on the storage's clock. */
const farOff = 1_893_456_000_000

/** A quote as it is given to be kept. */
export type GivenQuote = Omit<QuoteRow, "createdAtMillis" | "transactionId">

/** What a step does beside its one transition; the rest is empty. */
export type StepParts = Partial<Omit<StepRow, "id" | "version">>

export interface Samples {
  readonly uuid: () => string
  readonly transactionId: () => TransactionId
  readonly customerId: () => CustomerId
  /** An account of this clause alone: its cursor, payments and transactions are its own. */
  readonly account: string
  /** A rail of this clause alone. */
  readonly rail: string
  readonly sealed: (text?: string) => SealedRow
  readonly birth: (parts?: Partial<Birth>) => Birth
  readonly payment: (parts?: Partial<PaymentRow>) => PaymentRow
  readonly step: (
    actor: { readonly id: TransactionId; readonly version?: number },
    parts?: StepParts
  ) => StepRow
  /** A step that takes the payment, reserves it, books it and plans payout 1. */
  readonly funding: (birth: Birth, payment: PaymentRow, parts?: StepParts) => StepRow
  readonly payout: (id: PayoutId, parts?: Partial<PayoutBirth>) => PayoutBirth
  /** Signed by a source of this clause alone, unless one is named. */
  readonly envelope: (parts?: Partial<EnvelopeRow>) => EnvelopeRow
  /** Of this clause's account, for an asset of this clause alone. */
  readonly quote: (parts?: Partial<GivenQuote>) => GivenQuote
  /** Of this clause's account, tied to nobody. */
  readonly file: (parts?: Partial<FileRow>) => FileRow
  readonly refusal: (to: TransactionId, parts?: Partial<RefusalRow>) => RefusalRow
  readonly group: (parts: Partial<Group>) => Group
}

export const audit = (version: number, parts: Partial<AuditRow> = {}): AuditRow => ({
  version,
  event: "payout.pending",
  cause: "rail:contract",
  before: awaiting,
  after: payingOut,
  detail: {},
  ...parts
})

export const change = (id: PayoutId, parts: Partial<PayoutChange> = {}): PayoutChange => ({
  id,
  state: "delivered",
  externalId: null,
  dueInSeconds: null,
  tried: false,
  ...parts
})

export const page = (account: string, from: string, to: string, parts: Partial<PageRow> = {}): PageRow => ({
  account,
  epoch: 1,
  from,
  to,
  processedLedger: null,
  quarantined: [],
  ...parts
})

/** A fate read back from the inbox unless a page is named. */
export const fate = (
  payment: PaymentRow,
  kind: PaymentFate["fate"],
  transactionId: TransactionId | null,
  from: string | null = null
): PaymentFate => ({ payment, transactionId, fate: kind, page: from })

export const samples = (ordinal: number): Samples => {
  let drawn = 0
  const uuid = (): string => {
    drawn += 1
    return `0190a000-0000-7000-8${ordinal.toString(16).padStart(3, "0")}-${drawn.toString(16).padStart(12, "0")}`
  }
  const account = `G-CONTRACT-${ordinal}`
  const rail = `rail-${ordinal}`
  const rows: Samples = {
    uuid,
    transactionId: () => uuid() as TransactionId,
    customerId: () => uuid() as CustomerId,
    account,
    rail,
    sealed: (text = "sealed") => ({
      id: uuid() as SealedId,
      keyId: "key-1",
      bytes: Uint8Array.from([0, 255, 34, 92, ...new TextEncoder().encode(text)])
    }),
    birth: (parts = {}) => ({
      id: uuid() as TransactionId,
      terms: {
        expected: amount("100"),
        minimum: amount("0.0000001"),
        maximum: null,
        fee: { fixed: amount("1.5"), percent: zero },
        expiresAtMillis: farOff,
        ...deliverAsReceived
      },
      leaf: "pending_sender.awaitingPayment",
      quoteId: null,
      repeat: null,
      clientDomain: null,
      dueInSeconds: null,
      context: { v: 1 },
      asset,
      account,
      memo: { type: "id", value: String(ordinal * 100_000 + drawn) },
      fundingMethod: "WIRE",
      senderId: null,
      receiverId: null,
      senderType: null,
      receiverType: null,
      destination: null,
      sendingAnchor: "G-SENDING-ANCHOR",
      creator: "G-SENDING-ANCHOR:7",
      reference: null,
      metadata: {},
      lang: "en",
      refundMemo: null,
      requires: [],
      ...parts
    }),
    payment: (parts = {}) => {
      drawn += 1
      const operationId = String(ordinal * 100_000 + drawn)
      const id = paymentId("contract", operationId, 0)
      return {
        id,
        leader: id,
        received: amount("100"),
        operationId,
        index: 0,
        stellarTransactionId: `${ordinal.toString(16)}${drawn.toString(16)}`.padStart(64, "0"),
        account,
        muxedAccount: null,
        from: "G-PAYER",
        asset,
        amount: amount("100"),
        memoType: "id",
        memo: "1",
        odd: null,
        closedAtMillis: 1_700_000_000_123,
        ledger: 50_000_000 + drawn,
        ...parts
      }
    },
    step: ({ id, version = 1 }, parts = {}) => ({
      id,
      version,
      leaf: payingOut,
      amounts: { received: null, accepted: null, fee: null, delivered: null },
      context: { v: 1 },
      funding: null,
      audits: [audit(version + 1)],
      transfers: [],
      payouts: [],
      changes: [],
      reservation: null,
      refunds: [],
      refundChanges: [],
      attention: null,
      destination: null,
      links: [],
      notes: [],
      externalTransactionId: null,
      ...parts
    }),
    funding: (birth, payment, parts = {}) =>
      rows.step(birth, {
        amounts: {
          received: payment.received,
          accepted: payment.received,
          fee: amount("1.5"),
          delivered: null
        },
        context: { v: 1, attempt: 1 },
        funding: {
          payment: payment.id,
          stellarTransactionId: payment.stellarTransactionId,
          payer: payment.from
        },
        audits: [audit(2, { event: "payment.matched", cause: "watcher" })],
        transfers: [{ from: "ledger-in", to: "payable", amount: payment.received, asset, version: 2 }],
        payouts: [rows.payout(payoutId(birth.id, 1))],
        reservation: { payment: payment.id, payout: amount("98.5"), refund: zero, fee: amount("1.5") },
        ...parts
      }),
    payout: (id, parts = {}) => ({
      id,
      rail,
      amount: amount("98.5"),
      fee: amount("1.5"),
      amountIn: amount("100"),
      state: "planned",
      ...parts
    }),
    envelope: (parts = {}) => {
      drawn += 1
      return {
        hash: `${ordinal.toString(16)}e${drawn.toString(16)}`.padStart(64, "0"),
        xdr: `AAAA/+${drawn}==`,
        source: `G-SOURCE-${ordinal}`,
        sequence: String(7_000_000_000_000_000 + drawn),
        maxTime: 1_900_000_000,
        ...parts
      }
    },
    quote: (parts = {}) => ({
      id: uuid() as QuoteId,
      owner: account,
      context: "sep31",
      sellAsset: asset,
      sellAmount: amount("100"),
      buyAsset: `iso4217:C${ordinal}`,
      buyAmount: amount("500"),
      price: "0.18",
      totalPrice: "0.2",
      fee: { total: amount("10"), asset },
      sellDeliveryMethod: null,
      buyDeliveryMethod: null,
      deliveryMethod: null,
      countryCode: null,
      expiresAtMillis: farOff,
      ...parts
    }),
    file: (parts = {}) => ({
      id: uuid() as FileId,
      owner: account,
      customerId: null,
      contentType: "image/png",
      size: 5,
      expiresAtMillis: farOff,
      ...parts
    }),
    refusal: (to, parts = {}) => ({
      id: uuid(),
      transactionId: to,
      event: "payout.delivered",
      cause: "rail:contract",
      reason: "final",
      carriesMoney: true,
      detail: {},
      ...parts
    }),
    group: (parts) => ({
      id: uuid(),
      births: [],
      steps: [],
      payments: [],
      pages: [],
      refusals: [],
      owner,
      leaseSeconds,
      ...parts
    })
  }
  return rows
}

/** What a commit answers when it did everything. */
export const all = { lost: [], unborn: [], known: [], refusedPages: [] }

/**
 * Moves one refund on by one step: signs and commits an envelope, gives it to the network, asks what became of it.
 *
 * An envelope is committed before it is submitted, and another one is made only after the ledger has said how it ended: in a
 * ledger and successful, in a ledger and failed, or never. Until then the same envelope is submitted again, at most for a
 * higher fee. Gotcha: an answer to a submission proves nothing; what it refuses today it may take tomorrow, until the bound.
 */
import { Effect, Result } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { RefundKeys } from "../ports/RefundSigner.ts"
import type { EnvelopeRow, RefundJob } from "../ports/rows.ts"
import { StellarSubmission, type Submitted } from "../ports/StellarSubmission.ts"
import { Storage } from "../ports/Storage.ts"
import { buildRefund } from "../stellar/buildRefund.ts"
import { bumpFee } from "../stellar/bumpFee.ts"
import { destinationFault, sourceFault } from "./destinationFault.ts"
import { provenNever } from "./provenNever.ts"
import { refundMetrics } from "./refundMetrics.ts"
import { makeRefundNews } from "./refundNews.ts"
import { type RefundTerms, refundTerms } from "./refundTerms.ts"

/** Stroops for an operation: what the network asks for when it is calm. */
const feeMin = 100
/** A history too short to tell is not asked as often as one that will tell soon. */
const undecidedPause = 300

/** Refusals that pass by themselves, or with the next envelope; of all others a person must know. */
const passing: ReadonlySet<string> = new Set([
  "tx_bad_seq",
  "tx_insufficient_fee",
  "tx_too_late",
  "tx_too_early",
  "tx_internal_error"
])

/** Why the network did not take what is open: news of this process, worth nothing as a proof. */
type Refusals = Map<string, Extract<Submitted, { readonly _tag: "Refused" }>>

export const makeRefundMaker = Effect.fnUntraced(function* (keys: RefundKeys) {
  const { network, refunds, timing } = yield* KedgeConfig
  const storage = yield* Storage
  const ledger = yield* StellarSubmission
  const news = yield* makeRefundNews
  const refusals: Refusals = new Map()

  const bump = Effect.fnUntraced(function* (job: RefundJob, envelope: EnvelopeRow, networkFee: number) {
    // The same payment inside, so it is made once whatever fee gets it there.
    const dearer = Math.max(networkFee, feeMin) * 2 ** Math.min(job.tries + 1, 20)
    const bumped = bumpFee({
      envelope: envelope.xdr,
      payer: envelope.source,
      feePerOperation: Math.min(dearer, refunds.feeMax),
      passphrase: network.passphrase
    })
    yield* refundMetrics.bumped
    return yield* ledger.submit(bumped.signed(yield* keys.sign(bumped.bytes, [envelope.source])))
  })

  const submit = Effect.fnUntraced(function* (job: RefundJob, envelope: EnvelopeRow, networkFee: number) {
    const first = yield* ledger.submit(envelope.xdr)
    const isDear = first._tag === "Refused" && first.code === "tx_insufficient_fee"
    const said = isDear ? yield* bump(job, envelope, networkFee) : first
    if (said._tag === "Taken") {
      refusals.delete(job.id)
    } else {
      refusals.set(job.id, said)
      const log = passing.has(said.code) ? Effect.logDebug : Effect.logWarning
      yield* log("the network does not take a refund as it is; it is asked about again", {
        refundId: job.id,
        code: said.code,
        operations: said.operations.join(",")
      })
    }
    yield* storage.postponeRefund(job.id, timing.refundInterval)
  })

  /** Asks the ledger about the open envelope, and gives it to the network once more while there is no answer. */
  const pursue = Effect.fnUntraced(function* (job: RefundJob, envelope: EnvelopeRow) {
    // The newest ledger first: what it does not hold when asked afterwards, it never will.
    const newest = yield* ledger.newest
    const found = yield* ledger.transaction(envelope.hash)
    if (found !== null) {
      yield* storage.closeEnvelope(envelope.hash, found.successful ? "included" : "failed")
      if (found.successful) yield* news.confirm(job, envelope.hash)
      else yield* holdFailed(job, found.codes)
      return
    }
    switch (
      yield* provenNever(envelope, newest, network.passphrase).pipe(
        Effect.provideService(StellarSubmission, ledger)
      )
    ) {
      case "never":
        return yield* storage.closeEnvelope(envelope.hash, "expired")
      case "undecidable":
        yield* refundMetrics.undecided
        yield* Effect.logError(
          "the ledger's history is too short to say what became of a refund: name a Horizon that keeps more",
          { refundId: job.id, hash: envelope.hash }
        )
        return yield* storage.postponeRefund(job.id, undecidedPause)
      case "open":
        return yield* submit(job, envelope, newest.fee)
    }
  })

  const holdFailed = (job: RefundJob, codes: ReadonlyArray<string>) =>
    news.hold(job, {
      side: "ours",
      why: `the ledger took the refund and refused to pay it: ${codes.join(", ") || "no code told"}`
    })

  /** What the newest envelope's end means for the next one: null where it stands in no way. */
  const obstacleOf = Effect.fnUntraced(function* ({ id, lastEnd, state }: RefundJob) {
    // A person who had it tried again has looked at what was before.
    if (state !== "open" || lastEnd === null) return null
    if (lastEnd.as === "failed") {
      const found = yield* ledger.transaction(lastEnd.hash)
      return `the ledger took the refund and refused to pay it: ${found?.codes.join(", ") ?? "no code told"}`
    }
    const refusal = refusals.get(id)
    return refusal === undefined || passing.has(refusal.code)
      ? null
      : `the network does not take the refund: ${[refusal.code, ...refusal.operations].join(", ")}`
  })

  const faultOf = Effect.fnUntraced(function* (job: RefundJob, terms: RefundTerms) {
    const theirs = destinationFault(terms, yield* ledger.account(terms.account), job.amount)
    if (theirs !== null) return { side: "payer", why: theirs } as const
    const { account } = job.payment
    const ours = sourceFault(account, yield* ledger.account(account), terms.asset, job.amount)
    return ours === null ? null : ({ side: "ours", why: ours } as const)
  })

  /** A first envelope, or the next one after the last was proven to have moved nothing. */
  const make = Effect.fnUntraced(function* (job: RefundJob, source: string) {
    const obstacle = yield* obstacleOf(job)
    if (obstacle !== null) return yield* news.hold(job, { side: "ours", why: obstacle })
    const terms = refundTerms(job)
    if (Result.isFailure(terms)) return yield* news.hold(job, { side: "payer", why: terms.failure })
    const fault = yield* faultOf(job, terms.success)
    if (fault !== null) return yield* news.hold(job, fault)
    const sequencer = yield* ledger.account(source)
    if (sequencer === null)
      return yield* news.hold(job, { side: "ours", why: `the account ${source} is not on the ledger` })
    const newest = yield* ledger.newest
    const closedAt = Math.floor(newest.closedAtMillis / 1000)
    const sequence = (BigInt(sequencer.sequence) + 1n).toString()
    const maxTime = closedAt + Math.ceil(timing.refundLifetime)
    const from = job.payment.account
    const order = buildRefund({
      source,
      sequence,
      from,
      destination: terms.success.destination,
      asset: terms.success.asset,
      amount: job.amount,
      memo: terms.success.memo,
      passphrase: network.passphrase,
      fee: String(Math.min(Math.max(newest.fee, feeMin), refunds.feeMax)),
      minTime: closedAt,
      maxTime
    })
    const signatures = yield* keys.sign(order.bytes, source === from ? [source] : [source, from])
    const envelope: EnvelopeRow = {
      hash: order.hash,
      xdr: order.signed(signatures),
      source,
      sequence,
      maxTime
    }
    refusals.delete(job.id)
    if (!(yield* news.open(job, envelope))) return
    yield* refundMetrics.submitted
    yield* submit(job, envelope, newest.fee)
  })

  /** `sources` are asked for only where an envelope is to be made; false where none of them is free. */
  return Effect.fnUntraced(function* (job: RefundJob) {
    if (job.envelope !== null) return yield* pursue(job, job.envelope)
    // Included, and the process died before it was told: never made again.
    if (job.lastEnd?.as === "included") return yield* news.confirm(job, job.lastEnd.hash)
    const busy = new Set(yield* storage.openSources)
    const source = keys.sources.find((each) => !busy.has(each))
    // It is looked at again when its lease is over.
    if (source !== undefined) yield* make(job, source)
  })
})

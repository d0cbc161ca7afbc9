/**
 * What becomes of a refund, written down: told to the transaction that waits for it, or to the parked payment where none does.
 *
 * Gotcha: whether it was written is the answer of `open`; an envelope that was not written must not be submitted.
 */
import { Effect } from "effect"
import type { Entropy } from "../ports/Entropy.ts"
import type { EnvelopeRow, RefundJob } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import { Actors } from "../runtime/Actors.ts"
import { sealNote } from "../runtime/Note.ts"
import { refundMetrics } from "./refundMetrics.ts"

/** Why a refund waits for a person: the payer's side may be told to the Sending Anchor, ours may not. */
export interface Fault {
  readonly side: "payer" | "ours"
  /** A sentence without customer data. */
  readonly why: string
}

const cause = "refunds"

export const makeRefundNews = Effect.gen(function* () {
  const storage = yield* Storage
  const actors = yield* Actors
  const services = yield* Effect.context<Vault | Entropy>()

  /** Commits the envelope; false where the refund does not stand so that one may be made. */
  const open = Effect.fnUntraced(function* ({ actor, id }: RefundJob, envelope: EnvelopeRow) {
    if (actor === null) return yield* storage.settleParkedRefund(id, { to: "open", envelope })
    const event = { type: "refund.submitted", refundId: id, hash: envelope.hash } as const
    const told = yield* actors.tell({ to: actor.id, event, cause, envelope })
    return told._tag === "Stepped"
  })

  /** The ledger holds it. */
  const confirm = Effect.fnUntraced(function* ({ actor, amount, id }: RefundJob, hash: string) {
    if (actor === null) yield* storage.settleParkedRefund(id, { to: "confirmed" })
    else {
      const event = {
        type: "refund.confirmed",
        refundId: id,
        amount,
        stellarTransactionId: hash
      } as const
      yield* actors.tell({ to: actor.id, event, cause })
    }
    yield* refundMetrics.confirmed
  })

  /** Nothing is on its way, and nothing can be sent now. */
  const hold = Effect.fnUntraced(function* ({ actor, id }: RefundJob, { side, why }: Fault) {
    yield* Effect.logError("a refund cannot be made and waits for a person", { refundId: id, why })
    if (actor === null) yield* storage.settleParkedRefund(id, { to: "held" })
    else {
      const said = side === "payer" ? { message: why } : { internal: why }
      const note = yield* sealNote(said).pipe(Effect.provide(services))
      const event = { type: "refund.held", refundId: id, note: note.id } as const
      yield* actors.tell({ to: actor.id, event, cause, notes: [note] })
    }
    yield* refundMetrics.held
  })

  return { open, confirm, hold }
})

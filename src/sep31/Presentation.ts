/**
 * A transaction in the words of its Sending Anchor: what GET answers and a callback tells (SEP-31 §GET Transaction).
 *
 * Beside the row it takes the note that is shown, the language, the generation the Sending Anchor speaks, and how long a payout
 * usually takes. Gotcha: a note that is gone or cannot be opened costs the answer its words, not the answer.
 */
import { Context, Effect, Layer } from "effect"
import { assetId } from "../../machines/domain/Asset.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import type { TransactionRow } from "../ports/rows.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import { type Note, openNote } from "../runtime/Note.ts"
import { profileOf } from "./profileOf.ts"
import { presentTransaction, showsNote, type View } from "./presentTransaction.ts"
import { groupedReads } from "./reads.ts"
import type { TransactionWire } from "./wire.ts"

export class Presentation extends Context.Service<
  Presentation,
  {
    /** As shown to its Sending Anchor; in the transaction's own language unless another is asked for (ISO 639-1). */
    readonly present: (
      row: TransactionRow,
      lang?: string
    ) => Effect.Effect<TransactionWire, StorageUnavailable>
    /** What was said about it in words, where that is for its Sending Anchor. */
    readonly noteOf: (row: TransactionRow) => Effect.Effect<Note | null, StorageUnavailable>
  }
>()("kedge/sep31/Presentation") {
  static readonly layer = Layer.effect(
    Presentation,
    Effect.gen(function* () {
      const settings = yield* KedgeConfig
      const reads = groupedReads(yield* Storage)
      const services = yield* Effect.context<Effect.Services<ReturnType<typeof openNote>>>()
      const look = lookOf(settings)

      const noteOf = Effect.fnUntraced(function* (row: TransactionRow) {
        const id = row.context.note
        if (id === undefined || !showsNote(row)) return null
        const sealed = yield* reads.sealed(id)
        if (sealed === null) return null
        return yield* Effect.provideContext(openNote(sealed), services).pipe(
          Effect.catch((error) =>
            Effect.logError("a note cannot be opened", { transactionId: row.id, why: error.message }).pipe(
              Effect.as<Note | null>(null)
            )
          )
        )
      })

      const etaOf = Effect.fnUntraced(function* (row: TransactionRow) {
        const seconds = isPayingOut(row) ? look.payoutSeconds(row) : undefined
        if (seconds === undefined) return null
        const passed = ((yield* reads.nowMillis) - row.statusAtMillis) / 1000
        const left = Math.ceil(seconds - Math.max(0, passed))
        // What is overdue is not expected at any moment that could be told.
        return left > 0 ? left : null
      })

      return Presentation.of({
        noteOf,
        present: Effect.fnUntraced(function* (row, lang = row.lang) {
          const view: View = { ...look.of(row), lang, etaSeconds: yield* etaOf(row) }
          return presentTransaction(row, yield* noteOf(row), view)
        })
      })
    })
  )
}

const isPayingOut = ({ state }: Pick<TransactionRow, "state">): boolean =>
  state === "pending_receiver.payingOut" ||
  state === "pending_receiver.lookingUp" ||
  state === "pending_external.confirming"

/** What the settings say of how a transaction is shown. */
const lookOf = (settings: Pick<Settings, "assets" | "quotes" | "sendingAnchors">) => {
  const assets = new Map(settings.assets.map((asset) => [assetId(asset), asset]))
  const profiles = profileOf(settings)
  const endInError = new Set(
    settings.sendingAnchors.filter(({ endsInError }) => endsInError === true).map(({ account }) => account)
  )
  const feeAsset = ({ terms: { conversion } }: TransactionRow): string | null =>
    conversion !== null &&
    settings.quotes?.pairs.find(({ buy, sell }) => sell === conversion.from && buy === conversion.to)
      ?.feeIn === "buy"
      ? conversion.to
      : null
  return {
    payoutSeconds: (row: TransactionRow) => assets.get(row.asset)?.payoutSeconds?.[row.fundingMethod],
    of: (row: TransactionRow) => ({
      profile: profiles(row.sendingAnchor),
      endsInError: endInError.has(row.sendingAnchor),
      feeAsset: feeAsset(row)
    })
  }
}

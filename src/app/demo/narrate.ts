/**
 * Tells a played payment line by line. What happens inside Kedge is told from its own audit, with the time since the ledger that
 * holds the payment closed.
 */
import { Clock, Console, Effect } from "effect"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import { isFinal, sep31Statuses, type Sep31Status } from "../../../machines/domain/Sep31Status.ts"
import type { Step } from "../../cli/playPayment.ts"
import { Storage } from "../../ports/Storage.ts"

const sentences: Readonly<Record<string, string>> = {
  "payment.matched": "matched",
  "payout.delivered": "payout delivered",
  "payout.pending": "payout taken by the rail",
  "payout.notAccepted": "the rail took nothing; it is sent again",
  "payout.rejected": "the rail rejected the payout: all of it is owed back",
  "payout.partlyRefused": "the rail refused a part, which is owed back",
  "refund.submitted": "refund signed, committed and on its way",
  "refund.confirmed": "refund in a ledger",
  "refund.held": "the refund cannot be made and waits for a person",
  "payout.unknown": "nobody knows whether the rail took it; it is looked up"
}

const column = (text: string): string => text.padStart(10)
const since = (millis: number): string => column(`+${Math.max(0, Math.round(millis))} ms`)

/** A line with the time since the play began. */
const fromBegin = (millis: number, text: string): string =>
  `${column(`${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, "0")} s`)}  ${text}`

const statusIn = (text: string): Sep31Status | undefined =>
  sep31Statuses.find((status) => text === status || text.startsWith(`${status},`))

export interface Narrator {
  /** The moment a ledger closed, in milliseconds since 1970. */
  readonly closedAt: (ledger: number) => number | undefined
  readonly onCreated: (created: Extract<Step, { readonly _tag: "Created" }>) => void
}

/** Tells steps; reads the audit where the storage is this process's own. */
export const narrate = Effect.fnUntraced(function* ({ closedAt, onCreated }: Narrator) {
  const storage = yield* Storage
  const begun = yield* Clock.currentTimeMillis
  let id: TransactionId | null = null
  let closed: number | null = null
  let told = 0

  const tellAudit = Effect.gen(function* () {
    if (id === null || closed === null) return
    const { audits } = yield* storage.history(id).pipe(Effect.orElseSucceed(() => ({ audits: [] })))
    for (const { atMillis, event, version } of audits) {
      if (version <= told) continue
      told = version
      const sentence = sentences[event] ?? event
      if (version > 1) yield* Console.log(`${since(atMillis - closed)}  ${sentence}`)
    }
  })

  return Effect.fnUntraced(function* (step: Step) {
    const now = yield* Clock.currentTimeMillis
    switch (step._tag) {
      case "Created":
        id = step.id as TransactionId
        onCreated(step)
        return yield* Console.log(fromBegin(now - begun, step.text))
      case "Paid":
        closed = closedAt(step.ledger) ?? now
        return yield* Console.log(fromBegin(now - begun, step.text))
      case "Status": {
        yield* tellAudit
        const status = statusIn(step.text)
        const isNews = status !== undefined && (isFinal(status) || status.endsWith("update"))
        if (closed !== null && isNews) yield* Console.log(`${since(now - closed)}  ${step.text}`)
        return
      }
      case "Done":
        return yield* Console.log(fromBegin(now - begun, step.text))
    }
  })
})

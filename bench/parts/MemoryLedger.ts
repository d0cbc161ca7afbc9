/**
 * A Stellar ledger that costs nothing: credits in an array, pages cut from it, and a bell that rings at every append.
 *
 * For what is measured behind the ledger. Gotcha: positions are counts of credits, and one watch at a time hears the bell.
 */
import { Effect, Layer, Queue, Stream } from "effect"
import { type Credit, StellarNetwork } from "../../src/ports/StellarNetwork.ts"

export interface MemoryLedger {
  readonly layer: Layer.Layer<StellarNetwork>
  /** Closes a ledger with these credits. */
  readonly close: (credits: ReadonlyArray<Credit>) => void
}

export const memoryLedger = (passphrase: string): MemoryLedger => {
  const history: Array<Credit> = []
  const bell = Effect.runSync(Queue.sliding<void>(1))
  let sequence = 1
  let closedAtMillis = Date.now()
  return {
    close: (credits) => {
      for (const credit of credits) history.push(credit)
      sequence += 1
      closedAtMillis = Date.now()
      Queue.offerUnsafe(bell, undefined)
    },
    layer: Layer.succeed(
      StellarNetwork,
      StellarNetwork.of({
        passphrase: Effect.succeed(passphrase),
        tip: () => Effect.sync(() => String(history.length)),
        page: (_account, position, limit) =>
          Effect.sync(() => {
            const from = Number(position)
            const credits = history.slice(from, from + limit)
            return {
              credits,
              unreadable: [],
              transactions: credits.length,
              position: String(from + credits.length),
              processedLedger: { sequence, closedAtMillis },
              full: history.length > from + limit
            }
          }),
        wakeUps: () => Stream.fromQueue(bell),
        signers: () => Effect.succeed(null),
        reread: () => Effect.die(new Error("nothing of this ledger is ever in quarantine"))
      })
    )
  }
}

// How bad a world is: every seed draws its own mix of faults (swarm testing), for a world in which everything fails a little
// hides what one in which a single thing fails often brings to light.
import type { Chance } from "./Chance.ts"

export type CallEnd =
  | "delivers"
  | "takes it, later"
  | "takes it, reply lost"
  | "takes it, hangs"
  | "refuses for now"
  | "is lost"
  | "hangs"
  | "nonsense"
  | "rejects"
  | "fails"
  | "wants fields"
  | "refuses a part"
  | "wrong amount"

export interface Profile {
  readonly rail: {
    readonly repeatable: boolean
    readonly looksUp: boolean
    readonly polls: boolean
    readonly concurrency: number
    readonly ends: Readonly<Record<CallEnd, number>>
    /** A poll or a look-up fails. */
    readonly questionFails: number
    /** A poll answers about payouts nobody asked about, and twice. */
    readonly pollStrays: number
  }
  readonly ledger: {
    readonly fails: number
    /** A page comes from an instance that lags. */
    readonly lags: number
    readonly pageSize: number
    readonly bell: boolean
  }
  readonly storage: {
    readonly fails: number
    readonly commitUnknown: number
  }
  /** A call of a port takes virtual time, up to so many milliseconds. */
  readonly slowness: { readonly share: number; readonly millis: number }
  /** How much worse than quiet the network is to refunds. */
  readonly refunds: number
  /** Per action of the driver. */
  readonly crash: number
  /** Of crashes: the process is paused, and goes on as a zombie while another has taken over. */
  readonly zombie: number
  readonly processes: 1 | 2
  readonly actions: number
}

const sometimes = (chance: Chance, share: number, most: number): number =>
  chance.happens(share) ? chance.float() * most : 0

export const drawProfile = (chance: Chance): Profile => {
  const looksUp = chance.happens(0.6)
  const polls = chance.happens(0.8)
  const weight = (share: number): number => (chance.happens(share) ? 1 + chance.below(5) : 0)
  return {
    rail: {
      repeatable: chance.happens(0.4),
      looksUp,
      polls,
      concurrency: chance.between(1, 4),
      ends: {
        delivers: 2 + chance.below(6),
        // What nobody can ask about waits for a report, which is not simulated.
        "takes it, later": polls || looksUp ? weight(0.6) : 0,
        "takes it, reply lost": weight(0.5),
        "takes it, hangs": weight(0.4),
        "refuses for now": weight(0.5),
        "is lost": weight(0.4),
        hangs: weight(0.3),
        nonsense: weight(0.3),
        rejects: weight(0.4),
        fails: weight(0.2),
        "wants fields": weight(0.4),
        "refuses a part": weight(0.3),
        "wrong amount": weight(0.2)
      },
      questionFails: sometimes(chance, 0.4, 0.5),
      pollStrays: sometimes(chance, 0.4, 0.6)
    },
    ledger: {
      fails: sometimes(chance, 0.5, 0.4),
      lags: sometimes(chance, 0.3, 0.5),
      pageSize: chance.pick([1, 2, 5, 200]),
      bell: chance.happens(0.7)
    },
    storage: {
      fails: sometimes(chance, 0.4, 0.3),
      commitUnknown: sometimes(chance, 0.4, 0.4)
    },
    slowness: { share: sometimes(chance, 0.6, 0.8), millis: chance.pick([5, 200, 1_500]) },
    refunds: chance.happens(0.6) ? chance.float() * 2 : 0,
    crash: sometimes(chance, 0.7, 0.15),
    zombie: chance.happens(0.4) ? 0.4 : 0,
    processes: chance.happens(0.3) ? 2 : 1,
    actions: chance.between(40, 120)
  }
}

/**
 * What can befall Kedge beside being killed. Each fault begins, lasts, and ends; in between the round may kill a process.
 *
 * Gotcha: a fault leaves the field as it found it, but for the processes, which may be others.
 */
import { setTimeout as pause } from "node:timers/promises"
import type { Disturbance } from "../../adapters/sandbox/Disturbances.ts"
import type { Chance } from "../sim/Chance.ts"
import type { Field } from "./Field.ts"
import { type CutHow, type FaultProxy, isCommit } from "./FaultProxy.ts"
import type { Seat } from "./Seat.ts"

/** How often a kind is drawn, beside the others. */
export const kinds = {
  none: 2,
  "two at once": 2,
  "SIGSTOP, SIGCONT": 2,
  SIGTERM: 2,
  "PostgreSQL immediate": 2,
  "PostgreSQL fast": 2,
  "COMMIT cut": 5,
  "database line": 4,
  "sandbox line": 3,
  "client line": 1,
  "rail and Horizon": 2
}
export type Kind = keyof typeof kinds
export const kindNames = Object.keys(kinds) as ReadonlyArray<Kind>

/** A fault that has begun. */
export interface Begun {
  /** Said with the kind: which of its forms it is. */
  readonly form: string
  readonly end: () => Promise<void>
}

/** The one that serves: `hands.seat` is the process the round kills. */
export interface Hands {
  readonly field: Field
  seat: Seat
  /** Faults of Kedge that a fault has come upon. */
  readonly complaints: Array<string>
}

const nothing = async (): Promise<void> => {}

const otherOf = ({ field, seat }: Hands): Seat => {
  const [first, second] = field.seats
  return seat === first ? second : first
}

/** Clients are led to these seats, the ones that serve. */
const lead = ({ field }: Hands, ...seats: ReadonlyArray<Seat>): void => {
  field.front.targets = seats.map(({ port }) => port)
}

const lineForms = ["cut", "held", "slow", "throttled", "half-open", "garbage"] as const

const disturbLine = (proxy: FaultProxy, chance: Chance): Begun => {
  const form = chance.pick(lineForms)
  switch (form) {
    case "cut":
      proxy.cut()
      break
    case "held":
      proxy.hold()
      break
    case "slow":
      proxy.delayMillis = chance.between(20, 150)
      break
    case "throttled":
      proxy.bytesPerSecond = chance.between(20_000, 80_000)
      break
    case "half-open":
      proxy.swallow()
      break
    case "garbage":
      proxy.garble(Buffer.from(Array.from({ length: chance.between(5, 400) }, () => chance.below(256))))
      break
  }
  return {
    form,
    end: async () => {
      proxy.heal()
      // Whoever forgot a half-open line resets it when it hears of it again.
      if (form === "half-open") proxy.cut()
    }
  }
}

const disturbances = [
  { path: "/rail/payouts", method: "POST", kind: "lose_reply", times: 3 },
  { path: "/rail/payouts", method: "POST", kind: "cut", times: 3 },
  { path: "/rail/payouts", method: "POST", kind: "hang", times: 2 },
  { path: "/rail/payouts", method: "POST", kind: "answer", status: 502, body: "<html>bad gateway</html>" },
  { path: "/rail/payouts/", method: "GET", kind: "answer", status: 500, times: 5 },
  { path: "/accounts", kind: "answer", status: 504, every: 2 },
  { path: "/accounts", kind: "answer", status: 200, body: '{"_embedded":{"records":[{"id":', every: 2 },
  { path: "/accounts", kind: "hang", times: 2 },
  { path: "/accounts", kind: "delay", delay_ms: 800 }
] as const satisfies readonly [Disturbance, ...ReadonlyArray<Disturbance>]

const disturbSandbox = async ({ field }: Hands, chance: Chance): Promise<Begun> => {
  const url = `${field.kedge.sandboxUrl}/sandbox/disturb`
  const disturbance = chance.pick<Disturbance>(disturbances)
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(disturbance)
  })
  if (!answer.ok) throw new Error(`the sandbox would not be disturbed: ${await answer.text()}`)
  return {
    form: `${disturbance.kind} ${disturbance.path}`,
    end: async () => {
      await fetch(url, { method: "DELETE" })
    }
  }
}

const cuts = ["half", "sent", "answered"] as const satisfies ReadonlyArray<CutHow>

const begin: Readonly<Record<Kind, (hands: Hands, chance: Chance) => Promise<Begun>>> = {
  none: async () => ({ form: "", end: nothing }),

  "two at once": async (hands, chance) => {
    const [here, other] = [hands.seat, otherOf(hands)]
    other.start()
    await other.ready()
    lead(hands, here, other)
    // Either may be the one that dies; the other goes on, and only one is left at the end.
    if (chance.happens(0.5)) hands.seat = other
    return {
      form: "",
      end: async () => {
        const stays = hands.seat === here ? other : here
        await hands.seat.end("SIGKILL")
        hands.seat = stays
        lead(hands, stays)
      }
    }
  },

  "SIGSTOP, SIGCONT": async (hands) => {
    const [paused, other] = [hands.seat, otherOf(hands)]
    paused.signal("SIGSTOP")
    other.start()
    lead(hands, other)
    hands.seat = other
    // Past its leases: another pays in the meantime what it had begun with.
    await Promise.all([other.ready(), pause(2_500)])
    paused.signal("SIGCONT")
    return {
      form: "",
      end: async () => {
        await paused.end("SIGKILL")
      }
    }
  },

  SIGTERM: async (hands) => {
    const { seat } = hands
    await seat.ready()
    const code = await seat.end("SIGTERM")
    if (code !== 0) hands.complaints.push(`after SIGTERM Kedge ended with ${code}`)
    seat.start()
    return { form: "", end: nothing }
  },

  "PostgreSQL immediate": async ({ field }, chance) => {
    await field.cluster.stop("immediate")
    await pause(chance.between(0, 1_000))
    return { form: "", end: () => field.cluster.start() }
  },

  "PostgreSQL fast": async ({ field }, chance) => {
    await field.cluster.stop("fast")
    await pause(chance.between(0, 1_000))
    return { form: "", end: () => field.cluster.start() }
  },

  "COMMIT cut": async ({ field }, chance) => {
    const how = chance.pick(cuts)
    await Promise.race([field.database.cutAt(isCommit, how), pause(3_000)])
    return { form: how, end: async () => field.database.heal() }
  },

  "database line": async ({ field }, chance) => disturbLine(field.database, chance),
  "sandbox line": async ({ field }, chance) => disturbLine(field.sandbox, chance),
  "client line": async ({ field }, chance) => disturbLine(field.front, chance),
  "rail and Horizon": disturbSandbox
}

export const beginFault = (kind: Kind, hands: Hands, chance: Chance): Promise<Begun> =>
  begin[kind](hands, chance)

/**
 * Rounds of calamity under load, each with one SIGKILL of Kedge at a drawn moment, alone or amid another fault; then quiet, and
 * the evidence for the auditor.
 *
 * Gotcha: what a round draws hangs on the seed and its number alone, so that slices of one run play the rounds the whole would.
 * The processes and the clock are real, so a round played again meets other moments.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { Chance } from "../sim/Chance.ts"
import { waitFor } from "../support/waitFor.ts"
import { type Evidence, gather } from "./evidence.ts"
import { type Hands, beginFault, type Kind, kindNames, kinds } from "./faults.ts"
import { isCommit, isCommitted, isPaidOut, isPayout, isRefund } from "./FaultProxy.ts"
import { type Field, openField } from "./Field.ts"
import { Load } from "./Load.ts"
import { audit, waitsStill } from "./Auditor.ts"

/** Just when Kedge is killed. */
export const moments = [
  "at any moment",
  "as a commit is sent",
  "as a commit is answered",
  "as a payout is sent",
  "as a payout is answered",
  "as a refund is sent"
] as const
export type Moment = (typeof moments)[number]

export interface Plan {
  readonly round: number
  readonly kind: Kind
  readonly moment: Moment
  /** The kill comes while the fault lasts, else after Kedge has got over it. */
  readonly isAmid: boolean
  readonly lastsMillis: number
}

export interface Played {
  /** Milliseconds from the kill, or from the end of the fault it came amid, until a payment made after it was paid out. */
  readonly recoveries: ReadonlyArray<number>
  /** The same from the end of a fault that Kedge lived through. */
  readonly livedThrough: ReadonlyArray<number>
  readonly faults: ReadonlyMap<string, number>
  readonly kills: ReadonlyMap<Moment, number>
  /** What went wrong in the course of it, each with its round. */
  readonly complaints: ReadonlyArray<string>
  readonly load: Load["counts"]
  readonly neverServed: number
  readonly evidence: Evidence
}

export interface PlayOptions {
  readonly plans: ReadonlyArray<Plan>
  readonly seed: number
  readonly perSecond?: number
  readonly say?: (line: string) => void
  /** Given the way to clear the field away, for one who must end before it is over. */
  readonly opened?: (dispose: () => Promise<void>) => void
  /** Given evidence and logs (name, text) where something is wrong with them. */
  readonly keepIfBad?: (evidence: Evidence, logs: ReadonlyArray<readonly [string, string]>) => void
  /** Sees the field when all is over, before it is cleared away. */
  readonly after?: (field: Field, evidence: Evidence) => Promise<void>
}

/** Money must move again within this, the longest time-out of Kedge's database lines and a slow start. */
const recoveryMillis = 60_000
const quietMillis = 90_000

const chanceOf = (seed: number, round: number, part: string): Chance =>
  new Chance(BigInt(seed)).fork(`${part} of round ${round}`)

export const planOf = (seed: number, round: number, kind?: Kind): Plan => {
  const chance = chanceOf(seed, round, "plan")
  const drawn = chance.weighted(kinds)
  return {
    round,
    kind: kind ?? drawn,
    moment: chance.pick(moments),
    isAmid: chance.happens(0.5),
    lastsMillis: chance.between(200, 1_500)
  }
}

/** Every kind so many times. */
export const plansOfEach = (seed: number, times: number): ReadonlyArray<Plan> =>
  kindNames.flatMap((kind, at) =>
    Array.from({ length: times }, (_, time) => planOf(seed, at * times + time + 1, kind))
  )

const wait = async (moment: Moment, { database, sandbox }: Field): Promise<void> => {
  const passing: Readonly<Record<Moment, () => Promise<void>>> = {
    "at any moment": () => Promise.resolve(),
    "as a commit is sent": () => database.passing("up", isCommit),
    "as a commit is answered": () => database.passing("down", isCommitted),
    "as a payout is sent": () => sandbox.passing("up", isPayout),
    "as a payout is answered": () => sandbox.passing("down", isPaidOut),
    "as a refund is sent": () => sandbox.passing("up", isRefund)
  }
  // Under some faults nothing passes; then it is as good as any moment.
  await Promise.race([passing[moment](), pause(1_500)])
}

/** Milliseconds from `since` until a payment made after it is in the rail's book. */
const recovered = async (field: Field, load: Load, since: number): Promise<number> => {
  await waitFor(
    "a payment made after it to be paid out",
    async () => {
      const made = load.paid.filter(({ at, digits }) => at > since && digits === "5555")
      for (const { id } of [...made.slice(0, 3), ...made.slice(-1)]) {
        const answer = await fetch(`${field.kedge.sandboxUrl}/rail/book?transaction_id=${id}`)
        const { entries } = (await answer.json()) as { entries: ReadonlyArray<unknown> }
        if (entries.length > 0) return true
      }
      return false
    },
    { timeoutMillis: recoveryMillis, intervalMillis: 40 }
  )
  return performance.now() - since
}

const readLog = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "")

const count = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export const play = async ({
  after,
  keepIfBad,
  opened,
  perSecond = 10,
  plans,
  say = () => {},
  seed
}: PlayOptions): Promise<Played> => {
  const field = await openField()
  opened?.(field.dispose)
  try {
    const [recoveries, livedThrough] = [new Array<number>(), new Array<number>()]
    const faults = new Map<string, number>()
    const kills = new Map<Moment, number>()
    const hands: Hands = { field, seat: field.seats[0], complaints: [] }
    hands.seat.start()
    field.front.targets = [hands.seat.port]
    await hands.seat.ready()
    const load = new Load(field, chanceOf(seed, plans[0]?.round ?? 0, "load"), perSecond)
    load.start()
    await recovered(field, load, 0)

    const kill = async ({ moment }: Plan): Promise<number> => {
      await wait(moment, field)
      const at = performance.now()
      await hands.seat.kill()
      count(kills, moment)
      return at
    }

    const playRound = async (plan: Plan): Promise<number> => {
      const chance = chanceOf(seed, plan.round, "deeds")
      const begun = await beginFault(plan.kind, hands, chance)
      count(faults, begun.form === "" ? plan.kind : `${plan.kind}: ${begun.form}`)
      let killed = 0
      if (plan.isAmid) killed = await kill(plan)
      await pause(plan.lastsMillis)
      await begun.end()
      const ended = performance.now()
      if (plan.isAmid) return recovered(field, load, plan.kind === "none" ? killed : Math.max(killed, ended))
      if (plan.kind !== "none") livedThrough.push(await recovered(field, load, ended))
      killed = await kill(plan)
      return recovered(field, load, killed)
    }

    for (const plan of plans) {
      const shown = `${plan.kind}, SIGKILL ${plan.moment}${plan.isAmid ? " amid it" : ""}`
      try {
        const millis = await playRound(plan)
        recoveries.push(millis)
        say(`round ${plan.round}: ${shown}: ${Math.round(millis)} ms`)
      } catch (error) {
        hands.complaints.push(
          `round ${plan.round}, ${shown}: ${error instanceof Error ? error.message : String(error)}`
        )
        say(hands.complaints.at(-1) ?? "")
        break
      }
    }

    await load.stop()
    for (const proxy of [field.front, field.database, field.sandbox]) proxy.heal()
    await field.cluster.start()
    await fetch(`${field.kedge.sandboxUrl}/sandbox/disturb`, { method: "DELETE" })
    for (const seat of field.seats) seat.signal("SIGCONT")
    if (!hands.seat.isWanted) hands.seat.start()
    const begunQuiet = performance.now()
    const gathered = () => gather(field, load.announced)
    const evidence = await waitFor(
      "all to come to rest",
      async () => {
        const seen = await gathered()
        return waitsStill(seen).length === 0 ? seen : undefined
      },
      { timeoutMillis: quietMillis, intervalMillis: 500 }
    ).catch(gathered)
    say(`quiet after ${Math.round(performance.now() - begunQuiet)} ms`)
    for (const seat of field.seats)
      for (const death of seat.deaths) hands.complaints.push(`Kedge ended by itself: ${death}`)
    if (hands.complaints.length > 0 || audit(evidence).some(({ faults: broken }) => broken.length > 0)) {
      const logs = field.seats.map((seat) => [basename(seat.logFile), readLog(seat.logFile)] as const)
      keepIfBad?.(evidence, logs)
    }
    await after?.(field, evidence)
    return {
      recoveries,
      livedThrough,
      faults,
      kills,
      complaints: hands.complaints,
      load: load.counts,
      neverServed: field.seats.reduce((sum, seat) => sum + seat.neverServed, 0),
      evidence
    }
  } finally {
    await field.dispose()
  }
}

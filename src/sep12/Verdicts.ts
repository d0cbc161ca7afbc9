/**
 * Verdicts as facts: asked of the provider, recorded where they changed, and told to the transactions that wait.
 *
 * An answer may be overtaken by another fact while it is on its way, so it is recorded only over the version it was asked
 * about. Gotcha: a version alone does not show that values are just being replaced, because the provider stores them and not
 * we. Whoever stores sets a mark before it begins and takes it away when it is done; while a mark stands no answer is recorded,
 * and nobody is ACCEPTED. The last to be done judges everything anew; for those that died, the sweeper does.
 *
 * Telling comes after the record, and a process may die in between. So what a transaction may wait for is recorded with a due
 * time, in the same statement, and the sweeper tells it again and takes the time away (`told`).
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { Verdict } from "../ports/KycProvider.ts"
import type { CustomerRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Provider } from "./askProvider.ts"
import { type CustomerNotFound, type CustomersUnavailable, notFound, unavailable } from "./errors.ts"
import { type JudgedAs, isStoring, judgedOf, marksOf, recorded, storing } from "./judgedAs.ts"

/** Questions asked anew before the answer is left to whoever keeps changing the customer. */
const overtakenMax = 3
/** Seconds within which whoever recorded a verdict has told it; then it is told again. */
const toldWithin = 5
/** Each failure is another's success, so only a crowd around one customer comes so far; the sweeper sees to the rest. */
const triesMax = 30

type Recordable = Pick<Verdict, "status" | "message" | "askAgainSeconds">

/** A customer with the newest verdict. */
export interface Judged {
  readonly row: CustomerRow
  readonly verdict: Verdict
  /** The record is new: whoever waits is to be told. */
  readonly changed: boolean
}

/** What the provider said when it took the values. */
export interface Answer {
  readonly as: JudgedAs
  readonly verdict: Verdict
}

/** Values of a customer on their way to the provider. */
export interface Storing {
  /** With the mark. */
  readonly row: CustomerRow
  readonly mark: string
}

type Failure = CustomerNotFound | CustomersUnavailable

export interface Verdicts {
  readonly find: (id: CustomerId) => Effect.Effect<CustomerRow, Failure>
  /** Asks the provider, and records the answer where it is news. */
  readonly ask: (row: CustomerRow, as: JudgedAs, lang: string) => Effect.Effect<Judged, Failure>
  /** The same for everything else that the customer was judged as; true where any record is new. */
  readonly askOthers: (row: CustomerRow, as: JudgedAs, lang: string) => Effect.Effect<boolean, Failure>
  /** Records what somebody told, whatever was asked meanwhile. */
  readonly record: (id: CustomerId, as: JudgedAs, verdict: Recordable) => Effect.Effect<CustomerRow, Failure>
  /** To be called before values are handed to the provider. */
  readonly begin: (id: CustomerId) => Effect.Effect<Storing, Failure>
  /**
   * Judges everything anew after values were stored, or refused, and takes the mark away. `first` is what the provider said
   * when it took the values; `put`, the names that were put and are no longer contested.
   */
  readonly finish: (
    storing: Storing,
    first: Answer | null,
    put: ReadonlyArray<string>,
    lang: string
  ) => Effect.Effect<CustomerRow, Failure>
  /** Takes away the due time of what was told, unless the customer has changed since that row. */
  readonly told: (row: CustomerRow, as: JudgedAs, verdict: Recordable) => Effect.Effect<void, Failure>
}

/** Whether a verdict says what is on record already. */
export const isKnown = (
  row: CustomerRow,
  as: JudgedAs,
  verdict: Pick<Verdict, "status" | "message">
): boolean => {
  const known = recorded(row, as)
  return known !== undefined && known.status === verdict.status && known.message === (verdict.message ?? null)
}

/** An answer that could not be recorded: it may be about values that are no longer there. */
const unsettled = (verdict: Verdict): Verdict =>
  verdict.status === "ACCEPTED" ? { ...verdict, status: "PROCESSING" } : verdict

/**
 * The same where it must be on record, so that the last to be done judges it. Gotcha: never PROCESSING, which a provider that
 * reads the record takes for the institution's own word, and which then stands for ever.
 */
const suspended = (verdict: Verdict): Verdict =>
  verdict.status === "ACCEPTED" || verdict.status === "PROCESSING"
    ? { status: "NEEDS_INFO", fields: verdict.fields, provided: verdict.provided }
    : verdict

/** Whether transactions go on, or end, by it. */
const isSettled = (status: string): boolean => status === "ACCEPTED" || status === "REJECTED"

export const makeVerdicts = (
  storage: Storage["Service"],
  provider: Provider,
  entropy: Entropy["Service"],
  /** Seconds after which values that were being stored are there, or never will be. */
  storedWithin: number
): Verdicts => {
  const find = Effect.fnUntraced(function* (id: CustomerId) {
    const row = yield* storage.customer(id).pipe(Effect.mapError(unavailable))
    return row === null || row.erased ? yield* notFound() : row
  })

  /** Null: the customer has changed since that version, or was erased. */
  const recordOver = (
    { id, version }: CustomerRow,
    type: JudgedAs,
    { askAgainSeconds, message, status }: Recordable,
    put: ReadonlyArray<string> = [],
    dueInSeconds: number | null = isSettled(status) ? toldWithin : (askAgainSeconds ?? null)
  ) =>
    storage
      .recordVerdict({
        id,
        type,
        status,
        message: message ?? null,
        askAgainInSeconds: dueInSeconds,
        put,
        ifVersion: version
      })
      .pipe(Effect.mapError(unavailable))

  const ask = Effect.fnUntraced(function* (
    row: CustomerRow,
    as: JudgedAs,
    lang: string
  ): Effect.fn.Return<Judged, Failure> {
    let asked = row
    for (let overtaken = 0; ; overtaken += 1) {
      const verdict = yield* provider.verdict(asked.id, as, lang)
      if (isStoring(asked)) return { row: asked, verdict: unsettled(verdict), changed: false }
      if (isKnown(asked, as, verdict)) return { row: asked, verdict, changed: false }
      const written = yield* recordOver(asked, as, verdict)
      if (written !== null) return { row: written, verdict, changed: true }
      asked = yield* find(asked.id)
      if (overtaken === overtakenMax) return { row: asked, verdict: unsettled(verdict), changed: false }
    }
  })

  const askOthers: Verdicts["askOthers"] = Effect.fnUntraced(function* (row, as, lang) {
    let now = row
    let isNew = false
    for (const other of judgedOf(row)) {
      if (other === as) continue
      const judged = yield* ask(now, other, lang)
      now = judged.row
      isNew ||= judged.changed
    }
    return isNew
  })

  const record: Verdicts["record"] = Effect.fnUntraced(function* (id, type, verdict) {
    const row = yield* storage
      .recordVerdict({
        id,
        type,
        status: verdict.status,
        message: verdict.message ?? null,
        askAgainInSeconds: isSettled(verdict.status) ? toldWithin : (verdict.askAgainSeconds ?? null),
        put: []
      })
      .pipe(Effect.mapError(unavailable))
    return row === null || row.erased ? yield* notFound() : row
  })

  const writeMarks = (row: CustomerRow, marks: ReadonlyArray<string>, put: ReadonlyArray<string>) =>
    recordOver(
      row,
      storing,
      marks.length === 0
        ? { status: "PROCESSING", askAgainSeconds: toldWithin }
        : { status: "PROCESSING", message: marks.join(" "), askAgainSeconds: storedWithin },
      put
    )

  const begin: Verdicts["begin"] = Effect.fnUntraced(function* (id) {
    const nowMillis = yield* storage.nowMillis.pipe(Effect.mapError(unavailable))
    const mark = `${yield* entropy.uuid}@${nowMillis}`
    const isAlive = (other: string) => Number(other.split("@")[1]) + storedWithin * 1000 > nowMillis
    for (let times = 0; times < triesMax; times += 1) {
      const row = yield* find(id)
      const marked = yield* writeMarks(row, [...marksOf(row).filter(isAlive), mark], [])
      if (marked !== null) return { row: marked, mark }
    }
    return yield* unavailable({ message: "too many change one customer at once" })
  })

  /** Everything on record judged anew and no mark left, over one version after another; null when one was overtaken. */
  const judgeAll = Effect.fnUntraced(function* (
    row: CustomerRow,
    first: Answer | null,
    put: ReadonlyArray<string>,
    lang: string
  ): Effect.fn.Return<CustomerRow | null, Failure> {
    let now = row
    for (const as of new Set([...(first === null ? [] : [first.as]), ...judgedOf(row)])) {
      const verdict = first?.as === as ? first.verdict : yield* provider.verdict(row.id, as, lang)
      if (isKnown(now, as, verdict)) continue
      // That it is to be told is due with the last mark.
      const written = yield* recordOver(now, as, verdict, [], verdict.askAgainSeconds ?? null)
      if (written === null) return null
      now = written
    }
    return yield* writeMarks(now, [], put)
  })

  /** Others are still at it, and the last of them judges; what we put is contested no more. */
  const leave = Effect.fnUntraced(function* (
    row: CustomerRow,
    others: ReadonlyArray<string>,
    first: Answer | null,
    put: ReadonlyArray<string>
  ) {
    const isNew = first !== null && recorded(row, first.as) === undefined
    const known = isNew ? yield* recordOver(row, first.as, suspended(first.verdict)) : row
    return known === null ? null : yield* writeMarks(known, others, put)
  })

  const finish: Verdicts["finish"] = Effect.fnUntraced(function* (begun, first, put, lang) {
    let { mark } = begun
    let answer = first
    for (let times = 0; times < triesMax; times += 1) {
      const row = yield* find(begun.row.id)
      const marks = marksOf(row)
      if (!marks.includes(mark)) {
        // We took so long that we were given up, and what we stored may not be judged yet.
        mark = (yield* begin(row.id)).mark
        continue
      }
      const others = marks.filter((other) => other !== mark)
      // What was told meanwhile, a report of the institution's, was not known when the values were taken.
      if (answer !== null && row.version !== begun.row.version) {
        answer = { as: answer.as, verdict: yield* provider.verdict(row.id, answer.as, lang) }
      }
      const settled =
        others.length > 0 ? yield* leave(row, others, answer, put) : yield* judgeAll(row, answer, put, lang)
      if (settled !== null) return settled
    }
    return yield* find(begun.row.id)
  })

  const told: Verdicts["told"] = (row, as, verdict) =>
    Effect.asVoid(recordOver(row, as, verdict, [], verdict.askAgainSeconds ?? null))

  return { find, ask, askOthers, record, begin, finish, told }
}

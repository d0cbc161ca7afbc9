/**
 * PUT /customer: registers a customer or merges values into one, links it to a side of a transaction, judges it anew, and tells
 * who waits (SEP-12 §Customer PUT). PUT /customer/verification is the same with codes alone.
 *
 * Gotcha: values are judged by SEP-9 before a customer is registered for them; what only the provider refuses leaves a customer
 * without data behind.
 */
import { Effect, Result } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { say } from "../http/Sentence.ts"
import { Entropy } from "../ports/Entropy.ts"
import type { Verdict } from "../ports/KycProvider.ts"
import type { CustomerRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import type { Actors } from "../runtime/Actors.ts"
import { spellingsOf } from "../../machines/domain/Sep9.ts"
import type { Provider } from "./askProvider.ts"
import type { CustomerFiles } from "./customerFiles.ts"
import type { Asked, Asker } from "./Customers.ts"
import { type CustomerError, notFound, refused, unavailable } from "./errors.ts"
import { isStoring, type JudgedAs, recorded, storing } from "./judgedAs.ts"
import { type AskedSide, langOf, type Subject, type Subjects } from "./subjects.ts"
import { customerOf } from "./sides.ts"
import { readValues, type Read, type SubmittedField, type Values } from "./submitted.ts"
import type { TellWaiting } from "./tellWaiting.ts"
import type { Answer, Verdicts } from "./Verdicts.ts"

/** Who finds another customer on the side, put there meanwhile, begins anew with that one. */
const begunMax = 3

/** Values were taken, by the last who stored any, and it is due to tell so. */
const isToBeTold = (row: CustomerRow): boolean =>
  !isStoring(row) && (recorded(row, storing)?.askAgainAtMillis ?? null) !== null

const noneAwaited = (name: string) => say`${`${name}_verification`}: no field awaits a verification code`

export const makePutCustomer = Effect.fnUntraced(function* (parts: {
  readonly storage: Storage["Service"]
  readonly provider: Provider
  readonly verdicts: Verdicts
  readonly actors: Actors["Service"]
  readonly subjects: Subjects
  readonly files: CustomerFiles
  readonly waiting: TellWaiting
}) {
  const { actors, files, provider, storage, subjects, verdicts, waiting } = parts
  const entropy = yield* Entropy
  const services = yield* Effect.context<Vault | Entropy>()

  const create = Effect.fnUntraced(function* (
    key: Subject["key"]
  ): Effect.fn.Return<CustomerRow, CustomerError> {
    const id = (yield* entropy.uuid) as CustomerId
    const created = yield* storage.createCustomer({ id, ...key }).pipe(Effect.mapError(unavailable))
    if (created !== null) return created
    // Another PUT was first (S12-PUT-17).
    const first =
      key.account === null
        ? null
        : yield* storage.customerBy(key.owner, key.account, key.memo).pipe(Effect.mapError(unavailable))
    return (
      first ?? (yield* unavailable({ message: "a customer came and went while it was being registered" }))
    )
  })

  /** A phone number in a format of the customer's own is judged by the format they gave before. */
  const valuesOf = Effect.fnUntraced(function* (
    fields: ReadonlyArray<SubmittedField>,
    row: CustomerRow | null
  ) {
    const read = readValues(fields)
    const mayDiffer = row !== null && fields.some(({ name }) => name === "mobile_number")
    if (Result.isSuccess(read) || !mayDiffer) return read
    const held = yield* provider.values(row.id)
    return readValues(fields, held["mobile_number_format"])
  })

  const takesCustomers = new Set(["pending_receiver.checking", "pending_customer_info_update.awaitingData"])

  /** Puts the customer on its side; false where another stands there by now. */
  const link = Effect.fnUntraced(function* (
    row: CustomerRow,
    { party, transaction, type }: AskedSide
  ): Effect.fn.Return<boolean, CustomerError> {
    yield* actors
      .tell({
        to: transaction.id,
        event: { type: "customer.linked", party, customerId: row.id, customerType: type },
        cause: "customer"
      })
      .pipe(Effect.mapError(unavailable))
    const [now] = yield* storage.transactions([transaction.id]).pipe(Effect.mapError(unavailable))
    const stands = now === undefined ? null : customerOf(now, party)
    if (stands === null) return yield* refused(say`the transaction takes no customer any more`)
    return stands === row.id
  })

  /** The customer a PUT is for, on its side; null where another came there first. */
  const settled = Effect.fnUntraced(function* ({
    key,
    row,
    side
  }: Subject): Effect.fn.Return<CustomerRow | null, CustomerError> {
    const isLinked = side === null || customerOf(side.transaction, side.party) !== null
    if (!isLinked && !takesCustomers.has(side.transaction.state)) {
      return yield* refused(say`the transaction takes no customer any more`)
    }
    const customer = row ?? (yield* create(key))
    if (isLinked || (yield* link(customer, side))) return customer
    // Made for this side alone, it is nobody's now.
    if (row === null && key.account === null) {
      yield* storage.eraseCustomer(customer.id).pipe(Effect.mapError(unavailable))
    }
    return null
  })

  const verify = Effect.fnUntraced(function* (
    id: CustomerId,
    as: JudgedAs,
    codes: Read["codes"],
    lang: string
  ): Effect.fn.Return<Verdict, CustomerError> {
    const [first = ""] = Object.keys(codes)
    if (provider.verify === null) return yield* refused(noneAwaited(first))
    return yield* provider
      .verify(id, as, codes, lang)
      .pipe(Effect.catchTag("CustomerRefused", ({ message }) => Effect.fail(refused(message))))
  })

  const keep = Effect.fnUntraced(function* (
    id: CustomerId,
    as: JudgedAs,
    values: Values,
    lang: string
  ): Effect.fn.Return<CustomerRow, CustomerError> {
    const names = Object.keys(values).flatMap(spellingsOf)
    const storing = yield* verdicts.begin(id)
    const finish = (answer: Answer | null, put: ReadonlyArray<string>) =>
      verdicts.finish(storing, answer, put, lang)
    const verdict = yield* provider.put(id, as, values, lang).pipe(
      // Nothing was stored, and what was thought of the customer before stands.
      Effect.tapErrorTag("CustomerRefused", () => finish(null, [])),
      Effect.catchTag("CustomerRefused", ({ message }) => Effect.fail(refused(message)))
    )
    return yield* finish({ as, verdict }, names)
  })

  /** Judged without new values: what is news is recorded. */
  const judge = (row: CustomerRow, as: JudgedAs, lang: string) => Effect.asVoid(verdicts.ask(row, as, lang))

  /** The provider learns of a customer that gives nothing, too. */
  const keepNone = Effect.fnUntraced(function* (
    row: CustomerRow,
    as: JudgedAs,
    lang: string
  ): Effect.fn.Return<CustomerRow, CustomerError> {
    yield* provider
      .put(row.id, as, {}, lang)
      .pipe(Effect.catchTag("CustomerRefused", ({ message }) => Effect.fail(refused(message))))
    return (yield* verdicts.ask(row, as, lang)).row
  })

  const tell = (id: CustomerId) => Effect.provide(waiting.after(id), services)

  const putOnce = Effect.fnUntraced(function* (
    asker: Asker,
    asked: Asked,
    fields: ReadonlyArray<SubmittedField>
  ): Effect.fn.Return<CustomerId | null, CustomerError> {
    const subject = yield* subjects.subject(asker, asked)
    const { as, who } = subject
    yield* subjects.mayChange(who, subject.row, subject.side)
    const lang = langOf(asked)
    const read = yield* Effect.fromResult(Result.mapError(yield* valuesOf(fields, subject.row), refused))
    const [proven] = Object.keys(read.codes)
    if (proven !== undefined && subject.row === null) return yield* refused(noneAwaited(proven))
    yield* files.inspectAll(who, read.values)
    const referred = yield* files.referred(who, read.files)
    const values = { ...read.values, ...referred.values }
    const row = yield* settled(subject)
    if (row === null) return null
    if (proven !== undefined) yield* verify(row.id, as, read.codes, lang)
    const work = Object.keys(values).length === 0 ? keepNone(row, as, lang) : keep(row.id, as, values, lang)
    const now = yield* work.pipe(
      // Erased meanwhile: what was put just now must not outlive it.
      Effect.tapErrorTag("CustomerNotFound", () => provider.erase(row.id)),
      Effect.tapErrorTag("CustomerRequestRefused", () => tell(row.id))
    )
    if (proven !== undefined) yield* judgeRest(row.id, as, lang)
    if (referred.ids.length > 0) {
      yield* storage.attachFiles(row.id, referred.ids).pipe(Effect.mapError(unavailable))
    }
    const isTold = yield* tell(row.id)
    // Whether or not it is recorded that all were told, the values are taken: the sweeper tells them again.
    if (isTold && isToBeTold(now)) yield* Effect.ignore(verdicts.told(now, storing, { status: "PROCESSING" }))
    return row.id
  })

  /** After a code was taken: everything else the customer was judged as may be complete by it. */
  const judgeRest = Effect.fnUntraced(function* (id: CustomerId, as: JudgedAs, lang: string) {
    const row = yield* verdicts.find(id)
    yield* verdicts.askOthers(row, as, lang)
  })

  return {
    put: Effect.fnUntraced(function* (
      asker: Asker,
      asked: Asked,
      fields: ReadonlyArray<SubmittedField>
    ): Effect.fn.Return<CustomerId, CustomerError> {
      for (let times = 0; times < begunMax; times += 1) {
        const id = yield* putOnce(asker, asked, fields)
        if (id !== null) return id
      }
      return yield* unavailable({ message: "the customer of a transaction's side kept changing" })
    }),

    verify: Effect.fnUntraced(function* (
      asker: Asker,
      asked: Asked,
      fields: ReadonlyArray<SubmittedField>
    ): Effect.fn.Return<CustomerId, CustomerError> {
      if (asked.id === undefined) return yield* refused(say`${"id"} is missing`)
      const { as, row, side, who } = yield* subjects.subject(asker, asked)
      if (row === null) return yield* notFound()
      yield* subjects.mayChange(who, row, side)
      const {
        codes,
        files: sent,
        values
      } = yield* Effect.fromResult(Result.mapError(readValues(fields), refused))
      const [first] = Object.keys(codes)
      if (first === undefined || Object.keys(values).length + Object.keys(sent).length > 0) {
        return yield* refused(say`the body must hold id and verification codes, and nothing else`)
      }
      yield* verify(row.id, as, codes, langOf(asked))
      yield* judge(row, as, langOf(asked))
      yield* judgeRest(row.id, as, langOf(asked))
      yield* tell(row.id)
      return row.id
    })
  }
})

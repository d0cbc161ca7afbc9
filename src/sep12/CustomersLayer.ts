/**
 * How the Customers service works over the storage, the KYC provider and the actors.
 *
 * Everything that names a customer passes `reach`, the one check of ownership. Gotcha: values are judged by SEP-9 before a
 * customer is registered for them; what only the provider refuses leaves a customer without data behind.
 */
import { Effect, Layer, Result } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { spellingsOf } from "../../machines/domain/Sep9.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BusinessHooks, defaultHooks } from "../ports/BusinessHooks.ts"
import { Entropy } from "../ports/Entropy.ts"
import { KycProvider } from "../ports/KycProvider.ts"
import type { CustomerRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import { Actors } from "../runtime/Actors.ts"
import { askProvider, checkReport } from "./askProvider.ts"
import { withContested } from "./contested.ts"
import { type Asked, type Asker, Customers, type Shown } from "./Customers.ts"
import { type CustomerError, notFound, refused, unavailable } from "./errors.ts"
import {
  contradiction,
  type CustomerKey,
  type Identity,
  isCustomerId,
  keyOf,
  mayReach,
  type Naming
} from "./identity.ts"
import { readValues, type SubmittedField } from "./submitted.ts"
import { makeTellWaiting } from "./tellWaiting.ts"
import { isKnown, makeVerdicts, recorded, standing } from "./Verdicts.ts"

/** Seconds within which values that were put are judged, or else the provider is asked again. */
const judgedWithin = 15

/** Without a `lang`, or with one that is none (S12-GET-15). */
const langDefault = "en"
const langOf = ({ lang }: Asked): string =>
  lang !== undefined && /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$/.test(lang) ? lang : langDefault

const make = Effect.fnUntraced(function* () {
  const config = yield* KedgeConfig
  const storage = yield* Storage
  const entropy = yield* Entropy
  const hooks = yield* BusinessHooks
  const services = yield* Effect.context<Vault | Entropy>()
  const provider = askProvider(yield* KycProvider, config.timing.hookTimeout)
  const verdicts = makeVerdicts(storage, provider)
  const types = Object.keys(config.customerTypes)
  const defaultType = types[0] ?? "default"
  const waiting = makeTellWaiting({ storage, provider, verdicts, actors: yield* Actors, defaultType })
  const tell = (id: CustomerId) => Effect.provide(waiting.after(id), services)

  const registry = new Set(config.sendingAnchors.map(({ account }) => account))
  // With no registry the hook alone says who may send, so any account may be a Sending Anchor's.
  const isOpen = registry.size === 0 && hooks.isSendingAnchor !== defaultHooks.isSendingAnchor
  const identify = (asker: Asker): Identity => ({
    ...asker,
    isSendingAnchor: isOpen || registry.has(asker.account)
  })

  const typeOf = ({ type, transactionId }: Asked) => {
    if (transactionId !== undefined) {
      return Result.fail(
        refused("transaction_id is not supported here: name the customer by id, or by account and memo")
      )
    }
    if (type === undefined) return Result.succeed(defaultType)
    return types.includes(type)
      ? Result.succeed(type)
      : Result.fail(refused(`type is not known here; it is one of ${types.join(", ") || "none"}`))
  }

  /** The customer a request names, if there is one, and the key it would be registered under. */
  const reach = Effect.fnUntraced(function* (
    who: Identity,
    naming: Naming
  ): Effect.fn.Return<{ readonly key: CustomerKey; readonly row: CustomerRow | null }, CustomerError> {
    if (naming.id === undefined) {
      const key = yield* Effect.fromResult(keyOf(who, naming))
      const row = yield* storage
        .customerBy(key.owner, key.account, key.memo)
        .pipe(Effect.mapError(unavailable))
      return { key, row: row !== null && mayReach(who, row) ? row : null }
    }
    const id = naming.id
    const row = isCustomerId(id)
      ? yield* storage.customer(id as CustomerId).pipe(Effect.mapError(unavailable))
      : null
    if (row === null || !mayReach(who, row)) return yield* notFound()
    const key = yield* Effect.fromResult(keyOf(who, naming))
    const clash = contradiction(row, key, naming)
    return clash === null ? { key, row } : yield* clash
  })

  const create = Effect.fnUntraced(function* (
    key: CustomerKey
  ): Effect.fn.Return<CustomerRow, CustomerError> {
    const id = (yield* entropy.uuid) as CustomerId
    const created = yield* storage.createCustomer({ id, ...key }).pipe(Effect.mapError(unavailable))
    if (created !== null) return created
    // Another PUT was first (S12-PUT-17).
    const first = yield* storage
      .customerBy(key.owner, key.account, key.memo)
      .pipe(Effect.mapError(unavailable))
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

  const judgeOthers = Effect.fnUntraced(function* (row: CustomerRow, judged: string, lang: string) {
    for (const type of Object.keys(row.statuses).filter((other) => other !== judged)) {
      const verdict = yield* provider
        .put(row.id, type, {}, lang)
        .pipe(Effect.catchTag("CustomerRefused", () => Effect.succeed(null)))
      if (verdict !== null && !isKnown(row, type, verdict)) yield* verdicts.record(row.id, type, verdict, [])
    }
  })

  /**
   * Values about to be stored are not judged yet: until they are, nobody is ACCEPTED by the old ones, and a transaction that
   * relied on them is checked again. Should the process die in between, the verdict is asked for when due.
   */
  const suspend = Effect.fnUntraced(function* (row: CustomerRow) {
    let now = row
    for (const [type, { status }] of Object.entries(row.statuses)) {
      if (status !== "ACCEPTED") continue
      now = yield* verdicts.record(row.id, type, { status: "PROCESSING", askAgainSeconds: judgedWithin }, [])
    }
    return now
  })
  /** Nothing was stored: the old verdicts stand. */
  const resume = Effect.fnUntraced(function* (before: CustomerRow, suspended: CustomerRow) {
    if (before.version === suspended.version) return
    for (const [type, { status }] of Object.entries(before.statuses)) {
      if (status === "ACCEPTED") yield* verdicts.record(before.id, type, { status: "ACCEPTED" }, [])
    }
  })

  const get = Effect.fnUntraced(function* (
    asker: Asker,
    asked: Asked
  ): Effect.fn.Return<Shown, CustomerError> {
    const type = yield* Effect.fromResult(typeOf(asked))
    const { row } = yield* reach(identify(asker), asked)
    if (row === null) {
      const fields = yield* provider.fields(type, langOf(asked))
      return { id: null, verdict: { status: "NEEDS_INFO", fields, provided: {} } }
    }
    const judged = yield* verdicts.ask(row, type, langOf(asked))
    if (judged.changed) yield* tell(row.id)
    return { id: row.id, verdict: withContested(judged.verdict, judged.row.contested) }
  })

  const put = Effect.fnUntraced(function* (
    asker: Asker,
    asked: Asked,
    fields: ReadonlyArray<SubmittedField>
  ): Effect.fn.Return<CustomerId, CustomerError> {
    const type = yield* Effect.fromResult(typeOf(asked))
    const found = yield* reach(identify(asker), asked)
    const values = yield* Effect.fromResult(Result.mapError(yield* valuesOf(fields, found.row), refused))
    const before = found.row ?? (yield* create(found.key))
    const lang = langOf(asked)
    const names = Object.keys(values).flatMap(spellingsOf)
    const row = names.length === 0 ? before : yield* suspend(before)
    const verdict = yield* provider.put(row.id, type, values, lang).pipe(
      Effect.tapErrorTag("CustomerRefused", () => Effect.andThen(resume(before, row), tell(row.id))),
      Effect.catchTag("CustomerRefused", ({ message }) => Effect.fail(refused(message)))
    )
    if (names.length === 0 && isKnown(row, type, verdict)) return row.id
    yield* verdicts.record(row.id, type, verdict, names).pipe(
      // Erased meanwhile: what was put just now must not outlive it.
      Effect.tapErrorTag("CustomerNotFound", () => provider.erase(row.id))
    )
    yield* judgeOthers(row, type, lang)
    yield* tell(row.id)
    return row.id
  })

  const erase = Effect.fnUntraced(function* (
    asker: Asker,
    named: Omit<Naming, "id"> & { readonly account: string }
  ): Effect.fn.Return<void, CustomerError> {
    const who = identify(asker)
    // Another account is as unknown as a customer nobody registered (S12-DEL-03).
    if (named.account !== who.account && named.account !== who.muxedAccount) return yield* notFound()
    const { row } = yield* reach(who, named)
    if (row === null) return yield* notFound()
    // The data first: if the process dies in between, the customer is still there to be erased again.
    yield* provider.erase(row.id)
    yield* storage.eraseCustomer(row.id).pipe(Effect.mapError(unavailable))
    yield* Effect.logInfo("a customer was erased at the request of its owner", { customerId: row.id })
  })

  return Customers.of({
    get,
    put,
    erase,

    forTransaction: Effect.fnUntraced(function* ({ sendingAnchor, id, type }) {
      const row = isCustomerId(id)
        ? yield* storage.customer(id as CustomerId).pipe(Effect.mapError(unavailable))
        : null
      if (row === null || row.erased || row.owner !== sendingAnchor) return yield* notFound()
      const now = standing(row, type)
      if (now !== "open") {
        const message = recorded(row, type)?.message ?? null
        return { row, verdict: { status: now, ...(message === null ? {} : { message }) } }
      }
      const judged = yield* verdicts.ask(row, type, langDefault)
      if (judged.changed) yield* tell(row.id)
      return { row: judged.row, verdict: withContested(judged.verdict, judged.row.contested) }
    }),

    values: provider.values,

    report: Effect.fnUntraced(function* (id, type, told) {
      yield* Effect.fromResult(typeOf({ type }))
      const verdict = yield* checkReport(told)
      if (!isCustomerId(id)) return yield* notFound()
      const row = yield* verdicts.find(id)
      if (!isKnown(row, type, verdict)) yield* verdicts.record(id, type, verdict, [])
      yield* tell(id)
    }),

    askAgainAbout: Effect.fnUntraced(function* (id, type) {
      const judged = yield* verdicts.ask(yield* verdicts.find(id), type, langDefault)
      if (judged.changed) yield* tell(id)
    }),

    askAgain: (actor) => Effect.provide(waiting.reconsider(actor), services)
  })
})

export const layer: Layer.Layer<
  Customers,
  never,
  KedgeConfig | Storage | KycProvider | BusinessHooks | Actors | Vault | Entropy
> = Layer.effect(Customers, make())

/**
 * Whom a request is about and what they are judged as: the one way from what a request names to a customer, for every endpoint
 * (SEC-20).
 *
 * Gotcha: with a transaction the customer of its side is meant. Where the side has none and the request names none, a PUT makes
 * one without account and memo: the plain account would be the same person on both sides (S31-KYC-03).
 */
import { Effect, Result } from "effect"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import { languageOf } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import type { Settings } from "../KedgeConfig.ts"
import { defaultHooks, type Hooks } from "../ports/BusinessHooks.ts"
import type { CustomerRow, TransactionRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Provider } from "./askProvider.ts"
import type { Asked, Asker } from "./Customers.ts"
import { type CustomerError, notFound, notThis, refused, transactionNotFound, unavailable } from "./errors.ts"
import {
  contradiction,
  type CustomerKey,
  type Identity,
  isId,
  keyOf,
  mayReach,
  type Naming,
  ownerOf
} from "./identity.ts"
import { judgedAs, type JudgedAs } from "./judgedAs.ts"
import { aboutOf, customerOf, type Side, sideOf } from "./sides.ts"

/** A side of a transaction that a request is about. */
export interface AskedSide extends Side {
  readonly transaction: TransactionRow
}

/** Whom a request is about. */
export interface Subject {
  readonly who: Identity
  /** Null: not registered. */
  readonly row: CustomerRow | null
  /** What a new one is registered under. */
  readonly key: Omit<CustomerKey, "account"> & { readonly account: string | null }
  readonly as: JudgedAs
  /** The side whose customer this is, or is to be. */
  readonly side: AskedSide | null
}

/** Without a `lang`, or with one that is none (S12-GET-15). */
export const langDefault = "en"
export const langOf = ({ lang }: Pick<Asked, "lang">): string =>
  (lang === undefined ? null : languageOf(lang)) ?? langDefault

export const makeSubjects = (parts: {
  readonly settings: Pick<Settings, "assets" | "customers" | "customerTypes" | "sendingAnchors">
  readonly storage: Storage["Service"]
  readonly hooks: Hooks
  readonly provider: Provider
}) => {
  const { hooks, provider, settings, storage } = parts
  const types = Object.keys(settings.customerTypes)
  const defaultType = types[0] ?? "default"
  const registry = new Set(settings.sendingAnchors.map(({ account }) => account))
  // With no registry the hook alone says who may send, so any account may be a Sending Anchor's.
  const isOpen = registry.size === 0 && hooks.isSendingAnchor !== defaultHooks.isSendingAnchor

  /** Who asks; 403 for those that may not register customers here (S12-GEN-05). */
  const identify = (asker: Asker): Effect.Effect<Identity, CustomerError> => {
    const isSendingAnchor = isOpen || registry.has(asker.account)
    return settings.customers.clients === "sending-anchors" && !isSendingAnchor
      ? Effect.fail(notThis(say`this account has no agreement to register customers here`))
      : Effect.succeed({ ...asker, isSendingAnchor })
  }

  const knownType = ({ type }: Pick<Asked, "type">) =>
    type === undefined || types.includes(type)
      ? Result.succeed(type ?? defaultType)
      : Result.fail(refused(say`type is not known here; it is one of ${types}`))

  const customer = (id: string) =>
    isId(id) ? storage.customer(id as CustomerId).pipe(Effect.mapError(unavailable)) : Effect.succeed(null)

  /** The customer a request names by itself, if there is one, and the key it would be registered under. */
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
    const row = yield* customer(naming.id)
    if (row === null || !mayReach(who, row)) return yield* notFound()
    const key = yield* Effect.fromResult(keyOf(who, naming))
    const clash = contradiction(row, key, naming)
    return clash === null ? { key, row } : yield* clash
  })

  /** A transaction of the caller's own, and the side its type means. */
  const side = Effect.fnUntraced(function* (
    who: Identity,
    { transactionId, type }: Asked
  ): Effect.fn.Return<AskedSide | null, CustomerError> {
    if (transactionId === undefined) return null
    if (type === undefined) {
      return yield* refused(say`type is needed with transaction_id: it tells the sender from the receiver`)
    }
    const [transaction] = isId(transactionId)
      ? yield* storage.transactions([transactionId as TransactionId]).pipe(Effect.mapError(unavailable))
      : []
    const isOwn = who.isSendingAnchor && transaction?.sendingAnchor === who.account
    if (transaction === undefined || !isOwn) return yield* transactionNotFound()
    const found = yield* Effect.fromResult(Result.mapError(sideOf(settings, transaction, type), refused))
    return { ...found, transaction }
  })

  const others = say`the transaction has another customer on this side`

  const onSide = Effect.fnUntraced(function* (who: Identity, asked: Asked, asker: AskedSide) {
    const stands = customerOf(asker.transaction, asker.party)
    // The account alone repeats the token: it says who asks, not who is meant.
    const isNamed = asked.id !== undefined || asked.memo !== undefined || who.memo !== null
    const named = isNamed ? yield* reach(who, asked) : null
    if (stands === null) {
      if (named !== null) return named
      yield* Effect.fromResult(keyOf(who, asked))
      return { key: { owner: ownerOf(who), account: null, memo: null }, row: null }
    }
    const row = yield* customer(stands)
    if (row === null || !mayReach(who, row)) return yield* notFound()
    const isAnother = named !== null && named.row?.id !== row.id
    if (isAnother) return yield* refused(others)
    yield* Effect.fromResult(keyOf(who, asked))
    return { key: { owner: row.owner, account: row.account, memo: row.memo }, row }
  })

  /** Whom a GET or PUT is about. */
  const subject = Effect.fnUntraced(function* (
    asker: Asker,
    asked: Asked
  ): Effect.fn.Return<Subject, CustomerError> {
    const who = yield* identify(asker)
    const on = yield* side(who, asked)
    if (on !== null) {
      const as = yield* provider.judgedFor(on.type, aboutOf(on.transaction))
      return { who, ...(yield* onSide(who, asked, on)), as, side: on }
    }
    const type = yield* Effect.fromResult(knownType(asked))
    return { who, ...(yield* reach(who, asked)), as: judgedAs(type, null), side: null }
  })

  /**
   * To be asked before a customer is changed: who may not send any more changes nobody that payments depend on, or that stands in
   * one; 403, at once and for live tokens too (SEC-14). Own customers of others are theirs.
   */
  const mayChange = Effect.fnUntraced(function* (
    who: Identity,
    row: CustomerRow | null,
    on: AskedSide | null
  ): Effect.fn.Return<void, CustomerError> {
    const isRegistered = settings.customers.clients === "sending-anchors" || registry.has(who.account)
    const unfinished =
      isRegistered || on !== null || row === null
        ? []
        : yield* storage.unfinishedOf(row.id).pipe(Effect.mapError(unavailable))
    if (!isRegistered && on === null && unfinished.length === 0) return
    if (who.isSendingAnchor && (yield* provider.isSendingAnchor(who.account))) return
    return yield* notThis(say`this account has no agreement to send payments here`)
  })

  return { defaultType, identify, knownType, customer, reach, subject, mayChange }
}
export type Subjects = ReturnType<typeof makeSubjects>

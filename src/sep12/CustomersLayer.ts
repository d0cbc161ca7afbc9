/**
 * How the Customers service works over the storage, the KYC provider and the actors: the parts of this room put together.
 *
 * Everything that names a customer passes `subjects.ts`, and there the one check of ownership.
 */
import { Effect, Layer } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { say } from "../http/Sentence.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BusinessHooks } from "../ports/BusinessHooks.ts"
import { Entropy } from "../ports/Entropy.ts"
import { KycProvider } from "../ports/KycProvider.ts"
import { Outbound } from "../ports/Outbound.ts"
import { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import { Actors } from "../runtime/Actors.ts"
import { askProvider, checkReport } from "./askProvider.ts"
import { withContested } from "./contested.ts"
import { type Asked, type Asker, Customers, type Shown } from "./Customers.ts"
import { makeCustomerFiles } from "./customerFiles.ts"
import { makeEraseCustomer } from "./eraseCustomer.ts"
import { type CustomerError, notFound, refused, unavailable } from "./errors.ts"
import { isStoring, judgedAs, judgedOf, recorded, standing, storing, typeOf } from "./judgedAs.ts"
import { makePutCustomer } from "./putCustomer.ts"
import { langDefault, langOf, makeSubjects } from "./subjects.ts"
import { makeTellWaiting } from "./tellWaiting.ts"
import { isKnown, makeVerdicts } from "./Verdicts.ts"

/** Beyond the time a provider has for taking values, so that one that answers late is not given up. */
const patienceSeconds = 5

const make = Effect.fnUntraced(function* () {
  const settings = yield* KedgeConfig
  const storage = yield* Storage
  const hooks = yield* BusinessHooks
  const outbound = yield* Outbound
  const actors = yield* Actors
  const services = yield* Effect.context<Vault | Entropy>()
  const { hookTimeout } = settings.timing
  const provider = askProvider(yield* KycProvider, hooks, hookTimeout)
  const verdicts = makeVerdicts(storage, provider, yield* Entropy, hookTimeout + patienceSeconds)
  const subjects = makeSubjects({ settings, storage, hooks, provider })
  const files = yield* makeCustomerFiles({ settings, storage, provider, customer: subjects.customer })
  const waiting = makeTellWaiting({
    storage,
    provider,
    verdicts,
    actors,
    defaultType: subjects.defaultType
  })
  const putting = yield* makePutCustomer({ storage, provider, verdicts, actors, subjects, files, waiting })
  const erasing = makeEraseCustomer(storage, provider)
  const tell = (id: CustomerId): Effect.Effect<boolean> => Effect.provide(waiting.after(id), services)

  const get = Effect.fnUntraced(function* (
    asker: Asker,
    asked: Asked
  ): Effect.fn.Return<Shown, CustomerError> {
    const { as, row } = yield* subjects.subject(asker, asked)
    if (row === null) {
      const fields = yield* provider.fields(as, langOf(asked))
      return { id: null, verdict: { status: "NEEDS_INFO", fields, provided: {} } }
    }
    const judged = yield* verdicts.ask(row, as, langOf(asked))
    if (judged.changed) yield* tell(row.id)
    return { id: row.id, verdict: withContested(judged.verdict, judged.row.contested, langOf(asked)) }
  })

  return Customers.of({
    get,
    put: putting.put,

    verify: Effect.fnUntraced(function* (asker, asked, fields) {
      const id = yield* putting.verify(asker, asked, fields)
      return yield* get(asker, { ...asked, id })
    }),

    erase: Effect.fnUntraced(function* (asker, named) {
      const who = yield* subjects.identify(asker)
      // Another account is as unknown as a customer nobody registered (S12-DEL-03).
      if (named.account !== who.account && named.account !== who.muxedAccount) return yield* notFound()
      const { row } = yield* subjects.reach(who, named)
      if (row === null) return yield* notFound()
      yield* subjects.mayChange(who, row, null)
      yield* erasing.erase(row.id)
      // A payment that waits for what nobody can give any more goes back.
      yield* tell(row.id)
    }),

    setCallback: Effect.fnUntraced(function* (asker, asked, url) {
      const who = yield* subjects.identify(asker)
      const { row } = yield* subjects.reach(who, asked)
      if (row === null) return yield* notFound()
      yield* subjects.mayChange(who, row, null)
      yield* Effect.catchTag(outbound.check(url), "OutboundRefused", ({ words }) =>
        refused(say`url is not one that is called: ${words}`)
      )
      const isSet = yield* storage.setCustomerCallback(row.id, url).pipe(Effect.mapError(unavailable))
      if (!isSet) return yield* notFound()
    }),

    upload: Effect.fnUntraced(function* (asker, bytes) {
      return yield* files.upload(yield* subjects.identify(asker), bytes)
    }),

    files: Effect.fnUntraced(function* (asker, query) {
      return yield* files.find(yield* subjects.identify(asker), query)
    }),

    forTransaction: Effect.fnUntraced(function* ({ about, id, sendingAnchor, type }) {
      const row = yield* subjects.customer(id)
      if (row === null || row.erased || row.owner !== sendingAnchor) return yield* notFound()
      const as = about === undefined ? judgedAs(type, null) : yield* provider.judgedFor(type, about)
      const now = standing(row, as)
      if (now !== "open") {
        const message = (recorded(row, as) ?? recorded(row, type))?.message ?? null
        return { row, verdict: { status: now, ...(message === null ? {} : { message }) } }
      }
      const judged = yield* verdicts.ask(row, as, langDefault)
      if (judged.changed) yield* tell(row.id)
      return { row: judged.row, verdict: withContested(judged.verdict, judged.row.contested, langDefault) }
    }),

    values: provider.values,

    report: Effect.fnUntraced(function* (id, type, told) {
      yield* Effect.fromResult(subjects.knownType({ type }))
      const verdict = yield* checkReport(told)
      const found = yield* subjects.customer(id)
      if (found === null || found.erased) return yield* notFound()
      if (!isKnown(found, type, verdict)) {
        const row = yield* verdicts.record(id, type, verdict)
        // What was told of the type may change what is thought of its tiers.
        if (judgedOf(row).some((as) => as !== type && typeOf(as) === type)) {
          yield* verdicts.askOthers(row, type, langDefault)
        }
      }
      yield* tell(id)
    }),

    askAgainAbout: Effect.fnUntraced(function* (id, as) {
      const row = yield* verdicts.find(id)
      if (as === storing) {
        // Somebody died while storing values: judged by what is there now.
        const now = isStoring(row)
          ? yield* verdicts.finish(yield* verdicts.begin(id), null, [], langDefault)
          : row
        if ((yield* tell(id)) && !isStoring(now)) yield* verdicts.told(now, storing, { status: "PROCESSING" })
        return
      }
      const { changed, row: now, verdict } = yield* verdicts.ask(row, as, langDefault)
      // Known already, and yet perhaps never told: who recorded it may have died before that.
      const isSettled = verdict.status === "ACCEPTED" || verdict.status === "REJECTED"
      if (!changed && !isSettled) return
      if ((yield* tell(id)) && isSettled && isKnown(now, as, verdict)) yield* verdicts.told(now, as, verdict)
    }),

    shown: Effect.fnUntraced(function* (id, as) {
      const row = yield* verdicts.find(id)
      const judged = yield* verdicts.ask(row, as, langDefault)
      if (judged.changed) yield* tell(id)
      return { id, verdict: withContested(judged.verdict, judged.row.contested, langDefault) }
    }),

    finishErasure: erasing.finishErasure,

    askAgain: (actor) => Effect.provide(waiting.reconsider(actor.id), services)
  })
})

export const layer: Layer.Layer<
  Customers,
  never,
  KedgeConfig | Storage | KycProvider | BusinessHooks | Outbound | Actors | Vault | Entropy
> = Layer.effect(Customers, make())

/**
 * Stores values with the codes that are to prove some of them, and takes those codes back (S12-PUT-06).
 *
 * Gotcha: a value put again unchanged keeps its row, and with it its proof; while it is not proven, its code is sent once more.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { inLanguage } from "../../src/http/Language.ts"
import {
  type CodeMessage,
  CustomerRefused,
  type CustomerValue,
  KycUnavailable
} from "../../src/ports/KycProvider.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { type Code, type Held, makeCode, openCode, sealCode, sealTry, triesMax, triesOf } from "./codes.ts"
import { openValue, sealValue } from "./SealedValue.ts"

interface Taken {
  readonly name: string
  readonly value: CustomerValue
}

interface Sending {
  readonly lang: string
  readonly sendCode?: ((message: CodeMessage) => Effect.Effect<void, KycUnavailable>) | undefined
}

const refuse = (words: Sentence, lang: string) =>
  Effect.fail(new CustomerRefused({ message: inLanguage(words, lang) }))

export const makeKeeping = (parts: {
  readonly storage: Storage["Service"]
  /** Seconds. */
  readonly codeLifetime: number
  /** Canonical names of what must be proven. */
  readonly mustProve: ReadonlySet<string>
}) => {
  const { mustProve, storage } = parts
  const isOver = ({ sentAtMillis }: Code, nowMillis: number) =>
    nowMillis >= sentAtMillis + parts.codeLifetime * 1000

  /** The row that holds this very value already. */
  const sameRow = Effect.fnUntraced(function* (held: ReadonlyArray<Held>, { name, value }: Taken) {
    const row = held.find((each) => each.name === name)
    return row !== undefined && (yield* openValue(row.sealed)).value === value ? row.sealed : null
  })

  const send = (
    customerId: CustomerId,
    { field, value, code }: Pick<CodeMessage, "field" | "value" | "code">,
    to: Sending
  ) =>
    to.sendCode === undefined
      ? Effect.fail(new KycUnavailable({ message: "nothing sends verification codes" }))
      : to.sendCode({ customerId, field, value, code, lang: to.lang })

  const keep = Effect.fnUntraced(function* (
    customerId: CustomerId,
    taken: ReadonlyArray<Taken>,
    to: Sending
  ) {
    const atMillis = yield* storage.nowMillis
    const needsProof = ({ name, value }: Taken) => mustProve.has(name) && typeof value === "string"
    const held = taken.some(needsProof) ? yield* storage.customerValues(customerId) : []
    const rows: Array<Held> = []
    const toSend: Array<Pick<CodeMessage, "field" | "value" | "code">> = []
    for (const each of taken) {
      const { name, value } = each
      const same = needsProof(each) ? yield* sameRow(held, each) : null
      const sealed = same ?? (yield* sealValue({ value, atMillis }))
      if (same === null) rows.push({ name, sealed })
      if (typeof value !== "string" || !needsProof(each)) continue
      const last = yield* openCode(held, name)
      const isItsOwn = last?.valueId === sealed.id
      if (isItsOwn && last.isProven) continue
      const isGood = isItsOwn && !isOver(last, atMillis) && triesOf(held, name, last) < triesMax
      const code = isGood ? last : yield* makeCode(sealed.id, atMillis)
      if (!isGood) rows.push(yield* sealCode(name, code))
      toSend.push({ field: name, value, code: code.code })
    }
    // The codes with the values they prove, all or none; a code that was not sent is sent when the value is put again.
    if (rows.length > 0) yield* storage.putCustomerValues(customerId, rows)
    for (const message of toSend) yield* send(customerId, message, to)
  })

  const awaited = Effect.fnUntraced(function* (
    held: ReadonlyArray<Held>,
    field: string,
    nowMillis: number,
    lang: string
  ) {
    const code = mustProve.has(field) ? yield* openCode(held, field) : null
    const value = held.find(({ name }) => name === field)
    if (code === null || code.isProven || code.valueId !== value?.sealed.id) {
      return yield* refuse(say`${`${field}_verification`}: no field awaits a verification code`, lang)
    }
    if (isOver(code, nowMillis)) {
      return yield* refuse(say`the code for ${field} has expired: put ${field} again for a new one`, lang)
    }
    if (triesOf(held, field, code) >= triesMax) return yield* spent(field, lang)
    return code
  })

  const spent = (field: string, lang: string) =>
    refuse(say`the code for ${field} was wrong too often: put ${field} again for a new one`, lang)

  const take = Effect.fnUntraced(function* (
    customerId: CustomerId,
    codes: Readonly<Record<string, string>>,
    lang: string
  ) {
    const before = yield* storage.customerValues(customerId)
    const nowMillis = yield* storage.nowMillis
    const sent = yield* Effect.forEach(Object.entries(codes), ([field, text]) =>
      Effect.map(awaited(before, field, nowMillis, lang), (code) => ({ field, text, code }))
    )
    yield* storage.putCustomerValues(
      customerId,
      yield* Effect.forEach(sent, ({ code, field }) => sealTry(field, code))
    )
    const after = yield* storage.customerValues(customerId)
    for (const { code, field } of sent) {
      if (triesOf(after, field, code) > triesMax) return yield* spent(field, lang)
    }
    for (const { code, field, text } of sent) {
      if (text !== code.code)
        return yield* refuse(say`${`${field}_verification`} is not the code that was sent`, lang)
    }
    yield* storage.putCustomerValues(
      customerId,
      yield* Effect.forEach(sent, ({ code, field }) => sealCode(field, { ...code, isProven: true }))
    )
  })

  return { keep, take }
}

/**
 * Sends a payment to the ledger over Horizon and waits until a ledger holds it.
 *
 * Gotcha: Horizon answers 504 when it has not seen the outcome yet; the transaction may still be included, so it is then asked
 * for by its hash and never sent under another one.
 */
import { Clock, Effect, Redacted, Schedule, Schema } from "effect"
import type { HttpClient } from "effect/http"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import { buildPayment } from "../stellar/buildPayment.ts"
import { accountOfSeed } from "../stellar/seeds.ts"
import { type AnswerRefused, ask } from "./ask.ts"

export interface LedgerPayment {
  readonly horizon: URL
  readonly passphrase: string
  readonly seed: Redacted.Redacted<string>
  readonly destination: string
  readonly asset: StellarAsset
  readonly amount: Amount
  readonly memo: Memo | null
}

export interface Included {
  readonly hash: string
  readonly ledger: number
}

const fee = "10000"
const validSeconds = 120

const Account = Schema.Struct({ sequence: Schema.String })
const Submitted = Schema.Struct({ hash: Schema.String, ledger: Schema.Int })

const at = (base: URL, path: string) => `${base.href.replace(/\/+$/, "")}${path}`

export const payOnLedger = Effect.fnUntraced(function* (
  payment: LedgerPayment
): Effect.fn.Return<Included, AnswerRefused, HttpClient.HttpClient> {
  const seed = Redacted.value(payment.seed)
  const account = yield* ask(
    { method: "GET", url: at(payment.horizon, `/accounts/${accountOfSeed(seed)}`) },
    Account
  )
  const now = yield* Clock.currentTimeMillis
  const { envelope, hash } = buildPayment({
    ...payment,
    seed,
    sequence: account.sequence,
    fee,
    maxTime: Math.floor(now / 1000) + validSeconds
  })
  const find = ask({ method: "GET", url: at(payment.horizon, `/transactions/${hash}`) }, Submitted)
  return yield* ask(
    { method: "POST", url: at(payment.horizon, "/transactions"), form: { tx: envelope } },
    Submitted
  ).pipe(
    Effect.catchIf(
      ({ status }) => status === 504 || status === null,
      () =>
        find.pipe(Effect.retry(Schedule.max([Schedule.spaced("1 second"), Schedule.recurs(validSeconds)])))
    )
  )
})

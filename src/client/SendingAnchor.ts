/**
 * A Sending Anchor: the other side of SEP-31, as a client. It finds a receiving anchor by its stellar.toml, signs in, registers
 * customers, announces a payment and asks what became of it.
 *
 * For the demo, for tests and for whoever wants to try their own deployment. Gotcha: a token is kept for the life of the
 * client and not renewed.
 */
import { Clock, Effect, Redacted, Result, type Schedule, Schema } from "effect"
import { Toml } from "effect/encoding"
import type { HttpClient } from "effect/http"
import type { Memo } from "../../machines/domain/Memo.ts"
import { isFinal, sep31Statuses } from "../../machines/domain/Sep31Status.ts"
import { answerChallenge } from "../stellar/answerChallenge.ts"
import { accountOfSeed } from "../stellar/seeds.ts"
import { AnswerRefused, ask, askText } from "./ask.ts"

const decodeToml = Schema.decodeUnknownEffect(
  Schema.Struct({
    NETWORK_PASSPHRASE: Schema.String,
    SIGNING_KEY: Schema.String,
    WEB_AUTH_ENDPOINT: Schema.String,
    KYC_SERVER: Schema.optionalKey(Schema.String),
    DIRECT_PAYMENT_SERVER: Schema.String
  })
)
/** What a stellar.toml says of an anchor. */
export type AnchorToml = Effect.Success<ReturnType<typeof decodeToml>>

const Challenge = Schema.Struct({ transaction: Schema.String })
const Token = Schema.Struct({ token: Schema.String })
const CustomerId = Schema.Struct({ id: Schema.String })

const Fields = Schema.Record(Schema.String, Schema.Struct({ description: Schema.String }))
const CustomerAnswer = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  status: Schema.String,
  message: Schema.optionalKey(Schema.String),
  fields: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Struct({ description: Schema.optionalKey(Schema.String) }))
  )
})
export type CustomerAnswer = typeof CustomerAnswer.Type

const Info = Schema.Struct({
  receive: Schema.Record(
    Schema.String,
    Schema.Struct({
      funding_methods: Schema.optionalKey(Schema.Array(Schema.String)),
      sender_sep12_type: Schema.optionalKey(Schema.String),
      receiver_sep12_type: Schema.optionalKey(Schema.String)
    })
  )
})
export type InfoAnswer = typeof Info.Type

/** Where to pay: all three, or none while the customers are not accepted yet (SEP-31 §POST Transaction). */
const whereMembers = {
  stellar_account_id: Schema.optionalKey(Schema.String),
  stellar_memo_type: Schema.optionalKey(Schema.Literals(["id", "text", "hash"])),
  stellar_memo: Schema.optionalKey(Schema.String)
}
const Created = Schema.Struct({ id: Schema.String, ...whereMembers })
export type Created = typeof Created.Type

/** Where a transaction is to be paid. */
export interface WhereToPay {
  readonly account: string
  readonly memo: Memo
}

/** Null while the receiving anchor does not say it. */
export const whereToPay = (
  seen: Pick<Created, "stellar_account_id" | "stellar_memo" | "stellar_memo_type">
): WhereToPay | null => {
  const { stellar_account_id: account, stellar_memo: value, stellar_memo_type: type } = seen
  if (account === undefined || value === undefined || type === undefined) return null
  return { account, memo: { type, value } }
}

const TransactionAnswer = Schema.Struct({
  transaction: Schema.Struct({
    id: Schema.String,
    status: Schema.Literals(sep31Statuses),
    status_message: Schema.optionalKey(Schema.String),
    amount_in: Schema.optionalKey(Schema.String),
    amount_in_asset: Schema.optionalKey(Schema.String),
    amount_out: Schema.optionalKey(Schema.String),
    amount_fee: Schema.optionalKey(Schema.String),
    ...whereMembers,
    stellar_transaction_id: Schema.optionalKey(Schema.String),
    external_transaction_id: Schema.optionalKey(Schema.String),
    refunds: Schema.optionalKey(
      Schema.Struct({
        amount_refunded: Schema.String,
        payments: Schema.Array(Schema.Struct({ id: Schema.String, amount: Schema.String }))
      })
    ),
    required_info_message: Schema.optionalKey(Schema.String),
    required_info_updates: Schema.optionalKey(Schema.Struct({ transaction: Fields }))
  })
})
/** A transaction as far as this client reads it. */
export type SeenTransaction = (typeof TransactionAnswer.Type)["transaction"]

export interface SendingAnchorOptions {
  /** Origin under which `/.well-known/stellar.toml` is found. */
  readonly home: URL
  readonly seed: Redacted.Redacted<string>
}

export interface NewCustomer {
  readonly type: string
  /** Tells the customers of one account apart: uint64 in decimal. */
  readonly memo: string
  readonly values: Readonly<Record<string, string>>
}

export interface Announcement {
  readonly amount: string
  readonly assetCode: string
  readonly fundingMethod?: string
  readonly senderId?: string
  readonly receiverId?: string
  readonly fields?: Readonly<Record<string, string>>
}

type Asked<A> = Effect.Effect<A, AnswerRefused, HttpClient.HttpClient>

const present = (members: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

const readToml = (text: string) =>
  Effect.fromResult(Toml.parse(text)).pipe(
    Effect.flatMap(decodeToml),
    Effect.mapError(
      (fault) => new AnswerRefused({ message: `stellar.toml cannot be read: ${fault.message}`, status: 200 })
    )
  )

/** Reads the stellar.toml at the home. */
export const readHome = (home: URL): Asked<AnchorToml> =>
  askText({ method: "GET", url: new URL("/.well-known/stellar.toml", home).href }).pipe(
    Effect.flatMap(readToml)
  )

/** Gets a challenge and checks and signs it; `signIn` brings it back for a token. */
export const signChallenge = Effect.fnUntraced(function* (
  options: SendingAnchorOptions,
  toml: AnchorToml
): Effect.fn.Return<string, AnswerRefused, HttpClient.HttpClient> {
  const seed = Redacted.value(options.seed)
  const endpoint = new URL(toml.WEB_AUTH_ENDPOINT)
  const asked = new URL(endpoint)
  asked.searchParams.set("account", accountOfSeed(seed))
  asked.searchParams.set("home_domain", options.home.host)
  const challenge = yield* ask({ method: "GET", url: asked.href }, Challenge)
  const now = yield* Clock.currentTimeMillis
  const signed = answerChallenge(
    challenge.transaction,
    {
      server: toml.SIGNING_KEY,
      passphrase: toml.NETWORK_PASSPHRASE,
      homeDomains: [options.home.host],
      webAuthDomain: endpoint.host,
      now: Math.floor(now / 1000)
    },
    seed
  )
  if (Result.isFailure(signed)) return yield* new AnswerRefused({ message: signed.failure, status: 200 })
  return signed.success
})

/** Brings a signed challenge and answers the token. */
export const signIn = (toml: AnchorToml, signed: string): Asked<Redacted.Redacted<string>> =>
  ask({ method: "POST", url: toml.WEB_AUTH_ENDPOINT, json: { transaction: signed } }, Token).pipe(
    Effect.map(({ token }) => Redacted.make(token))
  )

/** What can be asked with a token. */
export const signedIn = (toml: AnchorToml, redacted: Redacted.Redacted<string>) => {
  const token = Redacted.value(redacted)
  const direct = (path: string) => `${toml.DIRECT_PAYMENT_SERVER}${path}`
  const kyc = (path: string) => `${toml.KYC_SERVER ?? ""}${path}`
  const transaction = (id: string) => direct(`/transactions/${encodeURIComponent(id)}`)
  const seen = (answer: typeof TransactionAnswer.Type): SeenTransaction => answer.transaction
  const look = (id: string): Asked<SeenTransaction> =>
    ask({ method: "GET", url: transaction(id), token }, TransactionAnswer).pipe(Effect.map(seen))
  return {
    info: ask({ method: "GET", url: direct("/info") }, Info),

    /** Registers a customer, or changes the one of this memo; answers the id. */
    putCustomer: ({ memo, type, values }: NewCustomer): Asked<string> =>
      ask(
        {
          method: "PUT",
          url: kyc("/customer"),
          token,
          json: { type, memo, memo_type: "id", ...values }
        },
        CustomerId
      ).pipe(Effect.map(({ id }) => id)),

    customer: (id: string, type: string): Asked<CustomerAnswer> =>
      ask(
        { method: "GET", url: `${kyc("/customer")}?${new URLSearchParams({ id, type }).toString()}`, token },
        CustomerAnswer
      ),

    /** Announces a payment; answers where and with which memo to pay, or its id alone: then `awaitReady` tells. */
    announce: (announcement: Announcement): Asked<Created> =>
      ask(
        {
          method: "POST",
          url: direct("/transactions"),
          token,
          json: present({
            amount: announcement.amount,
            asset_code: announcement.assetCode,
            funding_method: announcement.fundingMethod,
            sender_id: announcement.senderId,
            receiver_id: announcement.receiverId,
            fields: announcement.fields === undefined ? undefined : { transaction: announcement.fields }
          })
        },
        Created
      ),

    transaction: look,

    /**
     * Where to pay what was announced: from the POST, or asked for by GET until it is told. Fails when the transaction ended, or
     * when the schedule did.
     */
    awaitReady: Effect.fnUntraced(function* <Out, E, R>(
      created: Created,
      schedule: Schedule.Schedule<Out, unknown, E, R>
    ) {
      const told = whereToPay(created)
      if (told !== null) return told
      const last = yield* look(created.id).pipe(
        Effect.repeat({ schedule, until: (now) => whereToPay(now) !== null || isFinal(now.status) })
      )
      const where = isFinal(last.status) ? null : whereToPay(last)
      if (where !== null) return where
      const why = last.status_message === undefined ? "" : `: ${last.status_message}`
      return yield* new AnswerRefused({
        message: `transaction ${created.id} is ${last.status} and does not say where to pay${why}`,
        status: null
      })
    }),

    /** Brings the fields that `required_info_updates` asks for. */
    correct: (id: string, fields: Readonly<Record<string, string>>): Asked<SeenTransaction> =>
      ask(
        { method: "PATCH", url: transaction(id), token, json: { fields: { transaction: fields } } },
        TransactionAnswer
      ).pipe(Effect.map(seen))
  }
}
export type SignedIn = ReturnType<typeof signedIn>

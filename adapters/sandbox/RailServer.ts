// The rail over HTTP: /rail/payouts, /rail/poll, /rail/settle, /rail/settings, /rail/book.
// Gotcha: where the rail loses its reply the socket is cut, where it hangs the socket stays open without a word.

import type { IncomingMessage, ServerResponse } from "node:http"
import { Result, Schema } from "effect"
import { decoded, readJson, sendJson } from "./httpAnswers.ts"
import type { Rail, RailReply } from "./Rail.ts"
import type { BookEntry } from "./RailBook.ts"

const Payout = Schema.Struct({
  payoutId: Schema.NonEmptyString,
  transactionId: Schema.NonEmptyString,
  amount: Schema.String,
  asset: Schema.String,
  fundingMethod: Schema.String,
  customerAccountNumber: Schema.NullOr(Schema.String),
  transactionAccountNumber: Schema.NullOr(Schema.String)
})
const Poll = Schema.Struct({ payoutIds: Schema.Array(Schema.String) })
const Settle = Schema.Struct({ payoutIds: Schema.optionalKey(Schema.Array(Schema.String)) })
const Milliseconds = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Settings = Schema.Struct({
  latencyMs: Schema.optionalKey(Milliseconds),
  settleAfterMs: Schema.optionalKey(Milliseconds)
})

const decodePayout = Schema.decodeUnknownResult(Payout)
const decodePoll = Schema.decodeUnknownResult(Poll)
const decodeSettle = Schema.decodeUnknownResult(Settle)
const decodeSettings = Schema.decodeUnknownResult(Settings)

/** A hung reply is given up after five minutes, so that a forgotten client does not hold its socket for ever. */
const HANG_MS = 300_000

const bookMembers = ({
  payoutId,
  transactionId,
  amount,
  refusedAmount,
  account,
  at,
  behaviour,
  externalId
}: BookEntry) => ({
  payoutId,
  transactionId,
  amount,
  ...(refusedAmount === undefined ? {} : { refusedAmount }),
  account,
  at,
  behaviour,
  externalId
})

const refuse = (response: ServerResponse, reason: string): void =>
  sendJson(response, 400, { error: reason, accepted: false })

export class RailServer {
  readonly #rail: Rail
  readonly #hanging = new Set<ServerResponse>()

  constructor(rail: Rail) {
    this.#rail = rail
  }

  /** Cuts the lines that hang. */
  close(): void {
    for (const response of this.#hanging) response.destroy()
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, , kind, id, ...rest] = url.pathname.split("/")
    const route =
      rest.length > 0 ? "" : `${request.method ?? ""} ${kind ?? ""}${id === undefined ? "" : "/:id"}`
    switch (route) {
      case "POST payouts":
        return this.#pay(request, response)
      case "GET payouts/:id":
        return this.#lookUp(decoded(id ?? ""), response)
      case "POST poll":
        return this.#poll(request, response)
      case "POST settle":
        return this.#settle(request, response)
      case "POST settings":
        return this.#set(request, response)
      case "GET settings":
        return sendJson(response, 200, this.#rail.settings)
      case "GET book":
        return this.#book(url.searchParams.get("transaction_id"), response)
      default:
        return sendJson(response, 404, { error: `the rail has no ${request.method ?? ""} ${url.pathname}` })
    }
  }

  async #pay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payout = decodePayout(await readJson(request))
    if (Result.isFailure(payout)) return refuse(response, `not a payout: ${payout.failure.message}`)
    this.#reply(await this.#rail.pay(payout.success), response)
  }

  #reply(reply: RailReply, response: ServerResponse): void {
    switch (reply.kind) {
      case "answer":
        return sendJson(response, 200, reply.outcome)
      case "unavailable":
        return sendJson(response, 503, { error: "the rail is not available", accepted: false })
      case "voided":
        return sendJson(response, 409, {
          error: "this key was voided by a look-up and will never be paid",
          accepted: false,
          voided: true
        })
      case "malformed":
        return refuse(response, reply.reason)
      case "lost":
        response.destroy()
        return
      case "hung":
        return this.#hang(response)
    }
  }

  #hang(response: ServerResponse): void {
    const timer = setTimeout(() => response.destroy(), HANG_MS)
    timer.unref()
    this.#hanging.add(response)
    response.on("close", () => {
      clearTimeout(timer)
      this.#hanging.delete(response)
    })
  }

  async #lookUp(payoutId: string | undefined, response: ServerResponse): Promise<void> {
    if (payoutId === undefined) return refuse(response, "the key in the path is not percent-encoded UTF-8")
    const outcome = await this.#rail.lookUp(payoutId)
    if (outcome === undefined) return sendJson(response, 404, { accepted: false })
    sendJson(response, 200, outcome)
  }

  async #poll(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = decodePoll(await readJson(request))
    if (Result.isFailure(asked)) return refuse(response, `not a list of keys: ${asked.failure.message}`)
    sendJson(response, 200, { answers: await this.#rail.poll(asked.success.payoutIds) })
  }

  async #settle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = decodeSettle(await readJson(request))
    if (Result.isFailure(asked)) return refuse(response, `not a list of keys: ${asked.failure.message}`)
    sendJson(response, 200, { settled: await this.#rail.settle(asked.success.payoutIds) })
  }

  async #set(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const settings = decodeSettings(await readJson(request))
    if (Result.isFailure(settings)) return refuse(response, `not settings: ${settings.failure.message}`)
    this.#rail.set(settings.success)
    sendJson(response, 200, this.#rail.settings)
  }

  async #book(transactionId: string | null, response: ServerResponse): Promise<void> {
    const { book } = this.#rail
    const entries = transactionId === null ? [...book.entries] : [...book.ofTransaction(transactionId)]
    // One after the other they became durable, so the last one waits for all.
    await entries.at(-1)?.durable
    sendJson(response, 200, { entries: entries.map(bookMembers) })
  }
}

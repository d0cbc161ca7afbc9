// What goes wrong between the sandbox and its clients, on order? Rules by method and path: cut the line, lose the reply,
// hang, delay, or answer something else; for the first so many requests, or for every n-th.
// Gotcha: a lost reply has happened: the transaction is in its ledger, the payout in the book.

import type { ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { Result, Schema } from "effect"
import { loseReply, send } from "./httpAnswers.ts"

const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const Disturbance = Schema.Struct({
  /** What the path begins with: "/transactions", "/accounts". */
  path: Schema.String,
  /** Any where absent. */
  method: Schema.optionalKey(Schema.String),
  /** `cut`: before the request is read; `lose_reply`: after it was served; `hang`: no answer for ever. */
  kind: Schema.Literals(["cut", "lose_reply", "hang", "delay", "answer"]),
  /** Of an answer, and what it says. */
  status: Schema.optionalKey(Schema.Int),
  body: Schema.optionalKey(Schema.String),
  content_type: Schema.optionalKey(Schema.String),
  retry_after: Schema.optionalKey(Schema.String),
  delay_ms: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only every n-th request that it meets; 1 unless given. */
  every: Schema.optionalKey(Positive),
  /** How often at most; without limit unless given. */
  times: Schema.optionalKey(Positive)
})
export type Disturbance = typeof Disturbance.Type

const decode = Schema.decodeUnknownResult(Disturbance)

interface Rule {
  readonly disturbance: Disturbance
  met: number
  done: number
}

export class Disturbances {
  #rules: Array<Rule> = []
  readonly #hanging = new Set<ServerResponse>()

  add(disturbance: Disturbance): void {
    this.#rules.push({ disturbance, met: 0, done: 0 })
  }

  /** As {@link add}, from JSON; answers why not. */
  addUnknown(json: unknown): string | undefined {
    const decoded = decode(json)
    if (Result.isFailure(decoded)) return decoded.failure.message
    this.add(decoded.success)
    return undefined
  }

  clear(): void {
    this.#rules = []
    this.close()
  }

  /** Cuts the lines that hang. */
  close(): void {
    for (const response of this.#hanging) response.destroy()
  }

  /** Disturbs the request as the first rule that meets it says; answers whether it is still to be served. */
  async isServed(method: string, path: string, response: ServerResponse): Promise<boolean> {
    const disturbance = this.#meet(method, path)
    switch (disturbance?.kind) {
      case undefined:
        return true
      case "cut":
        response.destroy()
        return false
      case "hang":
        this.#hanging.add(response)
        response.on("close", () => this.#hanging.delete(response))
        return false
      case "lose_reply":
        loseReply(response)
        return true
      case "delay":
        await sleep(disturbance.delay_ms ?? 0)
        return true
      case "answer":
        send(response, disturbance.status ?? 503, disturbance.body ?? '{"error":"disturbed"}', {
          "content-type": disturbance.content_type ?? "application/json",
          ...(disturbance.retry_after === undefined ? {} : { "retry-after": disturbance.retry_after })
        })
        return false
    }
  }

  #meet(method: string, path: string): Disturbance | undefined {
    for (const rule of this.#rules) {
      const { disturbance } = rule
      if (!path.startsWith(disturbance.path)) continue
      if (disturbance.method !== undefined && disturbance.method !== method) continue
      if (disturbance.times !== undefined && rule.done >= disturbance.times) continue
      rule.met += 1
      if (rule.met % (disturbance.every ?? 1) !== 0) continue
      rule.done += 1
      return disturbance
    }
    return undefined
  }
}

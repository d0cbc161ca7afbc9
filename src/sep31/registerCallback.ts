/**
 * PUT /transactions/:id/callback: where the status changes of a transaction are told from now on (SEP-31 §PUT Transaction
 * Callback).
 *
 * The URL is judged by its text; where its name leads is judged each time it is called (SEC-05). Gotcha: changes that were
 * committed before are not told: the Sending Anchor sees them by GET.
 */
import { Effect } from "effect"
import { BadRequest } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import type { JsonObject } from "../http/readJson.ts"
import { say } from "../http/Sentence.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Outbound } from "../ports/Outbound.ts"
import type { TransactionRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { noSuchTransaction } from "./errors.ts"

/** Where callbacks are not offered, every transaction is as unknown as one that does not exist (S31-CB-03). */
export const callbacksOffered = Effect.map(KedgeConfig, ({ callbacks }) =>
  callbacks ? Effect.void : Effect.suspend(noSuchTransaction)
)

/** Takes the body's `url` in place of any earlier one (S31-CB-01, S31-CB-02). */
export const makeRegisterCallback = Effect.gen(function* () {
  const storage = yield* Storage
  const outbound = yield* Outbound
  return Effect.fnUntraced(function* (row: TransactionRow, body: JsonObject) {
    const url = body.get("url")
    if (url === undefined) return yield* refuse(BadRequest, say`${"url"} is missing`)
    if (typeof url !== "string") return yield* refuse(BadRequest, say`url must be a string`)
    yield* Effect.catchTag(outbound.check(url), "OutboundRefused", ({ words }) =>
      refuse(BadRequest, say`url is not one that is called: ${words}`)
    )
    if (!(yield* storage.setCallback(row.id, url))) return yield* noSuchTransaction()
  })
})

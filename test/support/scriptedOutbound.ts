// A world of receivers without a network: the port that a test scripts, beside the real rules of URLs. What a receiver was
// sent is kept as it was sent.
import { Effect, Result } from "effect"
import { readOutboundUrl } from "../../src/http/outboundUrl.ts"
import {
  Outbound,
  OutboundRefused,
  type OutboundRequest,
  OutboundUnavailable
} from "../../src/ports/Outbound.ts"

export interface SentOut {
  readonly request: OutboundRequest
  readonly json: unknown
}

/** The status a receiver answers, null for none; or an effect that decides. */
export type Receives = (request: OutboundRequest) => number | null | Effect.Effect<number | null>

export const scriptedOutbound = (receives: Receives = () => 200, allowLocal = false) => {
  const script = { receives }
  const sent: Array<SentOut> = []
  const check: Outbound["Service"]["check"] = (url) => {
    const read = readOutboundUrl(url, { allowLocal, ports: [{ first: 1, last: 65_535 }] })
    return Result.isSuccess(read)
      ? Effect.succeed(read.success)
      : Effect.fail(new OutboundRefused({ words: read.failure, detail: String(read.failure), lasting: true }))
  }
  const outbound = Outbound.of({
    check,
    send: (request) =>
      Effect.gen(function* () {
        yield* check(request.url)
        sent.push({
          request,
          json: request.body === undefined ? null : JSON.parse(new TextDecoder().decode(request.body))
        })
        const answer = script.receives(request)
        const status = Effect.isEffect(answer) ? yield* answer : answer
        return status === null
          ? yield* new OutboundUnavailable({ words: "its host did not answer", detail: "scripted silence" })
          : { status, body: new Uint8Array(), whole: true }
      })
  })
  return { outbound, sent, script }
}

/**
 * Outbound over node:https: the URL's rules, then the name resolved once and every address judged, then a connection to
 * exactly those addresses (SEC-01 to SEC-05).
 *
 * Gotcha: one forbidden address among several refuses them all; which one is chosen would otherwise be the stranger's to
 * arrange. What went wrong is told in the log, and outside only that it did (SEC-06).
 */
import { Effect, Layer, Metric, Result } from "effect"
import { forbiddenAddress, isAddress, isLoopbackAddress } from "../../src/http/outboundAddress.ts"
import { type OutboundRules, readOutboundUrl } from "../../src/http/outboundUrl.ts"
import { say } from "../../src/http/Sentence.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import {
  Outbound,
  type OutboundAnswer,
  OutboundRefused,
  type OutboundRequest,
  OutboundUnavailable
} from "../../src/ports/Outbound.ts"
import { type CallLimitOptions, makeCallLimits } from "./CallLimits.ts"
import { fromNameServers, fromSystem, type Resolve } from "./names.ts"
import { requestPinned } from "./requestPinned.ts"

export interface OutboundOptions extends OutboundRules, CallLimitOptions {
  readonly resolve: Resolve
  /** The longest a connection may take, TLS included; the request's own timeout holds besides. */
  readonly connectSeconds: number
  /** Certificates to trust besides the usual ones, in PEM. */
  readonly trust?: ReadonlyArray<string>
}

const requests = Metric.counter("kedge_outbound_requests_total", {
  description: "Requests to addresses that strangers named, by what became of them",
  incremental: true
})
const counted = (result: "answered" | "refused" | "unavailable") =>
  Metric.update(Metric.withAttributes(requests, { result }), 1)

const unavailable = (detail: string) =>
  new OutboundUnavailable({ words: say`its host did not answer`, detail })

const forbidden = (detail: string) =>
  new OutboundRefused({ words: say`its host is not one that is called from here`, detail, lasting: false })

/** An Outbound under these rules. */
export const make = (options: OutboundOptions): Outbound["Service"] => {
  const limits = makeCallLimits(options)

  const check: Outbound["Service"]["check"] = (text) =>
    Effect.suspend(() => {
      const read = readOutboundUrl(text, options)
      return Result.isSuccess(read)
        ? Effect.succeed(read.success)
        : Effect.fail(
            new OutboundRefused({ words: read.failure, detail: String(read.failure), lasting: true })
          )
    })

  const isCallable = (address: string): boolean =>
    forbiddenAddress(address) === null || (options.allowLocal && isLoopbackAddress(address))

  /** Every address of the URL's host; fails where one of them is not to be called. */
  const addressesOf = Effect.fnUntraced(function* (url: URL) {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
    if (isAddress(host)) return [host]
    const found = yield* Effect.mapError(options.resolve(host), (error) =>
      unavailable(`${host} cannot be resolved: ${error.message}`)
    )
    const wrong = found.find((address) => !isCallable(address))
    if (wrong !== undefined) {
      return yield* forbidden(`${host} leads to ${wrong} (${forbiddenAddress(wrong) ?? "this machine"})`)
    }
    return found.length === 0 ? yield* unavailable(`${host} has no address`) : found
  })

  const call = Effect.fnUntraced(function* (request: OutboundRequest, url: URL) {
    const addresses = yield* addressesOf(url)
    return yield* requestPinned({
      url,
      addresses,
      request,
      connectSeconds: options.connectSeconds,
      ...(options.trust === undefined ? {} : { trust: options.trust })
    }).pipe(Effect.mapError((error) => unavailable(`${url.host}: ${error.message}`)))
  })

  const send = Effect.fnUntraced(function* (request: OutboundRequest) {
    const url = yield* check(request.url)
    const seconds = request.timeoutSeconds
    return yield* limits
      .within(
        { host: url.host, owner: request.owner },
        call(request, url),
        (why): OutboundRefused | OutboundUnavailable => unavailable(why)
      )
      .pipe(
        Effect.timeoutOrElse({
          duration: `${seconds} seconds`,
          orElse: () => Effect.fail(unavailable(`${url.host}: no whole answer within ${seconds} s`))
        })
      )
  })

  return {
    check,
    send: (request): Effect.Effect<OutboundAnswer, OutboundRefused | OutboundUnavailable> =>
      send(request).pipe(
        Effect.tap(() => counted("answered")),
        Effect.tapError((error) =>
          error._tag === "OutboundRefused"
            ? Effect.andThen(
                counted("refused"),
                Effect.logWarning(
                  "a URL of a stranger was not called",
                  { owner: request.owner },
                  error.detail
                )
              )
            : counted("unavailable")
        )
      )
  }
}

/** By the settings; with `allowLocal`, names are looked up as this machine does. */
export const layer: Layer.Layer<Outbound, never, KedgeConfig> = Layer.effect(
  Outbound,
  Effect.map(KedgeConfig, ({ allowLocal, outbound }) =>
    make({ ...outbound, allowLocal, resolve: allowLocal ? fromSystem : fromNameServers(), connectSeconds: 5 })
  )
)

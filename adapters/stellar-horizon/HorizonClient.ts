/**
 * One request to Horizon: JSON or the reason why not.
 *
 * Whatever is not an answer in Horizon's own JSON (a proxy's page, half a body, a time-out) is `LedgerUnavailable`: asked
 * again, never read as data. Horizon's own refusals (400, 404, 410) come back as `HorizonProblem`, since only the asker knows
 * what they mean. Gotcha: after a 429 every request waits as long as the server said, so one account's catching up cannot
 * get the others shut out.
 */
import { Clock, Data, Effect, Option, Predicate, type Scope, Stream } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"

export interface HorizonClientOptions {
  readonly url: URL
  /** For one request with its whole answer. */
  readonly timeoutSeconds: number
  readonly bytesMax: number
}

/** Horizon understood and refused: a problem document with its status. */
export class HorizonProblem extends Data.TaggedError("HorizonProblem")<{
  readonly status: number
  readonly title: string
  /** The parameter it objects to. */
  readonly field: string | null
}> {}

/** The answer is larger than we take; a smaller page may not be. */
export class AnswerTooLarge extends Data.TaggedError("AnswerTooLarge")<{ readonly message: string }> {}

export interface HorizonAnswer {
  readonly body: unknown
  /** The newest ledger the answering instance knew, where it says so. */
  readonly latestLedger: number | null
}

export type Params = Readonly<Record<string, string | number>>

export interface HorizonClient {
  readonly get: (
    path: string,
    params?: Params
  ) => Effect.Effect<HorizonAnswer, LedgerUnavailable | HorizonProblem | AnswerTooLarge>
  /**
   * Posts a form once. Whatever Horizon decided comes back with its status, a refusal too; that nothing came back, or a server
   * between us and it answered, is `LedgerUnavailable` and says nothing of what became of the form.
   */
  readonly post: (
    path: string,
    form: Readonly<Record<string, string>>
  ) => Effect.Effect<{ readonly status: number; readonly body: unknown }, LedgerUnavailable | AnswerTooLarge>
  /** Events of a stream as they come; ends when the server says goodbye or nothing at all is said for too long. */
  readonly stream: (path: string, params: Params) => Stream.Stream<Uint8Array, LedgerUnavailable>
}

/** The longest a server's Retry-After is believed, in milliseconds. */
const quietMax = 300_000

const refusals: ReadonlySet<number> = new Set([200, 400, 404, 410])
/** What Horizon says of a form that it read. */
const decisions: ReadonlySet<number> = new Set([200, 201, 400, 404, 405, 409])

const unavailable = (what: string, why: string) =>
  new LedgerUnavailable({ message: `Horizon, ${what}: ${why}` })

const reasonOf = (error: HttpClientError.HttpClientError): string => {
  const { cause } = error.reason
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message
}

/** Milliseconds from now that Retry-After asks for, in seconds or as a date; a second where it asks for nothing sensible. */
const quietFor = (retryAfter: string | undefined, now: number): number => {
  const text = retryAfter?.trim() ?? ""
  const millis = /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(millis) ? 1_000 : Math.min(Math.max(millis, 0), quietMax)
}

const problemOf = (body: unknown, status: number): HorizonProblem | null => {
  if (!Predicate.isObject(body) || body["status"] !== status || typeof body["title"] !== "string") return null
  const extras = body["extras"]
  const field = Predicate.isObject(extras) ? extras["invalid_field"] : undefined
  return new HorizonProblem({ status, title: body["title"], field: typeof field === "string" ? field : null })
}

export const makeHorizonClient = (options: HorizonClientOptions) =>
  Effect.gen(function* () {
    // In a scope of its own a request that is given up, or refused unread, is taken off the wire.
    const client = HttpClient.withScope(yield* HttpClient.HttpClient)
    const base = options.url.href.replace(/\/+$/, "")
    let quietUntil = 0

    const waitForQuiet = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (quietUntil > now) yield* Effect.sleep(quietUntil - now)
    })

    const send = (path: string, params: Params, accept: string) => {
      const asked = HttpClientRequest.get(`${base}${path}`).pipe(
        HttpClientRequest.setUrlParams(params),
        HttpClientRequest.accept(accept)
      )
      return client.execute(asked)
    }

    const heedStatus = (
      what: string,
      response: HttpClientResponse.HttpClientResponse,
      known: ReadonlySet<number> = refusals
    ) =>
      Effect.gen(function* () {
        if (response.status === 429) {
          const now = yield* Clock.currentTimeMillis
          quietUntil = now + quietFor(response.headers["retry-after"], now)
          return yield* unavailable(what, "answered 429, too many requests")
        }
        if (!known.has(response.status)) {
          return yield* unavailable(what, `answered ${response.status}`)
        }
      })

    /** At most so many bytes, as text; null when there are more. */
    const readText = (response: HttpClientResponse.HttpClientResponse) =>
      response.stream.pipe(
        Stream.runFoldEffect(
          () => ({ chunks: new Array<Uint8Array>(), bytes: 0 }),
          (read, chunk) => {
            read.chunks.push(chunk)
            read.bytes += chunk.byteLength
            return read.bytes > options.bytesMax
              ? Effect.fail(
                  new AnswerTooLarge({ message: `the answer has more than ${options.bytesMax} bytes` })
                )
              : Effect.succeed(read)
          }
        ),
        Effect.map(({ chunks }) => Buffer.concat(chunks).toString("utf8"))
      )

    /** The whole answer as JSON, of a status that Horizon gives. */
    const readBody = Effect.fnUntraced(function* (
      what: string,
      response: HttpClientResponse.HttpClientResponse,
      known?: ReadonlySet<number>
    ) {
      yield* heedStatus(what, response, known)
      const body = parseJson(yield* readText(response))
      return Option.isSome(body)
        ? body.value
        : yield* unavailable(what, `answered ${response.status} with something that is not JSON`)
    })

    /** Begun when the server wants to be asked again, and over in time. */
    const once = <A, E>(what: string, request: Effect.Effect<A, E, Scope.Scope>) =>
      waitForQuiet.pipe(
        Effect.andThen(
          request.pipe(
            Effect.scoped,
            Effect.timeoutOrElse({
              duration: `${options.timeoutSeconds} seconds`,
              orElse: () =>
                Effect.fail(unavailable(what, `no whole answer within ${options.timeoutSeconds} s`))
            })
          )
        )
      )

    const get: HorizonClient["get"] = (path, params = {}) => {
      const what = `GET ${path}`
      const request = Effect.gen(function* () {
        const response = yield* send(path, params, "application/json")
        const body = yield* readBody(what, response)
        if (response.status !== 200)
          return yield* problemOf(body, response.status) ?? unavailable(what, `answered ${response.status}`)
        const latest = response.headers["latest-ledger"] ?? ""
        return { body, latestLedger: /^\d{1,10}$/.test(latest) ? Number(latest) : null }
      })
      return once(what, request).pipe(
        Effect.catchTag("HttpClientError", (error) => Effect.fail(unavailable(what, reasonOf(error))))
      )
    }

    const post: HorizonClient["post"] = (path, form) => {
      const what = `POST ${path}`
      const request = Effect.gen(function* () {
        const asked = HttpClientRequest.post(`${base}${path}`).pipe(
          HttpClientRequest.bodyUrlParams(form),
          HttpClientRequest.accept("application/json")
        )
        const response = yield* client.execute(asked)
        return { status: response.status, body: yield* readBody(what, response, decisions) }
      })
      return once(what, request).pipe(
        Effect.catchTag("HttpClientError", (error) => Effect.fail(unavailable(what, reasonOf(error))))
      )
    }

    const stream: HorizonClient["stream"] = (path, params) => {
      const what = `stream ${path}`
      const opened = Effect.gen(function* () {
        const response = yield* send(path, params, "text/event-stream")
        yield* heedStatus(what, response)
        const type = response.headers["content-type"] ?? ""
        if (response.status !== 200 || !type.startsWith("text/event-stream")) {
          return yield* unavailable(what, `answered ${response.status} ${type}, which is no stream`)
        }
        return response.stream
      }).pipe(
        Effect.timeoutOrElse({
          duration: `${options.timeoutSeconds} seconds`,
          orElse: () => Effect.fail(unavailable(what, `no answer within ${options.timeoutSeconds} s`))
        })
      )
      return Stream.unwrap(waitForQuiet.pipe(Effect.andThen(opened))).pipe(
        Stream.catchTag("HttpClientError", (error) => Stream.fail(unavailable(what, reasonOf(error))))
      )
    }

    return { get, post, stream } satisfies HorizonClient
  })

const parseJson = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text) as unknown)
  } catch {
    return Option.none()
  }
}

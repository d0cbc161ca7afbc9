/**
 * One request of a client, and its answer read by a schema. What is not the wanted answer becomes one failure with a
 * sentence: which request, which status, and what the server said.
 */
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"

/** A step of a client did not get what it asked for; `status` is null where there was no answer at all. */
export class AnswerRefused extends Schema.TaggedError<AnswerRefused>()("AnswerRefused", {
  message: Schema.String,
  status: Schema.NullOr(Schema.Int)
}) {}

export interface Question {
  readonly method: "GET" | "POST" | "PUT" | "PATCH"
  readonly url: string
  readonly token?: string
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
}

const bodyMax = 600

const shortened = (text: string): string => (text.length > bodyMax ? `${text.slice(0, bodyMax)}…` : text)

const requestOf = (question: Question): HttpClientRequest.HttpClientRequest => {
  const bare = HttpClientRequest.make(question.method)(question.url)
  const withToken = question.token === undefined ? bare : HttpClientRequest.bearerToken(bare, question.token)
  if (question.json !== undefined) return HttpClientRequest.bodyJsonUnsafe(withToken, question.json)
  return question.form === undefined ? withToken : HttpClientRequest.bodyUrlParams(withToken, question.form)
}

const said = (question: Question) => `${question.method} ${question.url}`

const statusFault = Effect.fnUntraced(function* (
  question: Question,
  response: HttpClientResponse.HttpClientResponse
) {
  const text = yield* response.text.pipe(Effect.orElseSucceed(() => ""))
  return new AnswerRefused({
    message: `${said(question)} answered ${response.status}: ${shortened(text)}`,
    status: response.status
  })
})

/** The text of a 2xx answer. */
export const askText = Effect.fnUntraced(function* (question: Question) {
  const client = yield* HttpClient.HttpClient
  const noAnswer = (why: { readonly message: string }) =>
    new AnswerRefused({ message: `${said(question)} got no answer: ${why.message}`, status: null })
  const response = yield* client.execute(requestOf(question)).pipe(Effect.mapError(noAnswer))
  if (response.status < 200 || response.status > 299) return yield* yield* statusFault(question, response)
  return yield* response.text.pipe(Effect.mapError(noAnswer))
})

/** A 2xx answer in JSON, read by the schema; members it does not name are passed over. */
export const ask = Effect.fnUntraced(function* <A>(question: Question, schema: Schema.ConstraintDecoder<A>) {
  const text = yield* askText(question)
  return yield* Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(text).pipe(
    Effect.mapError(
      (fault) =>
        new AnswerRefused({
          message: `${said(question)} answered what is no answer: ${fault.message}`,
          status: 200
        })
    )
  )
})

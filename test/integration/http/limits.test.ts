// What a public listener does with requests that are too long, ambiguous or in another language, whoever sees them first.
import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { BadRequest, UnsupportedMediaType } from "../../../src/http/errors.ts"
import { jsonBody } from "../../../src/http/jsonBody.ts"
import { speak } from "../../../src/http/Language.ts"
import { serveApi } from "../../../src/http/serveApi.ts"
import { CountingEntropy } from "../../support/plainParts.ts"
import { ask, serve } from "../../support/publicServer.ts"

class Api extends HttpApi.make("notes").add(
  HttpApiGroup.make("notes").add(
    HttpApiEndpoint.get("get", "/notes/:id", {
      params: { id: Schema.String },
      query: { lang: Schema.optionalKey(Schema.String) },
      success: Schema.Struct({ id: Schema.String })
    }),
    HttpApiEndpoint.put("put", "/notes", {
      success: Schema.Struct({ members: Schema.Array(Schema.String) }),
      error: [BadRequest, UnsupportedMediaType]
    })
  )
) {}

const handlers = HttpApiBuilder.group(Api, "notes", (group) =>
  group
    .handle("get", ({ params }) =>
      params.id === "defect"
        ? Effect.die(new Error("the password is hunter2"))
        : Effect.succeed({ id: params.id })
    )
    .handleRaw("put", ({ request }) =>
      Effect.gen(function* () {
        const body = yield* jsonBody(request)
        const lang = body.get("lang")
        if (typeof lang === "string") yield* speak(lang)
        if (body.has("dies")) return yield* Effect.die(new Error("the password is hunter2"))
        return { members: [...body.keys()] }
      })
    )
)

const notes = serveApi(Api).pipe(Layer.provide(handlers), Layer.provideMerge(CountingEntropy))

const withServer = <A, E>(test: (base: string) => Effect.Effect<A, E>) =>
  Effect.flatMap(serve(notes), ({ base }) => test(base)).pipe(
    Effect.scoped,
    Effect.provide(Layer.merge(CountingEntropy, Logger.layer([])))
  )

const put = (base: string, body: string, query = "") =>
  ask(`${base}/notes${query}`, { method: "PUT", body, headers: { "content-type": "application/json" } })

/** Bytes written to a raw connection, and all that comes back until it closes. */
const write = (base: string, text: string): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const chunks: Array<string> = []
    const socket = connect(Number(new URL(base).port), "127.0.0.1", () => socket.write(text))
    socket.on("data", (chunk) => chunks.push(chunk.toString("utf8")))
    socket.on("close", () => resume(Effect.succeed(chunks.join(""))))
  })

describe("limits", () => {
  it.live(
    "a URL that is too long is 414, for the parser and for us, and longer headers stay 431 (SEC-42)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          const url = (length: number) => `/notes/1?lang=${"a".repeat(length)}`
          const parser = yield* write(base, `GET ${url(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`)
          expect(parser.slice(0, 12)).toBe("HTTP/1.1 414")
          expect(parser).toContain(`{"error":"the URL is too long"}`)
          const headers = yield* write(base, `GET ${url(9)} HTTP/1.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`)
          expect(headers.slice(0, 12)).toBe("HTTP/1.1 431")

          const ours = yield* ask(`${base}${url(9000)}`)
          expect([ours.status, ours.json]).toEqual([414, { error: "the URL is too long" }])
          expect((yield* ask(`${base}${url(2000)}`)).status).toBe(200)
        })
      )
  )

  it.live("a request that two servers could read differently is 400 (SEC-42)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const cases = [
          "content-length: 3\r\ntransfer-encoding: chunked\r\n",
          "content-length: 3\r\ncontent-length: 4\r\n",
          "content-length: -1\r\n",
          "content-length : 2\r\n",
          " folded: 1\r\n"
        ]
        for (const headers of cases) {
          const said = yield* write(base, `PUT /notes HTTP/1.1\r\nhost: x\r\n${headers}\r\n{}\r\n\r\n`)
          expect([headers, said.slice(0, 12)]).toEqual([headers, "HTTP/1.1 400"])
          expect(said).toContain(`{"error":"the request is not valid HTTP"}`)
        }
      })
    )
  )

  it.live("a body is read to a depth of 32 and no further (SEC-42, SEC-43, A4)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`
        expect((yield* put(base, nested(32))).status).toBe(200)
        for (const levels of [33, 10_000]) {
          const answer = yield* put(base, nested(levels))
          expect([answer.status, answer.json]).toEqual([
            400,
            { error: "the body is nested deeper than 32 levels" }
          ])
        }
      })
    )
  )

  it.live(
    "a name given twice, __proto__ and halves of pairs are 400; constructor is a name like any other (SEC-43)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          for (const body of [
            `{"a":1,"a":1}`,
            String.raw`{"a":1,"\u0061":2}`,
            `{"b":{"a":1,"a":2}}`,
            `{"__proto__":{}}`,
            String.raw`{"__pro\u0074o__":{}}`,
            String.raw`{"a":"\ud800"}`
          ]) {
            expect([body, (yield* put(base, body)).status]).toEqual([body, 400])
          }
          const named = yield* put(base, `{"constructor":{"prototype":1},"toString":2}`)
          expect([named.status, named.json]).toEqual([200, { members: ["constructor", "toString"] }])
        })
      )
  )

  it.live("a number of any size and a name nobody knows are read, not refused (S31-GEN-08)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const answer = yield* put(
          base,
          `{"huge":${"9".repeat(10_000)},"tiny":1e-99999,"unknown":{"x":[null]}}`
        )
        expect(answer.json).toEqual({ members: ["huge", "tiny", "unknown"] })
      })
    )
  )
})

describe("the language", () => {
  it.live("is the query's, also where the envelope or the router answers (S31-GEN-10)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const cases = [
          ["/nowhere?lang=es", 404, "esa dirección no existe aquí"],
          ["/nowhere?lang=ES-mx", 404, "esa dirección no existe aquí"],
          ["/nowhere?lang=xh", 404, "there is no such endpoint"],
          ["/nowhere?lang=nonsense", 404, "there is no such endpoint"],
          ["/notes/defect?lang=es", 500, "error interno"],
          ["/notes/1?lang=es&lang=en", 400, "lang: aparece más de una vez"]
        ] as const
        for (const [path, status, error] of cases) {
          const answer = yield* ask(base + path)
          expect([path, answer.status, answer.json]).toEqual([path, status, { error }])
        }
        const method = yield* ask(`${base}/notes/1?lang=es`, { method: "POST" })
        expect(method.json).toEqual({
          error: "el método no está permitido aquí; permitidos: GET, HEAD, OPTIONS"
        })
        const early = yield* put(base, "{", "?lang=es")
        expect(early.json).toEqual({ error: "el cuerpo no es JSON válido: termina demasiado pronto" })
      })
    )
  )

  it.live("is the body's from where the handler says so, and the query's until then (S31-GEN-10)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        expect((yield* put(base, `{"lang":"es","dies":true}`)).json).toEqual({ error: "error interno" })
        expect((yield* put(base, `{"lang":"en","dies":true}`, "?lang=es")).json).toEqual({
          error: "internal error"
        })
        // of one request, not of the next
        expect((yield* put(base, `{"dies":true}`)).json).toEqual({ error: "internal error" })
      })
    )
  )
})

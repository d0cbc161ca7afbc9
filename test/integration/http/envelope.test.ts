// What every answer of a public listener is like, whoever made it: an endpoint, the router, the envelope, or Node.
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { BadRequest, NotFound, Unavailable, unavailable } from "../../../src/http/errors.ts"
import { jsonBody } from "../../../src/http/jsonBody.ts"
import { serveApi } from "../../../src/http/serveApi.ts"
import { UnsupportedMediaType } from "../../../src/http/errors.ts"
import { structured } from "../../../src/telemetry/Logging.ts"
import { CountingEntropy } from "../../support/plainParts.ts"
import { ask, serve, type ServerWish } from "../../support/publicServer.ts"

const Thing = Schema.Struct({ name: Schema.String, inner: Schema.Struct({ kind: Schema.String }) })

class Api extends HttpApi.make("things").add(
  HttpApiGroup.make("things").add(
    HttpApiEndpoint.get("get", "/things/:id", {
      params: { id: Schema.String },
      query: { lang: Schema.optionalKey(Schema.String) },
      success: Schema.Struct({ id: Schema.String }),
      error: [BadRequest, NotFound, Unavailable]
    }),
    HttpApiEndpoint.post("post", "/things", {
      payload: [Thing, Schema.Struct({ name: Schema.String }).pipe(HttpApiSchema.asFormUrlEncoded())],
      success: Schema.Struct({ name: Schema.String })
    }),
    HttpApiEndpoint.put("raw", "/raw", {
      success: Schema.Struct({ members: Schema.Array(Schema.String) }),
      error: [BadRequest, UnsupportedMediaType]
    })
  )
) {}

const answerOf = (id: string) => {
  switch (id) {
    case "defect":
      return Effect.die(new Error("the password is hunter2"))
    case "unfit":
      return Effect.succeed({ id: 5 as unknown as string })
    case "absent":
      return Effect.fail(new NotFound({ error: "no such thing" }))
    case "busy":
      return unavailable("come back", 7)
    case "down":
      return Effect.fail(new Unavailable({ error: "down" }))
    case "hangs":
      return Effect.never
    default:
      return Effect.succeed({ id })
  }
}

const handlers = HttpApiBuilder.group(Api, "things", (group) =>
  group
    .handle("get", ({ params }) => answerOf(params.id))
    .handle("post", ({ payload }) => Effect.succeed({ name: payload.name }))
    .handleRaw("raw", ({ request }) =>
      Effect.map(jsonBody(request), (body) => ({ members: [...body.keys()] }))
    )
)

const things = serveApi(Api, "/base").pipe(Layer.provide(handlers), Layer.provideMerge(CountingEntropy))

const withServer = <A, E>(
  test: (base: string) => Effect.Effect<A, E>,
  wish: ServerWish = {},
  log: Layer.Layer<never> = Logger.layer([])
) =>
  Effect.flatMap(serve(things, wish), ({ base }) => test(base)).pipe(
    Effect.scoped,
    Effect.provide(Layer.merge(CountingEntropy, log))
  )

const json = { "content-type": "application/json" }
const post = (url: string, body: string, headers: Record<string, string> = json) =>
  ask(url, { method: "POST", body, headers })

/** Bytes written to a raw connection, and all that comes back until it closes. */
const speak = (base: string, text: string): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const chunks: Array<string> = []
    const socket = connect(Number(new URL(base).port), "127.0.0.1", () => socket.write(text))
    socket.on("data", (chunk) => chunks.push(chunk.toString("utf8")))
    socket.on("close", () => resume(Effect.succeed(chunks.join(""))))
  })

describe("errors", () => {
  it.live(
    "are JSON with one sentence, from an endpoint, the router or a defect (S31-GEN-07, S10-GEN-03)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          const cases = [
            ["/base/things/absent", 404, "no such thing"],
            ["/base/things/defect", 500, "internal error"],
            ["/base/things/unfit", 500, "internal error"],
            ["/base/nowhere", 404, "there is no such endpoint"],
            ["/things/1", 404, "there is no such endpoint"],
            [`/base/things/${"x".repeat(200)}`, 404, "there is no such endpoint"]
          ] as const
          for (const [path, status, error] of cases) {
            const answer = yield* ask(base + path)
            expect([path, answer.status, answer.json]).toEqual([path, status, { error }])
            expect(answer.headers.get("content-type")).toBe("application/json")
          }
        })
      )
  )

  it.live("are never ours when the request is odd: bad escapes, NUL, absolute and empty paths (A4)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const odd = [
          "/base/things/%zz",
          "/base/things/%00",
          "/base/things/1?lang=%zz%00",
          "/%",
          "//",
          "*",
          "/base//raw//"
        ]
        for (const target of odd) {
          const spoken = yield* speak(base, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
          expect([target, spoken.slice(9, 12)]).toEqual([
            target,
            expect.stringMatching(/^(200|400|404|405)$/)
          ])
        }
      })
    )
  )

  it.live("name the member at fault and what is expected, and quote no value", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const errorOf = (body: string, headers?: Record<string, string>) =>
          Effect.map(post(`${base}/base/things`, body, headers), ({ status, json: read }) => [status, read])
        expect(yield* errorOf("{}")).toEqual([400, { error: "name is missing" }])
        expect(yield* errorOf(`{"name":"a","inner":{"kind":7}}`)).toEqual([
          400,
          { error: "inner.kind is not valid: expected string" }
        ])
        expect(yield* errorOf("[]")).toEqual([400, { error: "the body is not valid: expected object" }])
        expect(yield* errorOf("{")).toEqual([
          400,
          { error: "the body is not valid: expected a valid JSON body" }
        ])
        const form = { "content-type": "application/x-www-form-urlencoded" }
        expect(yield* errorOf("name=a&name=b", form)).toEqual([
          400,
          { error: "name is not valid: expected string" }
        ])
        const twice = yield* ask(`${base}/base/things/1?lang=en&lang=secret`)
        expect([twice.status, twice.json]).toEqual([400, { error: "lang is given more than once" }])
      })
    )
  )

  it.live("say when to try again: in the time given, or in five seconds", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const busy = yield* ask(`${base}/base/things/busy`)
        expect([busy.status, busy.headers.get("retry-after"), busy.json]).toEqual([
          503,
          "7",
          { error: "come back" }
        ])
        const down = yield* ask(`${base}/base/things/down`)
        expect([down.status, down.headers.get("retry-after")]).toEqual([503, "5"])
      })
    )
  )

  it.live(
    "refuse another content type with 415, to the schema's reader and to the raw one (S31-GEN-06)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          const csv = { "content-type": "text/csv" }
          const schema = yield* post(`${base}/base/things`, "a,b", csv)
          const raw = yield* ask(`${base}/base/raw`, { method: "PUT", body: "a,b", headers: csv })
          for (const answer of [schema, raw]) {
            expect(answer.status).toBe(415)
            expect(answer.json).toEqual({ error: expect.any(String) as string })
          }
          const read = yield* ask(`${base}/base/raw`, {
            method: "PUT",
            body: `{"b":1,"a":2}`,
            headers: { "content-type": "Application/JSON; charset=utf-8" }
          })
          expect(read.json).toEqual({ members: ["b", "a"] })
        })
      )
  )
})

describe("limits", () => {
  it.live("a body beyond the limit is 413, one at the limit is read (SEC-42, A8)", () =>
    withServer(
      (base) =>
        Effect.gen(function* () {
          const exact = `{"a":"${"x".repeat(992)}"}`
          expect(exact).toHaveLength(1000)
          const put = (body: string) => ask(`${base}/base/raw`, { method: "PUT", body, headers: json })
          expect((yield* put(exact)).json).toEqual({ members: ["a"] })
          const answer = yield* put(`${exact} `)
          expect([answer.status, answer.json]).toEqual([413, { error: "the request is too large" }])
        }),
      { envelope: { bodyMax: 1000 } }
    )
  )

  it.live("a packed body is not unpacked: what is small on the wire cannot grow here (A8)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const body = new Uint8Array(gzipSync(`{"a":"${"x".repeat(10_000_000)}"}`))
        const headers = { ...json, "content-encoding": "gzip" }
        const answer = yield* ask(`${base}/base/raw`, { method: "PUT", body, headers })
        expect([answer.status, answer.json]).toEqual([400, { error: "the body is not valid UTF-8" }])
      })
    )
  )

  it.live("a handler that hangs is cut off with 503 (SEC-42)", () =>
    withServer(
      (base) =>
        Effect.gen(function* () {
          const answer = yield* ask(`${base}/base/things/hangs`)
          expect(answer.status).toBe(503)
          expect(answer.json).toEqual({ error: expect.stringContaining("took too long") as string })
        }),
      { envelope: { requestTimeout: 0.05 } }
    )
  )

  it.live("headers that are too large are 431, what is no HTTP is 400, both JSON (SEC-42, A9)", () =>
    withServer(
      (base) =>
        Effect.gen(function* () {
          const large = yield* speak(
            base,
            `GET / HTTP/1.1\r\nhost: x\r\nx-large: ${"a".repeat(5000)}\r\n\r\n`
          )
          expect(large).toMatch(/^HTTP\/1\.1 431 .*\r\n/)
          expect(large).toContain(`{"error":"the headers of the request are too large"}`)
          const noise = yield* speak(base, "hello there\r\n\r\n")
          expect(noise).toMatch(/^HTTP\/1\.1 400 .*\r\n/)
          expect(noise).toContain(`{"error":"the request is not valid HTTP"}`)
        }),
      { server: { headersMax: 4096 } }
    )
  )

  it.live("a client that does not finish its request gets 408 (SEC-42, A9)", () =>
    withServer(
      (base) =>
        Effect.gen(function* () {
          const slow = yield* speak(base, "GET / HTTP/1.1\r\nhost: x\r\n")
          expect(slow).toMatch(/^HTTP\/1\.1 408 .*\r\n/)
          expect(slow).toContain("took too long to arrive")
        }),
      { server: { requestTimeout: 1 } }
    )
  )
})

describe("a mounted API", () => {
  it.live(
    "answers preflights and is readable from every page, errors too, without credentials (SEC-40)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          const preflight = yield* ask(`${base}/base/things`, {
            method: "OPTIONS",
            headers: { origin: "https://wallet.example.org", "access-control-request-method": "POST" }
          })
          expect(preflight.status).toBe(204)
          expect(preflight.headers.get("access-control-allow-methods")).toBe("POST, OPTIONS")
          expect(preflight.headers.get("access-control-allow-headers")).toBe(
            "authorization, content-type, idempotency-key"
          )
          for (const path of [
            "/base/things/1",
            "/base/things/absent",
            "/base/things/defect",
            "/base/things/1?lang=a&lang=b"
          ]) {
            const { headers } = yield* ask(base + path, { headers: { origin: "https://wallet.example.org" } })
            expect([path, headers.get("access-control-allow-origin")]).toEqual([path, "*"])
            expect(headers.get("access-control-allow-credentials")).toBe(null)
          }
          const { headers } = yield* ask(`${base}/nowhere`)
          expect(headers.get("access-control-allow-origin")).toBe(null)
        })
      )
  )

  it.live(
    "answers 405 with Allow for the methods a path does not have, and HEAD where it has GET (S31-MTX-01)",
    () =>
      withServer((base) =>
        Effect.gen(function* () {
          for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
            const answer = yield* ask(`${base}/base/things/1`, { method })
            expect([method, answer.status, answer.headers.get("allow")]).toEqual([
              method,
              405,
              "GET, HEAD, OPTIONS"
            ])
            expect(answer.json).toEqual({ error: expect.stringContaining("GET, HEAD, OPTIONS") as string })
          }
          const head = yield* ask(`${base}/base/things/1`, { method: "HEAD" })
          expect([head.status, head.text]).toEqual([200, ""])
          expect((yield* ask(`${base}/base/things`)).headers.get("allow")).toBe("POST, OPTIONS")
        })
      )
  )
})

describe("every answer", () => {
  it.live("has an id of its own, is not to be sniffed, and not to be stored (SEC-45)", () =>
    withServer((base) =>
      Effect.gen(function* () {
        const answers = yield* Effect.all([ask(`${base}/base/things/1`), ask(`${base}/nowhere`)])
        for (const { headers } of answers) {
          expect(headers.get("x-content-type-options")).toBe("nosniff")
          expect(headers.get("cache-control")).toBe("no-store")
        }
        const ids = answers.map(({ headers }) => headers.get("x-request-id"))
        expect(new Set(ids).size).toBe(2)
      })
    )
  )

  it.live("leaves a line when it failed or was slow, with the route and never the URL", () => {
    const lines: Array<Readonly<Record<string, unknown>>> = []
    const log = Logger.layer([Logger.map(structured, (line) => lines.push(line))])
    return withServer(
      (base) =>
        Effect.gen(function* () {
          yield* ask(`${base}/base/things/1?lang=private`)
          yield* ask(`${base}/base/things/absent`)
          expect(lines).toEqual([])
          const answer = yield* ask(`${base}/base/things/defect?lang=private`)
          expect(lines).toMatchObject([
            {
              level: "error",
              message: "request failed",
              request: answer.headers.get("x-request-id"),
              method: "GET",
              route: "/base/things/:id",
              status: 500
            }
          ])
          yield* ask(`${base}/base/things/unfit`)
          expect(JSON.stringify(lines)).toContain("does not fit its schema at id")
          expect(JSON.stringify(lines)).not.toContain("private")
        }),
      {},
      log
    )
  })

  it.live("leaves a line when it was slow, though it succeeded", () => {
    const lines: Array<Readonly<Record<string, unknown>>> = []
    const log = Logger.layer([Logger.map(structured, (line) => lines.push(line))])
    return withServer(
      (base) =>
        Effect.gen(function* () {
          yield* ask(`${base}/base/things/1`)
          expect(lines).toMatchObject([
            { level: "warn", message: "slow request", route: "/base/things/:id", status: 200 }
          ])
        }),
      { envelope: { slowMillis: -1 } },
      log
    )
  })
})

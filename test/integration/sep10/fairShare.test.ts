// A caller that asks too often is told to come back, and nobody else notices. Over HTTP on a real listener, with the SEPs'
// own middleware; only the rates are small.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { serveApi } from "../../../src/http/serveApi.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { BearerOr401, BearerOr403 } from "../../../src/sep10/Bearer.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { like } from "../../support/matchers.ts"
import { ask, serve } from "../../support/publicServer.ts"
import { keyOf } from "../../support/signIn.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"

class DoorApi extends HttpApi.make("doors").add(
  HttpApiGroup.make("doors").add(
    HttpApiEndpoint.get("strict", "/strict", { success: Schema.Struct({}) }).middleware(BearerOr403),
    HttpApiEndpoint.get("polite", "/polite", { success: Schema.Struct({}) }).middleware(BearerOr401)
  )
) {}
const open = Effect.succeed({})
const doors = serveApi(DoorApi).pipe(
  Layer.provide(
    HttpApiBuilder.group(DoorApi, "doors", (group) =>
      group.handle("strict", () => open).handle("polite", () => open)
    )
  ),
  Layer.provide([BearerOr403.layer, BearerOr401.layer])
)

/** Three at once; the next in a hundred seconds, so that no slow machine sees it come back. */
const three = { perSecond: 0.01, burst: 3 }
const unlimited = { perSecond: 0, burst: 1 }

const withDoors = <A, E>(
  fairness: Partial<Settings["fairness"]>,
  test: (
    base: string,
    tokenFor: (name: string, memo?: string) => Effect.Effect<string>
  ) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const settings = {
      fairness: { account: unlimited, address: unlimited, trustedProxies: 0, ...fairness }
    }
    const ports = Tokens.layer.pipe(Layer.provideMerge(sep10Ports({ settings })))
    const tokens = Context.get(yield* Layer.build(ports), Tokens)
    const { base } = yield* serve(Layer.merge(routes, doors).pipe(Layer.provide(ports)))
    return yield* test(base, (name, memo) => {
      const account = keyOf(name).publicKey()
      return tokens.issue({
        subject: memo === undefined ? account : `${account}:${memo}`,
        challenge: "c",
        homeDomain: sep10Settings.homeDomain,
        clientDomain: null
      })
    })
  }).pipe(Effect.scoped, Effect.provide([nodeEntropy, Logger.layer([])]))

const knock = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.map(ask(url, { headers }), ({ status }) => status)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe("a Sending Anchor's share", () => {
  it.live(
    "is used up over all SEPs and all its tokens, and then it is 429 with Retry-After (S31-ERR-06, A18)",
    () =>
      withDoors({ account: three }, (base, tokenFor) =>
        Effect.gen(function* () {
          const [plain, other] = [yield* tokenFor("loud"), yield* tokenFor("loud", "7")]
          expect([
            yield* knock(`${base}/strict`, bearer(plain)),
            yield* knock(`${base}/polite`, bearer(plain)),
            yield* knock(`${base}/strict`, bearer(other))
          ]).toEqual([200, 200, 200])

          for (const door of ["strict", "polite"]) {
            const refused = yield* ask(`${base}/${door}`, { headers: bearer(other) })
            expect([refused.status, refused.json]).toEqual([
              429,
              { error: like(/^too many requests; try again in \d+ s$/) }
            ])
            expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50)
            expect(refused.headers.get("www-authenticate")).toBeNull()
          }
        })
      )
  )

  it.live("is its own: another is served while the first waits (SEC-08)", () =>
    withDoors({ account: three }, (base, tokenFor) =>
      Effect.gen(function* () {
        const loud = yield* tokenFor("loud")
        for (let n = 0; n < 5; n += 1) yield* knock(`${base}/strict`, bearer(loud))

        expect(yield* knock(`${base}/strict`, bearer(loud))).toBe(429)
        expect(yield* knock(`${base}/strict`, bearer(yield* tokenFor("quiet")))).toBe(200)
      })
    )
  )

  it.live("is not used up by those who merely claim to be it (SEC-08)", () =>
    withDoors({ account: three }, (base, tokenFor) =>
      Effect.gen(function* () {
        const token = yield* tokenFor("quiet")
        for (let n = 0; n < 5; n += 1) {
          expect(yield* knock(`${base}/strict`, bearer(`${token}x`))).toBe(403)
        }
        expect(yield* knock(`${base}/strict`, bearer(token))).toBe(200)
      })
    )
  )

  it.live("is told in the language asked for (S31-GEN-10)", () =>
    withDoors({ account: three }, (base, tokenFor) =>
      Effect.gen(function* () {
        const token = yield* tokenFor("loud")
        for (let n = 0; n < 3; n += 1) yield* knock(`${base}/strict`, bearer(token))

        const refused = yield* ask(`${base}/strict?lang=es`, { headers: bearer(token) })
        expect(refused.json).toEqual({ error: like(/^demasiadas solicitudes/) })
      })
    )
  )
})

describe("an address's share of sign-ins", () => {
  const challenge = `/auth?account=${keyOf("client").publicKey()}`

  it.live("is counted for challenges and tokens together, bad ones too, and then it is 429 (S10-CH-16)", () =>
    withDoors({ address: three }, (base) =>
      Effect.gen(function* () {
        expect(yield* knock(base + challenge)).toBe(200)
        expect(yield* knock(`${base}/auth`)).toBe(400)
        const posted = yield* ask(`${base}/auth`, {
          method: "POST",
          body: "{}",
          headers: { "content-type": "application/json" }
        })
        expect(posted.status).toBe(400)

        const refused = yield* ask(base + challenge)
        expect([refused.status, refused.json]).toEqual([429, { error: like(/^too many requests/) }])
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50)
      })
    )
  )

  it.live("cannot be multiplied by writing X-Forwarded-For (SEC-44)", () =>
    withDoors({ address: three }, (base) =>
      Effect.gen(function* () {
        const statuses = yield* Effect.forEach([1, 2, 3, 4], (n) =>
          knock(base + challenge, { "x-forwarded-for": `198.51.100.${n}` })
        )
        expect(statuses).toEqual([200, 200, 200, 429])
      })
    )
  )

  it.live("is each client's behind a proxy of ours, by what the proxy saw (SEC-44)", () =>
    withDoors({ address: three, trustedProxies: 1 }, (base) =>
      Effect.gen(function* () {
        const from = (client: string, n: number) =>
          knock(base + challenge, { "x-forwarded-for": `203.0.113.${n}, ${client}` })

        expect(yield* Effect.forEach([1, 2, 3, 4], (n) => from("198.51.100.1", n))).toEqual([
          200, 200, 200, 429
        ])
        expect(yield* from("198.51.100.2", 5)).toBe(200)
      })
    )
  )
})

// What an anchor calls itself comes from its settings. A request says whom it believes to have reached, in its Host
// header and its path, and neither may come back in anything that is signed or published.
import { request } from "node:http"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { decodeJwt } from "jose"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { routes as sep1Routes } from "../../../src/sep1/routes.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { serve } from "../../support/publicServer.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"
import { keyOf, parsed, serverKey } from "../../support/signIn.ts"

const strangers = "wallets.evil.example"

/** A request that claims to be for another host, directly and as a proxy would put it; fetch would not send it. */
const askAs = (url: string, body?: string) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        const sent = request(
          url,
          {
            method: body === undefined ? "GET" : "POST",
            headers: {
              host: strangers,
              "x-forwarded-host": strangers,
              forwarded: `host=${strangers}`,
              "content-type": "application/json"
            }
          },
          (answer) => {
            let text = ""
            answer.on("data", (chunk: Buffer) => (text += chunk.toString()))
            answer.on("end", () => resolve(text))
          }
        )
        sent.on("error", reject)
        sent.end(body)
      })
  )

it.live(
  "challenge, token and stellar.toml name the configured host, whatever a request claims (SEC-46)",
  () =>
    Effect.gen(function* () {
      const { base } = yield* serve(
        Layer.mergeAll(routes, sep1Routes(serverKey.publicKey())).pipe(
          Layer.provide(Tokens.layer),
          Layer.provide(sep10Ports())
        )
      )
      const client = keyOf("client")
      const { transaction } = JSON.parse(yield* askAs(`${base}/auth?account=${client.publicKey()}`)) as {
        readonly transaction: string
      }
      const challenge = parsed(transaction)
      const said = challenge.operations.map((each) =>
        each.type === "manageData" ? `${each.name}: ${Buffer.from(each.value ?? "").toString()}` : ""
      )
      expect(said[0]).toMatch(new RegExp(`^${sep10Settings.homeDomain} auth: `))
      expect(said).toContain(`web_auth_domain: ${sep10Settings.baseUrl.host}`)

      challenge.sign(client)
      const { token } = JSON.parse(
        yield* askAs(`${base}/auth`, JSON.stringify({ transaction: challenge.toXdr() }))
      ) as { readonly token: string }
      expect(decodeJwt(token)).toMatchObject({
        iss: sep10Settings.baseUrl.origin,
        home_domain: sep10Settings.homeDomain
      })
      const toml = yield* askAs(`${base}/.well-known/stellar.toml`)
      expect(toml).toContain(`WEB_AUTH_ENDPOINT="${sep10Settings.baseUrl.origin}/auth"`)
      expect(toml).not.toContain(strangers)
    }).pipe(Effect.scoped, Effect.provide([nodeEntropy, Logger.layer([])]))
)

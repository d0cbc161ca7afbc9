// Two anchors on one storage, as behind a load balancer: what one gave the other takes, and neither gives twice.
import { expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { decodeJwt } from "jose"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { layer as memoryStorage } from "../../../adapters/storage-memory/MemoryStorage.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { serve } from "../../support/publicServer.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"
import { keyOf, signedBy } from "../../support/signIn.ts"
import { challengeOf, postChallenge, tokenOf } from "../../support/wallet.ts"

const client = keyOf("client")

it.live(
  "one challenge gives one token over all processes, and the token is good in each (S10-VER-20, SEC-11)",
  () =>
    Effect.gen(function* () {
      const storage = Layer.succeed(Storage, Context.get(yield* Layer.build(memoryStorage), Storage))
      const old = sep10Settings.jwtSecret
      const next = Redacted.make("the next secret, thirty-two characters or more")
      const startWith = (settings: Partial<Settings>) =>
        Effect.gen(function* () {
          const ports = Layer.fresh(Tokens.layer.pipe(Layer.provideMerge(sep10Ports({ settings, storage }))))
          const context = yield* Layer.build(ports)
          const { base } = yield* serve(
            Layer.fresh(routes).pipe(Layer.provide(Layer.succeedContext(context)))
          )
          return { base, tokens: Context.get(context, Tokens) }
        })
      // A secret is being replaced: each knows both, and each signs with another.
      const one = yield* startWith({
        jwtSecret: next,
        signIn: { ...sep10Settings.signIn, formerJwtSecrets: [old] }
      })
      const two = yield* startWith({
        jwtSecret: old,
        signIn: { ...sep10Settings.signIn, formerJwtSecrets: [next] }
      })

      const { transaction } = yield* challengeOf(one.base, { account: client.publicKey() })
      const envelope = signedBy(transaction, client)
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, (_, at) => postChallenge(at % 2 === 0 ? one.base : two.base, envelope)),
        { concurrency: "unbounded" }
      )
      const given = answers.filter(({ status }) => status === 200)
      expect(given).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
      for (const answer of given) {
        expect(decodeJwt(tokenOf(answer)).sub).toBe(client.publicKey())
        for (const { tokens } of [one, two]) {
          expect((yield* tokens.verify(tokenOf(answer))).account).toBe(client.publicKey())
        }
      }
    }).pipe(Effect.scoped, Effect.provide([nodeEntropy, Logger.layer([])]))
)

import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { signingKeyCheck } from "../../../src/sep10/signingKeyCheck.ts"
import { freshAccount, type LedgerAccounts, keyOf, serverKey } from "../../support/signIn.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"

const receiving = keyOf("receiving").publicKey()
const assets = sep10Settings.assets.map((asset) => ({ ...asset, account: receiving }))
const signersOf = (...signers: ReadonlyArray<readonly [string, number]>) => ({
  signers: signers.map(([key, weight]) => ({ key, weight })),
  thresholds: { low: 0, medium: 0, high: 0 }
})

/** What is logged from the start until the clock has gone on. */
const logged = (accounts: LedgerAccounts, whileItRuns: Effect.Effect<void> = Effect.void) => {
  const lines: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => lines.push(`${logLevel} ${JSON.stringify(message)}`))
  return Effect.gen(function* () {
    yield* Layer.build(signingKeyCheck.pipe(Layer.provide(sep10Ports({ accounts, settings: { assets } }))))
    yield* TestClock.adjust("1 millis")
    yield* whileItRuns
    return lines
  }).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
}

describe("the key that signs challenges", () => {
  it.effect("is reported when it signs for a receiving account (SEC-13)", () =>
    Effect.gen(function* () {
      const lines = yield* logged(
        new Map([[receiving, signersOf([receiving, 1], [serverKey.publicKey(), 1])]])
      )
      expect(lines).toHaveLength(1)
      expect(lines.join()).toMatch(/^Error .*KEDGE_SIGNING_SEED signs for a receiving account/)
      expect(lines.join()).toContain(receiving)
    })
  )

  it.effect(
    "is nothing to report where it signs for none, with no weight, or the account is not there (SEC-13)",
    () =>
      Effect.gen(function* () {
        expect(yield* logged(new Map([[receiving, freshAccount(receiving)]]))).toEqual([])
        expect(yield* logged(new Map([[receiving, signersOf([serverKey.publicKey(), 0])]]))).toEqual([])
        expect(yield* logged(new Map())).toEqual([])
      })
  )

  it.effect("is looked for until the ledger answers (SEC-13)", () => {
    const accounts = new Map<string, ReturnType<typeof signersOf> | "down">([[receiving, "down"]])
    return Effect.gen(function* () {
      const answers = Effect.gen(function* () {
        yield* TestClock.adjust("1 minute")
        accounts.set(receiving, signersOf([serverKey.publicKey(), 1]))
        yield* TestClock.adjust("5 minutes")
      })
      expect(yield* logged(accounts, answers)).toHaveLength(1)
    })
  })
})

// A challenge made and redeemed: what is refused on the way in, when it is used up, and what happens when the ledger
// or the storage does not answer.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer } from "effect"
import { TestClock } from "effect/testing"
import { layer as memoryStorage } from "../../../adapters/storage-memory/MemoryStorage.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { Challenges, type ChallengeWish } from "../../../src/sep10/Challenges.ts"
import { sep10Layer, sep10Settings, type Sep10Wish } from "../../support/sep10World.ts"
import {
  challengeFor,
  clientKey,
  freshAccount,
  keyOf,
  muxed,
  noon,
  parsed,
  serverKey,
  signedBy,
  terms
} from "../../support/signIn.ts"

const account = clientKey.publicKey()

const inWorld = <A, E, R>(test: Effect.Effect<A, E, R>, wish: Sep10Wish = {}) =>
  Effect.andThen(TestClock.setTime(noon * 1000), test).pipe(Effect.provide(sep10Layer(wish)))

const make = (wish: Partial<ChallengeWish> = {}) =>
  Effect.flatMap(Challenges, (challenges) => challenges.make({ account, ...wish }))
const redeem = (envelope: string) => Effect.flatMap(Challenges, (challenges) => challenges.redeem(envelope))
const makeRefusal = (wish: Partial<ChallengeWish>) =>
  Effect.map(Effect.flip(make(wish)), ({ message }) => message)
const redeemRefusal = (envelope: string) => Effect.flip(redeem(envelope))

/** Makes a challenge and signs it with the client's key. */
const signedChallenge = Effect.fnUntraced(function* (wish: Partial<ChallengeWish> = {}) {
  const { transaction } = yield* make(wish)
  return signedBy(transaction, clientKey)
})

describe("make", () => {
  it.effect(
    "gives a challenge of our network, valid from now for the configured time (S10-CH-06, S10-CH-08)",
    () =>
      inWorld(
        Effect.gen(function* () {
          yield* TestClock.adjust("750 millis")
          const { transaction, networkPassphrase } = yield* make()
          expect(networkPassphrase).toBe(terms.passphrase)
          expect(parsed(transaction).timeBounds).toEqual({
            minTime: String(noon),
            maxTime: String(noon + 900)
          })
        })
      )
  )

  it.effect("gives another challenge each time (S10-CH-14)", () =>
    inWorld(
      Effect.gen(function* () {
        const made = yield* Effect.all(Array.from({ length: 50 }, () => make()))
        expect(new Set(made.map(({ transaction }) => transaction)).size).toBe(50)
      })
    )
  )

  it.effect("takes our home domain or none, and no other (S10-CH-04)", () =>
    inWorld(
      Effect.gen(function* () {
        yield* make({ homeDomain: terms.homeDomain })
        for (const homeDomain of [
          "",
          "evil.example.org",
          `x.${terms.homeDomain}`,
          terms.homeDomain.toUpperCase()
        ]) {
          expect(yield* makeRefusal({ homeDomain })).toContain("home_domain is not served here")
        }
      })
    )
  )

  it.effect("serves several home domains, the first where none is named (S10-CH-04, S10-VER-06)", () => {
    const signIn = { ...sep10Settings.signIn, otherHomeDomains: ["second.example.org"] }
    return inWorld(
      Effect.gen(function* () {
        const domainOf = (wish: Partial<ChallengeWish>) =>
          Effect.flatMap(signedChallenge(wish), (envelope) =>
            Effect.map(redeem(envelope), ({ homeDomain }) => homeDomain)
          )
        expect(yield* domainOf({})).toBe(terms.homeDomain)
        expect(yield* domainOf({ homeDomain: terms.homeDomain })).toBe(terms.homeDomain)
        expect(yield* domainOf({ homeDomain: "second.example.org" })).toBe("second.example.org")
        expect(yield* makeRefusal({ homeDomain: "third.example.org" })).toContain(terms.homeDomain)
      }),
      { settings: { signIn } }
    )
  })

  it.effect("refuses what is no account, and says what to send (S10-CH-01, S23-04)", () =>
    inWorld(
      Effect.gen(function* () {
        expect(yield* makeRefusal({ account: "" })).toContain("G… with 56 characters")
        expect(yield* makeRefusal({ account: account.toLowerCase() })).toContain("not a Stellar account")
        const mistyped = account.slice(0, -1) + (account.endsWith("A") ? "B" : "A")
        expect(yield* makeRefusal({ account: mistyped })).toContain("not a Stellar account")
        const contract = "CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA"
        expect(yield* makeRefusal({ account: contract })).toContain("SEP-45")
        const seed = clientKey.secret()
        const sentence = yield* makeRefusal({ account: seed })
        expect(sentence).toContain("must never be sent")
        expect(sentence).not.toContain(seed)
      })
    )
  )

  it.effect("takes a uint64 as memo, in its one spelling, and only with a G (S10-CH-02, S10-CH-03)", () =>
    inWorld(
      Effect.gen(function* () {
        for (const memo of ["0", "1", "18446744073709551615"]) yield* make({ memo })
        for (const memo of [
          "",
          "01",
          "+1",
          "-1",
          " 1",
          "1 ",
          "1.0",
          "1e3",
          "0x1",
          "18446744073709551616",
          "text"
        ]) {
          expect(yield* makeRefusal({ memo })).toContain("memo is not valid")
        }
        expect(yield* makeRefusal({ account: muxed(account, "1"), memo: "1" })).toContain(
          "exclude each other"
        )
      })
    )
  )

  it.effect("refuses our own signing account, muxed too (S10-CH-15)", () =>
    inWorld(
      Effect.gen(function* () {
        const own = serverKey.publicKey()
        expect(yield* makeRefusal({ account: own })).toContain("own signing account")
        expect(yield* makeRefusal({ account: muxed(own, "1") })).toContain("own signing account")
      })
    )
  )
})

describe("names that do not fit into a challenge", () => {
  const start = (settings: Partial<Settings>) =>
    Effect.exit(make().pipe(Effect.provide(sep10Layer({ settings }))))
  const longest = `${"a".repeat(51)}.example`

  it.effect("stop the start: a home domain of 60 characters, a host of 65 (S10-CH-10, S10-CH-11)", () =>
    Effect.gen(function* () {
      const host = (length: number) => new URL(`https://${"b".repeat(length - 8)}.example`)
      expect([longest.length, host(64).host.length]).toEqual([59, 64])
      const signIn = { ...sep10Settings.signIn, otherHomeDomains: [`a${longest}`] }
      expect(Exit.isSuccess(yield* start({ homeDomain: longest }))).toBe(true)
      expect(Exit.isSuccess(yield* start({ homeDomain: `a${longest}` }))).toBe(false)
      expect(Exit.isSuccess(yield* start({ signIn }))).toBe(false)
    })
  )

  it.effect("are told apart by their last character (S10-CH-11)", () =>
    Effect.gen(function* () {
      const label = "b".repeat(56)
      expect(Exit.isSuccess(yield* start({ baseUrl: new URL(`https://${label}.example`) }))).toBe(true)
      expect(Exit.isSuccess(yield* start({ baseUrl: new URL(`https://${label}b.example`) }))).toBe(false)
    })
  )
})

describe("redeem", () => {
  it.effect("answers who signed in: with memo, muxed, or plain (S10-JWT-02)", () =>
    inWorld(
      Effect.gen(function* () {
        const hash = (envelope: string) => Buffer.from(parsed(envelope).hash()).toString("hex")
        const plain = yield* signedChallenge()
        expect(yield* redeem(plain)).toEqual({
          subject: account,
          challenge: hash(plain),
          homeDomain: terms.homeDomain,
          clientDomain: null
        })
        expect((yield* redeem(yield* signedChallenge({ memo: "3" }))).subject).toBe(`${account}:3`)
        const text = muxed(account, "3")
        expect((yield* redeem(yield* signedChallenge({ account: text }))).subject).toBe(text)
      })
    )
  )

  it.effect(
    "gives at most one token for a challenge, however it is signed again (S10-VER-20, S10-VER-21)",
    () => {
      const friend = keyOf("friend")
      const accounts = new Map([
        [
          account,
          {
            signers: [...freshAccount(account).signers, { key: friend.publicKey(), weight: 1 }],
            thresholds: { low: 0, medium: 0, high: 0 }
          }
        ]
      ])
      return inWorld(
        Effect.gen(function* () {
          const envelope = yield* signedChallenge()
          yield* redeem(envelope)
          const again = [envelope, signedBy(envelope, friend)]
          for (const each of again) expect((yield* redeemRefusal(each)).message).toContain("used already")
        }),
        { accounts }
      )
    }
  )

  it.effect("gives one token to a hundred attempts at once, over two services on one storage (SEC-11)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon * 1000)
      const storage = Layer.succeed(Storage, Context.get(yield* Layer.build(memoryStorage), Storage))
      const services = yield* Effect.all(
        [0, 1].map(() =>
          Effect.map(Layer.build(Layer.fresh(sep10Layer({ storage }))), (built) =>
            Context.get(built, Challenges)
          )
        )
      )
      const [first] = services
      const made = yield* first === undefined ? Effect.die("no service") : first.make({ account })
      const envelope = signedBy(made.transaction, clientKey)
      const attempts = Array.from({ length: 50 }, () => services).flat()
      const answers = yield* Effect.forEach(attempts, (each) => Effect.result(each.redeem(envelope)), {
        concurrency: "unbounded"
      })
      expect(answers.filter((answer) => answer._tag === "Success")).toHaveLength(1)
      expect(answers).toHaveLength(100)
    }).pipe(Effect.scoped)
  )

  it.effect("is not used up by an attempt that fails (S10-VER-20)", () =>
    inWorld(
      Effect.gen(function* () {
        const { transaction } = yield* make()
        expect((yield* redeemRefusal(transaction)).message).toContain("not signed by the account")
        expect((yield* redeemRefusal(signedBy(transaction, keyOf("stranger")))).message).toContain(
          "account's key"
        )
        yield* redeem(signedBy(transaction, clientKey))
      })
    )
  )

  it.effect("takes a challenge of another process of ours, and none of anyone else's (S10-VER-11)", () =>
    inWorld(
      Effect.gen(function* () {
        yield* redeem(signedBy(challengeFor(), clientKey))
        const impostor = keyOf("impostor")
        const foreign = signedBy(challengeFor({ server: impostor.publicKey() }, impostor), clientKey)
        expect((yield* redeemRefusal(foreign)).message).toContain("not from this server")
      })
    )
  )

  it.effect("refuses a challenge after its end, to the second (S10-VER-03)", () =>
    inWorld(
      Effect.gen(function* () {
        const [kept, late] = [yield* signedChallenge(), yield* signedChallenge()]
        yield* TestClock.adjust("900 seconds")
        yield* redeem(kept)
        yield* TestClock.adjust("1 second")
        expect((yield* redeemRefusal(late)).message).toContain("expired")
      })
    )
  )

  it.effect("remembers a used challenge until well after its end (S10-VER-21)", () => {
    const seen: Array<number> = []
    const storage = Layer.effect(
      Storage,
      Effect.map(Storage, (real) => ({
        ...real,
        useChallenge: (hash: string, expires: number) => {
          seen.push(expires)
          return real.useChallenge(hash, expires)
        }
      }))
    ).pipe(Layer.provide(memoryStorage))
    return inWorld(
      Effect.gen(function* () {
        yield* redeem(yield* signedChallenge())
        expect(seen).toEqual([(noon + 900 + 3600) * 1000])
      }),
      { storage }
    )
  })
})

describe("redeem, when something does not answer", () => {
  it.effect(
    "is undecided without the ledger, never unfunded, and the challenge stays good (S10-VER-19)",
    () => {
      const accounts = new Map<string, ReturnType<typeof freshAccount> | "down">([[account, "down"]])
      return inWorld(
        Effect.gen(function* () {
          const envelope = yield* signedChallenge()
          expect((yield* redeemRefusal(envelope))._tag).toBe("ChallengeUndecided")
          accounts.set(account, freshAccount(account))
          yield* redeem(envelope)
        }),
        { accounts }
      )
    }
  )

  it.effect("does not ask the ledger about a challenge that is not ours", () => {
    const accounts = new Map([[account, "down" as const]])
    return inWorld(
      Effect.gen(function* () {
        const impostor = keyOf("impostor")
        const foreign = signedBy(challengeFor({ server: impostor.publicKey() }, impostor), clientKey)
        expect((yield* redeemRefusal(foreign))._tag).toBe("ChallengeRefused")
      }),
      { accounts }
    )
  })

  it.effect("asks for the base account of a muxed client (S10-VER-19)", () => {
    const accounts = new Map([[account, "down" as const]])
    return inWorld(
      Effect.gen(function* () {
        const envelope = yield* signedChallenge({ account: muxed(account, "8") })
        expect((yield* redeemRefusal(envelope))._tag).toBe("ChallengeUndecided")
      }),
      { accounts }
    )
  })

  it.effect("gives no token without the storage (SEC-11)", () => {
    const storage = Layer.effect(
      Storage,
      Effect.map(Storage, (real) => ({
        ...real,
        useChallenge: () => Effect.fail(new StorageUnavailable({ message: "no connection" }))
      }))
    ).pipe(Layer.provide(memoryStorage))
    return inWorld(
      Effect.gen(function* () {
        expect((yield* redeemRefusal(yield* signedChallenge()))._tag).toBe("ChallengeUndecided")
      }),
      { storage }
    )
  })
})

import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Keypair, Networks } from "@stellar/stellar-sdk"
import { Effect, Redacted } from "effect"
import { issuer, problemsOf, read, receiving, sender, signing } from "../../support/configEnvironment.ts"

const seed = receiving.secret()
const channels = `${issuer.secret()},${sender.secret()}`
const none = { seed: null, channelSeeds: [], feeMax: 100_000 }

describe("the keys of refunds", () => {
  it.effect("there is none unless one is given: nothing can be moved", () =>
    Effect.gen(function* () {
      expect((yield* read({})).refunds).toEqual(none)
    })
  )

  it.effect("a seed, its channels and the most it may cost can be given, and are never shown", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        KEDGE_REFUND_SEED: seed,
        KEDGE_REFUND_CHANNEL_SEEDS: channels,
        KEDGE_REFUND_FEE_MAX: "5000"
      })
      const { channelSeeds, feeMax, seed: given } = settings.refunds
      expect(given === null ? null : Redacted.value(given)).toBe(seed)
      expect(channelSeeds.map(Redacted.value)).toEqual(channels.split(","))
      expect(feeMax).toBe(5000)
      const shown = `${inspect(settings, { depth: 9 })} ${JSON.stringify(settings)}`
      for (const secret of [seed, ...channels.split(",")]) expect(shown).not.toContain(secret)
    })
  )

  const wrong: ReadonlyArray<readonly [string, Record<string, string>, RegExp]> = [
    ["mistyped", { KEDGE_REFUND_SEED: `${seed.slice(0, -1)}A` }, /KEDGE_REFUND_SEED: is no secret seed/],
    [
      "everyone's",
      { KEDGE_REFUND_SEED: Keypair.master(Networks.TESTNET).secret() },
      /KEDGE_REFUND_SEED: is the network's root account/
    ],
    [
      "a pattern",
      { KEDGE_REFUND_SEED: Keypair.fromRawEd25519Seed(Buffer.alloc(32, 7)).secret() },
      /KEDGE_REFUND_SEED: is a pattern/
    ],
    [
      "a channel of which is mistyped",
      { KEDGE_REFUND_SEED: seed, KEDGE_REFUND_CHANNEL_SEEDS: `${issuer.secret()},S` },
      /KEDGE_REFUND_CHANNEL_SEEDS: has one that is no secret seed/
    ],
    [
      "a channel of which is named twice",
      { KEDGE_REFUND_SEED: seed, KEDGE_REFUND_CHANNEL_SEEDS: `${issuer.secret()},${issuer.secret()}` },
      /KEDGE_REFUND_CHANNEL_SEEDS: has a seed twice/
    ],
    [
      "its own channel",
      { KEDGE_REFUND_SEED: seed, KEDGE_REFUND_CHANNEL_SEEDS: seed },
      /KEDGE_REFUND_CHANNEL_SEEDS: has a seed twice, or KEDGE_REFUND_SEED/
    ],
    [
      "missing where channels are given",
      { KEDGE_REFUND_CHANNEL_SEEDS: channels },
      /KEDGE_REFUND_CHANNEL_SEEDS: is set, and KEDGE_REFUND_SEED is not/
    ]
  ]
  it.effect.each(wrong)("one that is %s is refused, and not repeated", ([, environment, expected]) =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(environment)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(expected)
      for (const value of Object.values(environment)) {
        for (const secret of value.split(","))
          if (secret.length > 1) expect(problems[0]).not.toContain(secret)
      }
    })
  )

  it.effect("the key that signs challenges may be neither (SEC-13)", () =>
    Effect.gen(function* () {
      expect(yield* problemsOf({ KEDGE_REFUND_SEED: signing.secret() })).toMatchObject([
        expect.stringMatching(/^KEDGE_REFUND_SEED: is KEDGE_SIGNING_SEED/)
      ])
      expect(
        yield* problemsOf({ KEDGE_REFUND_SEED: seed, KEDGE_REFUND_CHANNEL_SEEDS: signing.secret() })
      ).toMatchObject([expect.stringMatching(/^KEDGE_REFUND_CHANNEL_SEEDS: has KEDGE_SIGNING_SEED/)])
    })
  )
})

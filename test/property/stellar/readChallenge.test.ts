// Nothing a client changes in a challenge but its signatures survives, and nothing it sends breaks the reader.
import fc from "fast-check"
import { Result } from "effect"
import { expect, it } from "vitest"
import { readChallenge } from "../../../src/stellar/readChallenge.ts"
import { parseAddress } from "../../../src/stellar/strkeys.ts"
import { challengeFor, clientKey, muxed, noon, plain, rules, signedBy, terms } from "../../support/signIn.ts"

const genuine = Buffer.from(signedBy(challengeFor(), clientKey), "base64")

it("a challenge with any one bit turned is refused, unless it is one of the client's signature (S10-VER-11)", () => {
  // the client's signature stands at the end: hint, length and 64 bytes
  const clientSignature = genuine.length - (4 + 4 + 64)
  fc.assert(
    fc.property(fc.nat(genuine.length - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(genuine)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      const read = readChallenge(changed.toString("base64"), rules)
      if (at < clientSignature) expect(Result.isFailure(read)).toBe(true)
    }),
    { numRuns: 300 }
  )
})

it("any text is answered with a sentence and never an exception (S10-TOK-02)", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.base64String({ maxLength: 400 })), (text) => {
      expect(Result.isFailure(readChallenge(text, rules))).toBe(true)
    })
  )
})

it("what is asked for is what is read back: account, muxed id, memo and times", () => {
  const uint64 = fc.bigInt({ min: 0n, max: 18_446_744_073_709_551_615n }).map(String)
  const wish = fc.record({
    muxedId: fc.option(uint64, { nil: null }),
    memo: fc.option(uint64, { nil: null }),
    nonce: fc.uint8Array({ minLength: 48, maxLength: 48 }),
    age: fc.integer({ min: -300, max: 900 })
  })
  fc.assert(
    fc.property(wish, ({ muxedId, memo, nonce, age }) => {
      const account = clientKey.publicKey()
      const client = muxedId === null ? plain(account) : { text: muxed(account, muxedId), account, muxedId }
      const kept = muxedId === null ? memo : null
      const posted = readChallenge(challengeFor({ client, memo: kept, nonce }), { ...rules, now: noon + age })
      expect(Result.getOrThrow(posted)).toMatchObject({ client, memo: kept, maxTime: terms.maxTime })
    }),
    { numRuns: 60 }
  )
})

it("an address is read only in its one spelling (S23-03)", () => {
  const account = clientKey.publicKey()
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=abc 018"
  fc.assert(
    fc.property(
      fc.constantFrom(account, muxed(account, "18446744073709551615")),
      fc.nat(68),
      fc.constantFrom(...letters.split("")),
      (text, at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1)
        expect(Result.isSuccess(parseAddress(changed))).toBe(changed === text)
      }
    ),
    { numRuns: 500 }
  )
})

// Any account, any set of signatures: the verdict is that of a rule written the other way round, on sets of names
// instead of bytes.
import fc from "fast-check"
import { Result } from "effect"
import { expect, it } from "vitest"
import { readChallenge } from "../../../src/stellar/readChallenge.ts"
import { verifyClient } from "../../../src/stellar/verifyClient.ts"
import { challengeFor, keyOf, plain, rules, serverKey, signedBy, terms } from "../../support/signIn.ts"

const names = ["client", "server", "a", "b", "c", "d"] as const
type Name = (typeof names)[number]
const keys = new Map(names.map((name) => [name, keyOf(name)]))
const keypair = (name: Name) => {
  const found = keys.get(name)
  if (found === undefined) throw new Error(`no key ${name}`)
  return found
}

const name = fc.constantFrom(...names)
const weights = fc.dictionary(name, fc.constantFrom(0, 1, 2, 128, 255)) as fc.Arbitrary<
  Partial<Record<Name, number>>
>
const account = fc.option(fc.record({ weights, medium: fc.constantFrom(0, 1, 2, 3, 255) }), { nil: null })
const extra = fc.array(name, { maxLength: 4 })

const isAuthentic = (
  signatures: ReadonlyArray<Name>,
  ledger: { readonly weights: Partial<Record<Name, number>>; readonly medium: number } | null
): boolean => {
  if (signatures.length === 0 || new Set(signatures).size < signatures.length) return false
  if (ledger === null) return signatures.length === 1 && signatures[0] === "client"
  const weightOf = (each: Name) => (each === "server" ? 0 : (ledger.weights[each] ?? 0))
  if (signatures.some((each) => weightOf(each) === 0)) return false
  return signatures.map(weightOf).reduce((sum, each) => sum + each, 0) >= ledger.medium
}

const envelope = challengeFor({ client: plain(keypair("client").publicKey()), server: terms.server })

it("a challenge authenticates exactly when distinct signers of the account reach its medium threshold (S10-VER-12, S10-VER-13, S10-VER-17)", () => {
  fc.assert(
    fc.property(account, extra, (ledger, signatures) => {
      const posted = Result.getOrThrow(readChallenge(signedBy(envelope, ...signatures.map(keypair)), rules))
      const authority =
        ledger === null
          ? null
          : {
              signers: Object.entries(ledger.weights).map(([each, weight]) => ({
                key: keypair(each as Name).publicKey(),
                weight
              })),
              thresholds: { medium: ledger.medium }
            }
      const verdict = verifyClient(posted, serverKey.publicKey(), authority)
      expect(Result.isSuccess(verdict)).toBe(isAuthentic(signatures, ledger))
    }),
    { numRuns: 150 }
  )
})

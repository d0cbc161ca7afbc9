import { describe, expect, it } from "@effect/vitest"
import { Keypair } from "@stellar/stellar-sdk"
import { Effect, Redacted } from "effect"
import { make } from "../../../adapters/refund-signer-local/LocalRefundSigner.ts"
import { refundProblems } from "../../../src/app/ports.ts"
import { channels, receiving } from "../../support/refundWorld.ts"

const hash = new Uint8Array(32).fill(9)
const of = (withChannels: boolean) => {
  const keys = make({
    seed: Redacted.make(receiving.secret()),
    channelSeeds: withChannels ? channels.map((key) => Redacted.make(key.secret())) : []
  })
  if (keys === null) throw new Error("there is a seed")
  return keys
}

describe("the local signer of refunds", () => {
  it("is none without a seed", () => {
    expect(make({ seed: null, channelSeeds: [] })).toBeNull()
  })

  it.effect("signs once where source and payer are one account, with a signature the ledger takes", () =>
    Effect.gen(function* () {
      const keys = of(false)
      expect(keys.sources).toEqual([receiving.publicKey()])
      const signatures = yield* keys.sign(hash, [receiving.publicKey()])
      expect(signatures.map(({ publicKey }) => publicKey)).toEqual([receiving.publicKey()])
      const [first] = signatures
      expect(first !== undefined && receiving.verify(hash, Buffer.from(first.signature))).toBe(true)
    })
  )

  it.effect("signs as the channel for its number and as itself for the account it is a signer of", () =>
    Effect.gen(function* () {
      const keys = of(true)
      const [channel] = channels
      const other = Keypair.random().publicKey()
      const signatures = yield* keys.sign(hash, [channel?.publicKey() ?? "", other])
      expect(keys.sources).toEqual(channels.map((key) => key.publicKey()))
      expect(signatures.map(({ publicKey }) => publicKey)).toEqual([
        channel?.publicKey(),
        receiving.publicKey()
      ])
    })
  )

  it("of an integration is refused when it is the key that signs challenges (SEC-13)", () => {
    const signing = Keypair.random().publicKey()
    expect(refundProblems({ ...of(true), publicKey: signing }, { publicKey: signing })).toHaveLength(1)
    expect(refundProblems({ ...of(true), sources: [signing] }, { publicKey: signing })).toHaveLength(1)
    expect(refundProblems(of(true), { publicKey: signing })).toEqual([])
    expect(refundProblems(null, { publicKey: signing })).toEqual([])
  })
})

import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { make } from "../../../adapters/signer-local/LocalSigner.ts"
import { signatureNow } from "../../../src/callbacks/signature.ts"
import { verifyCallback } from "../../../src/client/verifyCallback.ts"
import { Signer } from "../../../src/ports/Signer.ts"
import { keyOf } from "../../support/signIn.ts"

const keypair = keyOf("callbacks")
const body = new TextEncoder().encode('{"transaction":{"status_message":"ä 漢"}}')
const now = 1_700_000_000

const received = Effect.gen(function* () {
  yield* TestClock.setTime(now * 1000)
  const header = yield* signatureNow(new URL("https://Receiver.example:8443/callback"), body).pipe(
    Effect.provideServiceEffect(Signer, make(Redacted.make(keypair.secret())))
  )
  return { header, host: "receiver.example:8443", body, signingKey: keypair.publicKey(), now }
})

describe("verifyCallback", () => {
  it.effect("believes what Kedge sends, for two minutes either way (S31-CB-07, S31-CB-10)", () =>
    Effect.gen(function* () {
      const callback = yield* received

      for (const later of [0, 120, -120]) {
        expect(Result.isSuccess(verifyCallback({ ...callback, now: now + later })), `${later}`).toBe(true)
      }
      for (const later of [121, -121]) {
        expect(Result.isFailure(verifyCallback({ ...callback, now: now + later })), `${later}`).toBe(true)
      }
      expect(Result.isFailure(verifyCallback({ ...callback, now: now + 11, tolerance: 10 }))).toBe(true)
    })
  )

  it.effect("believes nothing of another body, host, key or time (S31-CB-07, S31-CB-09)", () =>
    Effect.gen(function* () {
      const callback = yield* received
      const forged = [
        { body: new TextEncoder().encode('{"transaction":{"status_message":"a 漢"}}') },
        { host: "receiver.example" },
        { host: "other.example:8443" },
        { signingKey: keyOf("another").publicKey() },
        { signingKey: "no account" },
        { header: callback.header.replace(/t=\d+/, `t=${now + 1}`) },
        { header: callback.header.replace(/s=...../, "s=AAAAA") },
        { header: callback.header.replace("t=", "") },
        { header: "" }
      ]

      expect(Result.isSuccess(verifyCallback(callback))).toBe(true)
      for (const change of forged) {
        expect(Result.isFailure(verifyCallback({ ...callback, ...change })), JSON.stringify(change)).toBe(
          true
        )
      }
    })
  )
})

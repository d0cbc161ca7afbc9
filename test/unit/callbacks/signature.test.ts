import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { make } from "../../../adapters/signer-local/LocalSigner.ts"
import {
  signatureHeaders,
  signatureNow,
  signedHost,
  signedPayload
} from "../../../src/callbacks/signature.ts"
import { Signer } from "../../../src/ports/Signer.ts"
import { readSignature } from "../../support/Receiver.ts"
import { keyOf } from "../../support/signIn.ts"

const keypair = keyOf("callbacks")
const body = Buffer.from('{"transaction":{"status_message":"ä 漢 🙂"}}')

const signAt = (seconds: number, url = "https://receiver.example/callback") =>
  Effect.gen(function* () {
    yield* TestClock.setTime(seconds * 1_000 + 999)
    return yield* signatureNow(new URL(url), body)
  }).pipe(Effect.provideServiceEffect(Signer, make(Redacted.make(keypair.secret()))))

describe("signature", () => {
  it.effect("signs <t>.<host>.<body>, as bytes, with SIGNING_KEY (S31-CB-07)", () =>
    Effect.gen(function* () {
      const value = yield* signAt(1_700_000_000)
      const headers = { signature: value }

      expect(value).toMatch(/^t=1700000000, s=[A-Za-z0-9+/]{86}==$/)
      expect(readSignature({ headers, body }, keypair.publicKey(), "receiver.example").isGood).toBe(true)
      for (const [host, other] of [
        ["other.example", body],
        ["receiver.example", Buffer.from(body.toString().replace("ä", "a"))]
      ] as const) {
        expect(readSignature({ headers, body: other }, keypair.publicKey(), host).isGood).toBe(false)
      }
      expect(Buffer.from(signedPayload(17, "h", body)).toString()).toBe(`17.h.${body.toString()}`)
    })
  )

  it.effect("is made anew for each try, with the time of the try (S31-CB-10)", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* signAt(1_700_000_000), yield* signAt(1_700_000_600)]
      const seconds = [first, second].map(
        (signature) =>
          readSignature({ headers: { signature }, body }, keypair.publicKey(), "receiver.example").seconds
      )

      expect(seconds).toEqual([1_700_000_000, 1_700_000_600])
      expect(first.split("s=")[1]).not.toBe(second.split("s=")[1])
    })
  )

  it.each([
    ["https://Receiver.EXAMPLE/Path", "receiver.example"],
    ["https://receiver.example:443/", "receiver.example"],
    ["https://receiver.example:8443/", "receiver.example:8443"],
    ["http://receiver.example:80/", "receiver.example"],
    ["http://receiver.example:443/", "receiver.example:443"],
    ["https://[2606:4700:4700::1111]:8443/", "[2606:4700:4700::1111]:8443"]
  ])("names the host of %s as %s (S31-CB-09, H-19)", (url, host) => {
    expect(signedHost(new URL(url))).toBe(host)
  })

  it("stands under both names, with one value (S31-CB-08)", () => {
    expect(signatureHeaders("t=1, s=a")).toEqual({ Signature: "t=1, s=a", "X-Stellar-Signature": "t=1, s=a" })
  })
})

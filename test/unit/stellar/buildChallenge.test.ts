import { Keypair, WebAuth } from "@stellar/stellar-sdk"
import { describe, expect, it } from "vitest"
import { buildChallenge } from "../../../src/stellar/buildChallenge.ts"
import {
  challengeFor,
  clientKey,
  keyOf,
  muxed,
  noon,
  parsed,
  serverKey,
  terms
} from "../../support/signIn.ts"

const text = (value: Uint8Array | string | undefined) =>
  typeof value === "string" ? value : new TextDecoder().decode(value)

describe("buildChallenge", () => {
  it("is a transaction of the server's that can never be submitted: sequence 0 (S10-CH-07)", () => {
    const challenge = parsed(challengeFor())
    expect(challenge.source).toBe(serverKey.publicKey())
    expect(challenge.sequence).toBe("0")
  })

  it("is valid from now, to the second, for the time it was given (S10-CH-08)", () => {
    expect(parsed(challengeFor()).timeBounds).toEqual({ minTime: String(noon), maxTime: String(noon + 900) })
  })

  it("has the client's id memo, or none (S10-CH-09)", () => {
    expect(parsed(challengeFor()).memo.type).toBe("none")
    const { memo } = parsed(challengeFor({ memo: "18446744073709551615" }))
    expect([memo.type, memo.value]).toEqual(["id", "18446744073709551615"])
  })

  it("names the home domain in the client's operation, with 48 random bytes in base64 (S10-CH-10)", () => {
    const nonce = Uint8Array.from({ length: 48 }, (_, at) => at * 5)
    const [first] = parsed(challengeFor({ nonce })).operations
    if (first?.type !== "manageData") throw new Error("not Manage Data")
    expect([first.name, first.source]).toEqual(["anchor.example.org auth", clientKey.publicKey()])
    expect(text(first.value)).toHaveLength(64)
    expect(Buffer.from(text(first.value), "base64")).toEqual(Buffer.from(nonce))
  })

  it("keeps the muxed form of the client (S10-CH-10)", () => {
    const address = muxed(clientKey.publicKey(), "42")
    const client = { text: address, account: clientKey.publicKey(), muxedId: "42" }
    expect(parsed(challengeFor({ client })).operations[0]?.source).toBe(address)
  })

  it("names our endpoint's host with its port in an operation of the server's (S10-CH-11)", () => {
    const second = parsed(challengeFor()).operations[1]
    if (second?.type !== "manageData") throw new Error("not Manage Data")
    expect([second.name, second.source, text(second.value)]).toEqual([
      "web_auth_domain",
      serverKey.publicKey(),
      "auth.anchor.example.org:8443"
    ])
  })

  it("names a verified client domain with its key as the source (S10-CH-12)", () => {
    const key = keyOf("wallet").publicKey()
    const third = parsed(challengeFor({ clientDomain: { domain: "wallet.example.org", key } })).operations[2]
    if (third?.type !== "manageData") throw new Error("not Manage Data")
    expect([third.name, third.source, text(third.value)]).toEqual([
      "client_domain",
      key,
      "wallet.example.org"
    ])
  })

  it("carries one signature, the server's (S10-CH-13)", () => {
    const challenge = parsed(challengeFor())
    const [signature, ...more] = challenge.signatures
    expect(more).toEqual([])
    const server = Keypair.fromPublicKey(serverKey.publicKey())
    expect(signature !== undefined && server.verify(challenge.hash(), signature.signature)).toBe(true)
  })

  it("is another transaction for another nonce (S10-CH-14)", () => {
    const first = buildChallenge(terms)
    const second = buildChallenge({ ...terms, nonce: new Uint8Array(48).fill(8) })
    expect(first.hash).not.toEqual(second.hash)
  })

  it("dies on a nonce of another length: that is our fault, not the client's", () => {
    expect(() => buildChallenge({ ...terms, nonce: new Uint8Array(47) })).toThrow("48 bytes, not 47")
  })

  it("is a challenge to the SDK's own reader while it is valid", () => {
    const now = Math.floor(Date.now() / 1000)
    const envelope = challengeFor({ minTime: now, maxTime: now + 900, memo: "7" })
    const read = WebAuth.readChallengeTx(
      envelope,
      serverKey.publicKey(),
      terms.passphrase,
      terms.homeDomain,
      terms.webAuthDomain
    )
    expect([read.clientAccountID, read.matchedHomeDomain, read.memo]).toEqual([
      clientKey.publicKey(),
      terms.homeDomain,
      "7"
    ])
  })
})

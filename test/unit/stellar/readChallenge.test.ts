// Each rule of SEP-10 about a challenge that comes back, broken alone: the rest of the transaction is right.
import { Asset, Memo, Networks, Operation, TransactionBuilder } from "@stellar/stellar-sdk"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { envelopeMax, readChallenge } from "../../../src/stellar/readChallenge.ts"
import {
  authOperation,
  challengeFor,
  clientKey,
  domainOperation,
  handMade,
  keyOf,
  muxed,
  noon,
  parsed,
  rules,
  serverKey,
  signedBy,
  terms
} from "../../support/signIn.ts"

const refusal = (envelope: string, over: Partial<typeof rules> = {}) =>
  Result.match(readChallenge(envelope, { ...rules, ...over }), {
    onFailure: String,
    onSuccess: () => "accepted"
  })

const wallet = keyOf("wallet")
const attribution = (value = "wallet.example.org", source = wallet.publicKey()) =>
  Operation.manageData({ name: "client_domain", value, source })

describe("readChallenge accepts", () => {
  it("our own challenge with the client's signature, and says whose it is", () => {
    const envelope = signedBy(challengeFor({ memo: "12" }), clientKey)
    const posted = Result.getOrThrow(readChallenge(envelope, rules))
    expect(posted).toMatchObject({
      hash: Buffer.from(parsed(envelope).hash()).toString("hex"),
      client: { account: clientKey.publicKey(), muxedId: null },
      memo: "12",
      homeDomain: terms.homeDomain,
      maxTime: noon + 900,
      clientDomain: null
    })
    expect(posted.signatures).toHaveLength(1)
  })

  it("a transaction made by hand to the letter, so that each test below breaks one rule only", () => {
    expect(refusal(handMade())).toBe("accepted")
  })

  it("one hash for every re-signed copy of a challenge (S10-VER-21)", () => {
    const envelope = challengeFor()
    const hashes = [envelope, signedBy(envelope, clientKey), signedBy(envelope, clientKey, wallet)].map(
      (each) => Result.getOrThrow(readChallenge(each, rules)).hash
    )
    expect(new Set(hashes).size).toBe(1)
  })

  it("a muxed client, whose account is the base account (S10-VER-19)", () => {
    const address = muxed(clientKey.publicKey(), "9")
    const client = { text: address, account: clientKey.publicKey(), muxedId: "9" }
    const posted = Result.getOrThrow(readChallenge(challengeFor({ client }), rules))
    expect(posted.client).toEqual(client)
  })

  it("a client_domain operation by its own key (S10-VER-07)", () => {
    const envelope = handMade({ operations: [authOperation(), domainOperation(), attribution()] })
    expect(Result.getOrThrow(readChallenge(envelope, rules)).clientDomain).toEqual({
      domain: "wallet.example.org",
      key: wallet.publicKey()
    })
  })

  it("a challenge up to its last second, and one that is minutes ahead of our clock (S10-VER-03)", () => {
    expect(refusal(handMade(), { now: noon + 900 })).toBe("accepted")
    expect(refusal(handMade(), { now: noon - 300 })).toBe("accepted")
  })
})

describe("readChallenge refuses", () => {
  it.each([
    ["nothing", "", "transaction is empty"],
    ["text that is no XDR", "bm90IHhkcg==", "transaction is not a transaction envelope in base64 XDR"],
    ["more than the size cap", "A".repeat(envelopeMax + 1), "transaction is longer than 50000 characters"]
  ])("%s (S10-TOK-02, S10-TOK-03, A19)", (_, envelope, sentence) => {
    expect(refusal(envelope)).toBe(sentence)
  })

  it("a fee bump around a good challenge (S10-TOK-02)", () => {
    const inner = parsed(signedBy(challengeFor(), clientKey))
    const bump = TransactionBuilder.buildFeeBumpTransaction(
      serverKey.publicKey(),
      "500",
      inner,
      Networks.TESTNET
    )
    bump.sign(serverKey)
    expect(refusal(bump.toXdr())).toContain("fee bump")
  })

  it("another source account, also our own in muxed form (S10-VER-01)", () => {
    const other = keyOf("other server")
    expect(refusal(handMade({ source: other.publicKey(), signers: [other, clientKey] }))).toContain(
      "not from this server"
    )
  })

  it("a sequence number that could be submitted (S10-VER-02)", () => {
    expect(refusal(handMade({ sequence: "0" }))).toBe("the sequence number of a challenge is 0")
  })

  it("no time bounds, or no end (S10-VER-03)", () => {
    expect(refusal(handMade({ timebounds: null }))).toBe("the challenge has no end of validity")
    expect(refusal(handMade({ timebounds: { minTime: noon, maxTime: 0 } }))).toContain("no end of validity")
  })

  it("one second after its end, with no grace, and more than five minutes before its start (S10-VER-03)", () => {
    expect(refusal(handMade(), { now: noon + 901 })).toContain("expired")
    expect(refusal(handMade(), { now: noon - 301 })).toBe("the challenge is not valid yet")
  })

  it("no operation (S10-VER-04)", () => {
    expect(refusal(handMade({ operations: [] }))).toBe("the challenge has no operation")
  })

  it("a first operation that is not Manage Data, or has no source (S10-VER-05)", () => {
    const payment = Operation.payment({
      destination: serverKey.publicKey(),
      asset: Asset.native(),
      amount: "1",
      source: clientKey.publicKey()
    })
    expect(refusal(handMade({ operations: [payment, domainOperation()] }))).toBe(
      "the first operation is not Manage Data"
    )
    const nobody = Operation.manageData({ name: `${terms.homeDomain} auth`, value: "A".repeat(64) })
    expect(refusal(handMade({ operations: [nobody, domainOperation()] }))).toBe(
      "the first operation has no source account"
    )
  })

  it.each([
    "evil.example.org auth",
    "anchor.example.org",
    "sub.anchor.example.org auth",
    "anchor.example.org auth "
  ])("the first key %j: home domains match exactly (S10-VER-06, S10-CH-04, A19)", (name) => {
    expect(refusal(handMade({ operations: [authOperation(name), domainOperation()] }))).toContain(
      "another home domain"
    )
  })

  it.each([
    ["47 bytes", Buffer.alloc(47, 1).toString("base64")],
    ["48 bytes that are not base64", "!".repeat(64)],
    ["48 raw bytes", new Uint8Array(48)],
    ["no value", null]
  ])("a nonce of %s (S10-VER-06)", (_, value) => {
    const operations = [authOperation(undefined, value), domainOperation()]
    expect(refusal(handMade({ operations }))).toBe("the first operation's value is not 48 bytes in base64")
  })

  it("another operation that is not Manage Data, or not the server's (S10-VER-07)", () => {
    const bump = Operation.bumpSequence({ bumpTo: "1", source: serverKey.publicKey() })
    expect(refusal(handMade({ operations: [authOperation(), domainOperation(), bump] }))).toBe(
      "an operation is not Manage Data"
    )
    const foreign = Operation.manageData({ name: "more", value: "x", source: clientKey.publicKey() })
    expect(refusal(handMade({ operations: [authOperation(), domainOperation(), foreign] }))).toContain(
      "neither ours nor the client domain's"
    )
  })

  it("another web_auth_domain, one without our port, one of two, one by the client, and none (S10-VER-08)", () => {
    const without = "auth.anchor.example.org"
    const both = [authOperation(), domainOperation(), domainOperation("evil.example.org")]
    expect(refusal(handMade({ operations: [authOperation(), domainOperation(without)] }))).toContain(
      "differs"
    )
    expect(refusal(handMade({ operations: both }))).toContain("differs")
    expect(
      refusal(handMade({ operations: [authOperation(), domainOperation(undefined, clientKey.publicKey())] }))
    ).toContain("neither ours")
    expect(refusal(handMade({ operations: [authOperation()] }))).toBe(
      "the web_auth_domain operation is missing"
    )
  })

  it("two client_domain operations, an empty one, and one whose key is ours (S10-VER-09, S10-CD-05)", () => {
    const with_ = (...more: ReadonlyArray<ReturnType<typeof attribution>>) =>
      refusal(handMade({ operations: [authOperation(), domainOperation(), ...more] }))
    expect(with_(attribution(), attribution("other.example.org"))).toContain("more than one client_domain")
    const removed = Operation.manageData({ name: "client_domain", value: null, source: wallet.publicKey() })
    expect(with_(removed)).toContain("no value")
    expect(with_(attribution(undefined, serverKey.publicKey()))).toContain("no value or no key of its own")
  })

  it("a memo that is not an id, and any memo beside a muxed client (S10-VER-10)", () => {
    expect(refusal(handMade({ memo: Memo.text("1") }))).toBe("the memo is not of type id")
    const source = muxed(clientKey.publicKey(), "1")
    const operations = [
      Operation.manageData({ name: `${terms.homeDomain} auth`, value: "A".repeat(64), source }),
      domainOperation()
    ]
    expect(refusal(handMade({ operations }))).toBe("accepted")
    expect(refusal(handMade({ operations, memo: Memo.id("1") }))).toContain("exclude each other")
  })

  it("a challenge the server did not sign (S10-VER-11)", () => {
    expect(refusal(handMade({ signers: [clientKey] }))).toBe("the challenge is not signed by this server")
    expect(refusal(handMade({ signers: [keyOf("impostor"), clientKey] }))).toContain(
      "not signed by this server"
    )
  })

  it("a server signature over the hash of another network (S10-GEN-04)", () => {
    expect(refusal(handMade(), { passphrase: Networks.PUBLIC })).toContain("not signed by this server")
  })
})

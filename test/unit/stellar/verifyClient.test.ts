// Who must have signed a challenge, by what the ledger says of the account.
import { xdr } from "@stellar/stellar-sdk"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { readChallenge } from "../../../src/stellar/readChallenge.ts"
import { type AccountAuthority, verifyClient } from "../../../src/stellar/verifyClient.ts"
import {
  challengeFor,
  clientKey,
  keyOf,
  muxed,
  parsed,
  rules,
  serverKey,
  signedBy
} from "../../support/signIn.ts"

const [one, two, stranger, wallet] = [keyOf("one"), keyOf("two"), keyOf("stranger"), keyOf("wallet")]

const verdict = (envelope: string, account: AccountAuthority | null) =>
  Result.match(
    verifyClient(Result.getOrThrow(readChallenge(envelope, rules)), serverKey.publicKey(), account),
    {
      onFailure: String,
      onSuccess: () => "authenticated"
    }
  )

const authority = (
  medium: number,
  ...signers: ReadonlyArray<readonly [string, number]>
): AccountAuthority => ({
  signers: signers.map(([key, weight]) => ({ key, weight })),
  thresholds: { medium }
})

const master = clientKey.publicKey()
const envelope = challengeFor()
const attributed = challengeFor({
  clientDomain: { domain: "wallet.example.org", key: wallet.publicKey() }
})

describe("verifyClient, of an account on the ledger", () => {
  it("takes signers whose weights reach the medium threshold, with or without the master key (S10-VER-12, S10-VER-18)", () => {
    const two_ = authority(2, [master, 1], [one.publicKey(), 1], [two.publicKey(), 1])
    expect(verdict(signedBy(envelope, clientKey, one), two_)).toBe("authenticated")
    expect(verdict(signedBy(envelope, one, two), two_)).toBe("authenticated")
    expect(verdict(signedBy(envelope, clientKey), two_)).toBe(
      "the signatures have a weight of 1; the account's medium threshold needs 2"
    )
  })

  it("takes a muxed client by the signers of its base account (S10-VER-19)", () => {
    const address = muxed(master, "3")
    const client = { text: address, account: master, muxedId: "3" }
    expect(verdict(signedBy(challengeFor({ client }), clientKey), authority(0, [master, 1]))).toBe(
      "authenticated"
    )
  })

  it("wants one signature even where the threshold is 0 (S10-VER-13)", () => {
    const open = authority(0, [master, 1])
    expect(verdict(envelope, open)).toBe("the challenge is not signed by the account")
    expect(verdict(signedBy(envelope, clientKey), open)).toBe("authenticated")
  })

  it("does not count a master key of weight 0, even against a threshold of 0 (S10-VER-13)", () => {
    const handedOver = authority(0, [master, 0], [one.publicKey(), 1])
    expect(verdict(signedBy(envelope, clientKey), handedOver)).toContain("not by a signer of the account")
    expect(verdict(signedBy(envelope, one), handedOver)).toBe("authenticated")
  })

  it("never counts our own signature, even for an account that lists us (S10-VER-14)", () => {
    const trusting = authority(1, [master, 1], [serverKey.publicKey(), 255])
    expect(verdict(envelope, trusting)).toContain("not signed by the account")
    expect(verdict(signedBy(envelope, serverKey), trusting)).toContain("not by a signer of the account")
  })

  it("refuses the same signer twice, and a signature it does not know (S10-VER-17)", () => {
    const pair = authority(2, [master, 1], [one.publicKey(), 1])
    expect(verdict(signedBy(envelope, one, one), pair)).toBe("a signer of the account signed twice")
    expect(verdict(signedBy(envelope, clientKey, one, stranger), pair)).toContain("not by a signer")
  })

  it("skips signers that are not ed25519 keys without failing on them (S10-VER-18)", () => {
    const odd = authority(
      1,
      ["TBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHXL7", 5],
      ["XBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWGTOG", 5],
      ["not a key at all", 5],
      [master, 1]
    )
    expect(verdict(signedBy(envelope, clientKey), odd)).toBe("authenticated")
    expect(verdict(signedBy(envelope, stranger), odd)).toContain("not by a signer")
  })

  it("refuses a signature that gives another signer's hint as its own", () => {
    const transaction = parsed(signedBy(envelope, one))
    const hint = two.signatureHint()
    const signature = one.sign(transaction.hash())
    transaction.signatures.splice(1, 1, new xdr.DecoratedSignature({ hint, signature }))
    expect(verdict(transaction.toXdr(), authority(1, [one.publicKey(), 1], [two.publicKey(), 1]))).toContain(
      "not by a signer"
    )
  })
})

describe("verifyClient, of an account that is not on the ledger", () => {
  it("takes the master key alone (S10-VER-15)", () => {
    expect(verdict(signedBy(envelope, clientKey), null)).toBe("authenticated")
    expect(verdict(envelope, null)).toBe("the challenge is not signed by the account")
    expect(verdict(signedBy(envelope, stranger), null)).toBe(
      "the challenge is not signed by the account's key"
    )
  })

  it("refuses anything beside it, a second copy too (S10-VER-15)", () => {
    expect(verdict(signedBy(envelope, clientKey, stranger), null)).toContain("not the account's")
    expect(verdict(signedBy(envelope, clientKey, clientKey), null)).toContain("not the account's")
  })
})

describe("verifyClient, with a client domain", () => {
  it("wants the client domain's signature besides the account's (S10-VER-16)", () => {
    const account = authority(1, [master, 1])
    expect(verdict(signedBy(attributed, clientKey), account)).toBe(
      "the challenge is not signed by the client domain's key"
    )
    expect(verdict(signedBy(attributed, clientKey, wallet), account)).toBe("authenticated")
    expect(verdict(signedBy(attributed, clientKey, wallet), null)).toBe("authenticated")
  })

  it("gives that signature no weight, even if its key is a signer of the account (S10-VER-16, S10-CD-05)", () => {
    const shared = authority(1, [master, 1], [wallet.publicKey(), 1])
    expect(verdict(signedBy(attributed, wallet), shared)).toBe("the challenge is not signed by the account")
    const own = challengeFor({ clientDomain: { domain: "me.example.org", key: master } })
    expect(verdict(signedBy(own, clientKey), authority(1, [master, 1]))).toContain(
      "not signed by the account"
    )
    expect(verdict(signedBy(own, clientKey, clientKey), authority(1, [master, 1]))).toBe("authenticated")
  })
})

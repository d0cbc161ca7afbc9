// The validator's expectations of signing in. It logs in with keys that no ledger knows, and with accounts whose signers
// it has set on the ledger.
import { Horizon, Keypair, Operation } from "@stellar/stellar-sdk"
import { decodeJwt } from "jose"
import { beforeAll, describe, expect, it } from "vitest"
import { transactionOf } from "../../support/sandboxStellar.ts"
import type { Anchor } from "./anchor.ts"
import {
  addressOf,
  answered,
  answerSigned,
  ask,
  challengeFor,
  homeOf,
  isClosed,
  readEnvelope,
  refused
} from "./client.ts"

export const signInExpectations = (anchorOf: () => Anchor) =>
  describe("validator SEP-10", () => {
    let anchor: Anchor
    let endpoint: string
    let passphrase: string
    beforeAll(async () => {
      anchor = anchorOf()
      endpoint = await addressOf(anchor, "WEB_AUTH_ENDPOINT")
      passphrase = await addressOf(anchor, "NETWORK_PASSPHRASE")
    })

    const post = (transaction: unknown) => ask("POST", endpoint, { body: { transaction } })
    const challenge = async (account: string) =>
      readEnvelope((await challengeFor(anchor, { account })).body["transaction"], passphrase)

    describe("GET", () => {
      it("answers the challenge and the passphrase, and nothing else (S10-CH-06)", async () => {
        const body = answered(await challengeFor(anchor, { account: Keypair.random().publicKey() }), 200)

        isClosed(body, ["transaction"], ["network_passphrase"])
        expect(body["network_passphrase"]).toBe(passphrase)
      })

      it("the challenge is the anchor's and cannot be submitted (S10-CH-07, S10-CH-13, S1-08)", async () => {
        const given = await challenge(Keypair.random().publicKey())
        const key = Keypair.fromPublicKey((await homeOf(anchor))["SIGNING_KEY"] ?? "")

        expect([given.source, given.sequence, given.signatures.length]).toEqual([key.publicKey(), "0", 1])
        const [signature] = given.signatures
        expect(key.verify(given.hash(), signature?.signature.toBytes() ?? new Uint8Array())).toBe(true)
      })

      it("it is valid from this very second on, and not for ever (S10-CH-08)", async () => {
        const before = Math.floor(Date.now() / 1000)
        const { timeBounds } = await challenge(Keypair.random().publicKey())
        const after = Math.floor(Date.now() / 1000)

        expect(Number(timeBounds?.minTime)).toBeGreaterThanOrEqual(before)
        expect(Number(timeBounds?.minTime)).toBeLessThanOrEqual(after)
        expect(Number(timeBounds?.maxTime)).toBeGreaterThan(after)
      })

      it("its operations are those of the specification, each by whom it should be (S10-CH-10, S10-CH-11)", async () => {
        const account = Keypair.random().publicKey()
        const said = (await challenge(account)).operations.map((each) => {
          if (each.type !== "manageData") throw new Error(`a challenge has no ${each.type}`)
          return { name: each.name, value: Buffer.from(each.value ?? "").toString(), source: each.source }
        })

        const [first, ...others] = said
        expect(first).toMatchObject({ name: `${anchor.host} auth`, source: account })
        expect(first?.value).toHaveLength(64)
        expect(Buffer.from(first?.value ?? "", "base64")).toHaveLength(48)
        expect(others.map(({ source }) => source)).toEqual([anchor.signing])
        expect(others[0]).toMatchObject({ name: "web_auth_domain", value: new URL(endpoint).host })
      })

      it("no account, and one that is none, are refused as JSON (S10-CH-01, S10-GEN-03)", async () => {
        refused(await ask("GET", endpoint), 400)
        refused(await challengeFor(anchor, { account: "invalid-account" }), 400)
      })
    })

    describe("POST", () => {
      it("a key that no ledger knows gets a token for itself (S10-GEN-05, S10-VER-15, S10-JWT-01)", async () => {
        const key = Keypair.random()
        const before = Math.floor(Date.now() / 1000)
        const { token } = answered(await answerSigned(anchor, { account: key.publicKey() }, [key]), 200)
        const { exp = 0, iat = 0, iss = "", sub } = decodeJwt(String(token))

        expect(sub).toBe(key.publicKey())
        expect(new URL(iss).host).toBe(anchor.host)
        expect(iat).toBeGreaterThanOrEqual(before)
        expect(exp).toBeGreaterThan(iat)
      })

      it("a form does as well as JSON (S10-TOK-01)", async () => {
        const key = Keypair.random()
        const signed = await challenge(key.publicKey())
        signed.sign(key)
        const response = await fetch(endpoint, {
          method: "POST",
          body: new URLSearchParams({ transaction: signed.toXdr() })
        })

        expect(response.status).toBe(200)
        expect(await response.json()).toEqual({ token: expect.any(String) as unknown })
      })

      it("a body without the transaction, and one that is none, are refused (S10-TOK-02)", async () => {
        refused(await ask("POST", endpoint, { body: {} }), 400)
        refused(await post({ transaction: "invalid" }), 400)
        refused(await post("invalid"), 400)
      })

      it("a challenge that the client has not signed is refused (S10-VER-15)", async () => {
        refused(await post((await challenge(Keypair.random().publicKey())).toXdr()), 400)
      })

      it("a challenge that the anchor has not signed is refused (S10-VER-11)", async () => {
        const key = Keypair.random()
        const unsigned = await challenge(key.publicKey())
        unsigned.signatures.length = 0
        unsigned.sign(key)
        refused(await post(unsigned.toXdr()), 400)
        unsigned.sign(Keypair.random())
        refused(await post(unsigned.toXdr()), 400)
      })

      it("a key that no ledger knows signs alone: one signature more is refused (S10-VER-15)", async () => {
        const key = Keypair.random()
        refused(await answerSigned(anchor, { account: key.publicKey() }, [key, Keypair.random()]), 400)
      })
    })

    describe("accounts on the ledger", () => {
      type Options = Parameters<typeof Operation.setOptions>[0]
      /** A new account with its signers as the test wants them. */
      const accountWith = async (...options: ReadonlyArray<Options>): Promise<Keypair> => {
        const key = Keypair.random()
        const { faucet, ledger, url } = anchor.sandbox
        await faucet.fund(key.publicKey(), "USDC", 1n)
        await new Horizon.Server(url, { allowHttp: true }).submitTransaction(
          transactionOf({
            passphrase,
            sequence: (ledger.account(key.publicKey())?.sequence ?? 0n) + 1n,
            operations: options.map((each) => Operation.setOptions(each)),
            signers: [key]
          })
        )
        return key
      }
      const signer = (key: Keypair, weight: number): Options => ({
        signer: { ed25519PublicKey: key.publicKey(), weight }
      })
      const thresholds = { lowThreshold: 2, medThreshold: 2, highThreshold: 2 }

      it("too little weight is refused, enough of it gets a token (S10-VER-12, S10-VER-18)", async () => {
        const second = Keypair.random()
        const master = await accountWith(signer(second, 1), thresholds)
        const account = master.publicKey()

        refused(await answerSigned(anchor, { account }, [master]), 400)
        answered(await answerSigned(anchor, { account }, [master, second]), 200)
      })

      it("a signer that is not the master key gets a token (S10-VER-18)", async () => {
        const second = Keypair.random()
        const master = await accountWith(signer(second, 2), thresholds)

        answered(await answerSigned(anchor, { account: master.publicKey() }, [second]), 200)
      })

      it("one signer twice does not weigh twice (S10-VER-17)", async () => {
        const second = Keypair.random()
        const master = await accountWith(signer(second, 1), thresholds)
        refused(await answerSigned(anchor, { account: master.publicKey() }, [second, second]), 400)
      })
    })
  })

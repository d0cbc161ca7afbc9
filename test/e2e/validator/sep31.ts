// The validator's expectations of payments without quotes.
import { Keypair, Memo, StrKey } from "@stellar/stellar-sdk"
import { beforeAll, describe, expect, it } from "vitest"
import { type Anchor, receiverValues, senderValues, transactionFields } from "./anchor.ts"
import { addressOf, answered, ask, isClosed, type Members, refused, registerBoth, signIn } from "./client.ts"

export const paymentExpectations = (anchorOf: () => Anchor) =>
  describe("validator SEP-31 without quotes", () => {
    let anchor: Anchor
    let address: string
    let sender: { readonly id: string; readonly token: string }
    let receiver: { readonly id: string; readonly token: string }
    beforeAll(async () => {
      anchor = anchorOf()
      address = await addressOf(anchor, "DIRECT_PAYMENT_SERVER")
      ;({ receiver, sender } = await registerBoth(anchor, { sender: senderValues, receiver: receiverValues }))
    })

    const request = (): Members => ({
      sender_id: sender.id,
      receiver_id: receiver.id,
      amount: 100,
      asset_code: anchor.asset.code,
      funding_method: "SEPA",
      fields: { transaction: transactionFields }
    })
    const post = (body: Members, token = sender.token) =>
      ask("POST", `${address}/transactions`, { token, body })
    const without = (name: string): Members =>
      Object.fromEntries(Object.entries(request()).filter(([each]) => each !== name))
    const get = (id: string) => ask("GET", `${address}/transactions/${id}`, { token: sender.token })
    const transactionOf = async (id: string) =>
      answered(await get(id), 200)["transaction"] as Readonly<Record<string, unknown>>

    describe("GET /info", () => {
      const info = async () =>
        answered(await ask("GET", `${address}/info`), 200)["receive"] as Record<string, Members>

      it("needs no token and lists the asset as enabled (S31-AUTH-05, S31-INFO-01, S31-INFO-04)", async () => {
        expect((await info())[anchor.asset.code]).toMatchObject({ enabled: true })
      })

      it("its members have the types of the schema (S31-INFO-03, S31-INFO-05)", async () => {
        for (const asset of Object.values(await info())) {
          for (const name of ["fee_fixed", "fee_percent", "min_amount", "max_amount"]) {
            expect(typeof asset[name]).toBe("number")
            expect(asset[name]).toBeGreaterThanOrEqual(0)
          }
          expect(asset["funding_methods"]).toEqual(["SEPA", "SWIFT"])
        }
      })

      it("sep12 has the two sides with every type, those too that are seldom wanted (S31-INFO-08, S31-INFO-09, S31-INFO-11)", async () => {
        const { sep12 } = (await info())[anchor.asset.code] ?? {}

        expect(sep12).toEqual({
          sender: {
            types: {
              "sep31-sender": { description: "sends money" },
              "sep31-large-sender": { description: "sends much money" }
            }
          },
          receiver: { types: { "sep31-receiver": { description: "receives money" } } }
        })
      })

      it("fields has the one member transaction, each field described (S31-INFO-12)", async () => {
        const fields = ((await info())[anchor.asset.code]?.["fields"] ?? {}) as Record<
          string,
          Record<string, Members>
        >

        expect(Object.keys(fields)).toEqual(["transaction"])
        expect(Object.keys(fields["transaction"] ?? {})).toEqual(Object.keys(transactionFields))
        for (const field of Object.values(fields["transaction"] ?? {})) {
          expect(typeof field["description"]).toBe("string")
          expect(
            Object.keys(field).filter((name) => !["description", "optional", "choices"].includes(name))
          ).toEqual([])
        }
      })
    })

    describe("POST /transactions", () => {
      it("without a token and without a content type is 403 (S31-AUTH-02, S31-GEN-06, H-35)", async () => {
        refused(await ask("POST", `${address}/transactions`, { body: "{}" }), 403)
      })

      it("answers 201 with no member beyond the four (S31-RESP-01, S31-RESP-02, S31-RESP-03)", async () => {
        const body = answered(await post(request()), 201)

        isClosed(body, ["id", "stellar_account_id", "stellar_memo_type", "stellar_memo"])
        expect(Object.values(body).map((value) => typeof value)).toEqual([
          "string",
          "string",
          "string",
          "string"
        ])
      })

      it("the account can be decoded, and the memo built (S31-RESP-05, S31-RESP-06, S31-MEMO-01)", async () => {
        const body = answered(await post(request()), 201)
        const [memo, type] = [String(body["stellar_memo"]), body["stellar_memo_type"]]

        expect(StrKey.isValidEd25519PublicKey(String(body["stellar_account_id"]))).toBe(true)
        expect(body["stellar_account_id"]).toBe(anchor.receiving)
        expect(type).toBe("id")
        expect(Memo.id(memo).value).toBe(memo)
      })

      it("without amount, or without asset_code, is 400 (S31-POST-01)", async () => {
        expect(refused(await post(without("amount")), 400)).toContain("amount")
        expect(refused(await post(without("asset_code")), 400)).toContain("asset_code")
      })

      it("a token with the receiver's memo speaks for the same Sending Anchor (S31-AUTH-04, S31-AUTH-08)", async () => {
        const { id } = answered(await post(request(), receiver.token), 201)

        expect(await transactionOf(String(id))).toMatchObject({ id })
      })

      it("an account that is no Sending Anchor signs in and is refused here (S31-AUTH-03, S10-GEN-05)", async () => {
        refused(await post(request(), await signIn(anchor, Keypair.random())), 403)
      })

      it("a body that is no JSON is 415, and answers are JSON (S31-GEN-05, S31-GEN-06)", async () => {
        const response = await fetch(`${address}/transactions`, {
          method: "POST",
          headers: { authorization: `Bearer ${sender.token}`, "content-type": "text/xml" },
          body: "<amount>100</amount>"
        })

        expect(response.status).toBe(415)
        expect(response.headers.get("content-type")).toContain("application/json")
      })
    })

    describe("GET /transactions/:id", () => {
      it("answers the transaction as its one member, as the schema has it (S31-GET-01, S31-GET-03)", async () => {
        const { id } = answered(await post(request()), 201)
        const body = answered(await get(String(id)), 200)

        expect(Object.keys(body)).toEqual(["transaction"])
        const transaction = body["transaction"] as Members
        expect(transaction).toMatchObject({ id, status: "pending_sender", refunded: false })
        // A time with its zone, as the validator's format wants it.
        expect(transaction["started_at"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
        expect(Object.values(transaction)).not.toContain(null)
        for (const name of ["amount_in", "amount_out", "amount_fee"])
          expect(typeof transaction[name]).toBe("string")
      })

      it("one that waits to be paid says where and with which memo (S31-ST-05, S31-RESP-08)", async () => {
        const created = answered(await post(request()), 201)

        expect(await transactionOf(String(created["id"]))).toMatchObject({
          status: "pending_sender",
          ...created
        })
      })

      it("amounts are of the asset sent, less the fee, and the fee adds up (S31-GET-04, S31-POST-16, S31-DUAL-09)", async () => {
        const { id } = answered(await post(request()), 201)
        const asset = anchor.stellarAsset

        expect(await transactionOf(String(id))).toMatchObject({
          amount_in: "100",
          amount_in_asset: asset,
          amount_out: "98.5",
          amount_out_asset: asset,
          amount_fee: "1.5",
          amount_fee_asset: asset,
          fee_details: { total: "1.5", asset }
        })
      })

      it("an id that is none, and one of nobody, are 404 (S31-GET-02)", async () => {
        refused(await get("not-an-id"), 404)
        refused(await get("0190a000-0000-7000-8000-00000000ffff"), 404)
      })
    })
  })

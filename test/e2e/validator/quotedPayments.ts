// The validator's expectations of payments with quotes: where they may be used, and where nothing goes without one.
import { Keypair, StrKey } from "@stellar/stellar-sdk"
import { beforeAll, describe, expect, it } from "vitest"
import { type Anchor, type QuoteMode, receiverValues, senderValues, transactionFields } from "./anchor.ts"
import { addressOf, answered, ask, isClosed, type Members, refused, registerBoth, signIn } from "./client.ts"

export const quotedPaymentExpectations = (mode: Exclude<QuoteMode, "off">, anchorOf: () => Anchor) =>
  describe(`validator SEP-31 with quotes ${mode}`, () => {
    let anchor: Anchor
    let payments: string
    let quotes: string
    let sender: { readonly id: string; readonly token: string }
    let receiver: { readonly id: string; readonly token: string }
    beforeAll(async () => {
      anchor = anchorOf()
      payments = await addressOf(anchor, "DIRECT_PAYMENT_SERVER")
      quotes = await addressOf(anchor, "ANCHOR_QUOTE_SERVER")
      ;({ receiver, sender } = await registerBoth(anchor, { sender: senderValues, receiver: receiverValues }))
    })

    const makeQuote = async (token?: string): Promise<Members> => {
      const body = {
        sell_asset: anchor.stellarAsset,
        buy_asset: "iso4217:BRL",
        sell_amount: "100",
        buy_delivery_method: "SEPA",
        context: "sep31"
      }
      const as = token ?? (await signIn(anchor, anchor.sendingAnchor))
      return answered(await ask("POST", `${quotes}/quote`, { token: as, body }), 201)
    }
    const request = (): Members => ({
      sender_id: sender.id,
      receiver_id: receiver.id,
      amount: 100,
      asset_code: anchor.asset.code,
      funding_method: "SEPA",
      fields: { transaction: transactionFields }
    })
    const post = (body: Members) => ask("POST", `${payments}/transactions`, { token: sender.token, body })
    const transaction = async (id: unknown) =>
      answered(await ask("GET", `${payments}/transactions/${String(id)}`, { token: sender.token }), 200)[
        "transaction"
      ] as Members

    it("/info says so (S31-INFO-03, S31-INFO-06)", async () => {
      const { receive } = answered(await ask("GET", `${payments}/info`), 200)

      expect((receive as Readonly<Record<string, Members>>)[anchor.asset.code]).toMatchObject({
        quotes_supported: true,
        quotes_required: mode === "required"
      })
    })

    it("without a quote it is 400 where one is required, and 201 where not (S31-POST-17)", async () => {
      const answer = await post(request())

      if (mode === "required") expect(refused(answer, 400)).toContain("quote")
      else isClosed(answered(answer, 201), ["id", "stellar_account_id", "stellar_memo_type", "stellar_memo"])
    })

    it("the quote of the plain token is taken with the sender's, and says the destination (S31-POST-19, S31-POST-20, S38-Q-09)", async () => {
      const quote = await makeQuote()
      const created = answered(await post({ ...request(), quote_id: quote["id"] }), 201)

      isClosed(created, ["id", "stellar_account_id", "stellar_memo_type", "stellar_memo"])
      expect(StrKey.isValidEd25519PublicKey(String(created["stellar_account_id"]))).toBe(true)
    })

    it("the transaction has the quote's amounts and fee (S31-AMT-03, S31-GET-03, S31-GET-04)", async () => {
      const quote = await makeQuote()
      const { id } = answered(await post({ ...request(), quote_id: quote["id"] }), 201)
      const fee = quote["fee"] as Members

      expect(await transaction(id)).toMatchObject({
        id,
        status: "pending_sender",
        quote_id: quote["id"],
        amount_in: quote["sell_amount"],
        amount_in_asset: quote["sell_asset"],
        amount_out: quote["buy_amount"],
        amount_out_asset: quote["buy_asset"],
        amount_fee: fee["total"],
        amount_fee_asset: fee["asset"],
        fee_details: fee
      })
    })

    it("a quote is used once, also by two at the same time (S31-POST-21, S38-Q-10)", async () => {
      const { id } = await makeQuote()
      const both = await Promise.all([1, 2].map(() => post({ ...request(), quote_id: id })))

      expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 400]))
      refused(await post({ ...request(), quote_id: id }), 400)
    })

    it("a quote of nobody is refused as a used one is (S31-POST-19)", async () => {
      const { id } = await makeQuote()
      answered(await post({ ...request(), quote_id: id }), 201)
      const used = refused(await post({ ...request(), quote_id: id }), 400)

      expect(refused(await post({ ...request(), quote_id: "18e413284" }), 400)).toBe(used)
      expect(
        refused(await post({ ...request(), quote_id: "0190a000-0000-7000-8000-00000000ffff" }), 400)
      ).toBe(used)
    })

    it("who may have quotes is a setting: Sending Anchors, or everybody with a token (S38-Q-08)", async () => {
      const stranger = await signIn(anchor, Keypair.random())
      const body = {
        sell_asset: anchor.stellarAsset,
        buy_asset: "iso4217:BRL",
        sell_amount: "100",
        context: "sep31"
      }
      const answer = await ask("POST", `${quotes}/quote`, {
        token: stranger,
        body: { ...body, buy_delivery_method: "SEPA" }
      })

      // The anchor that requires them is set up as for a run of SEP-38 alone.
      if (mode === "required") answered(answer, 201)
      else refused(answer, 403)
    })
  })

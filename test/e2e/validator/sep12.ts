// The validator's expectations of customers, with types that keep to the fields it knows.
import { Keypair } from "@stellar/stellar-sdk"
import { beforeAll, describe, expect, it } from "vitest"
import { type Anchor, receiverValues, senderValues } from "./anchor.ts"
import { addressOf, answered, ask, isClosed, type Members, registerBoth, signIn } from "./client.ts"

/** The names of SEP-9 that the validator takes for fields: those of persons and of their accounts. */
const namesKnown = new Set(
  `family_name last_name given_name first_name additional_name address_country_code state_or_province city postal_code
   address mobile_number email_address birth_date birth_place birth_country_code tax_id tax_id_name occupation
   employer_name employer_address language_code id_type id_country_code id_issue_date id_expiration_date id_number
   photo_id_front photo_id_back notary_approval_of_photo_id ip_address photo_proof_residence sex proof_of_liveness
   referral_id bank_name bank_account_type bank_account_number bank_number bank_phone_number bank_branch_number
   external_transfer_memo clabe_number cbu_number cbu_alias mobile_money_number mobile_money_provider crypto_address
   crypto_memo`.split(/\s+/)
)

export const customerExpectations = (anchorOf: () => Anchor) =>
  describe("validator SEP-12", () => {
    let anchor: Anchor
    let kyc: string
    beforeAll(async () => {
      anchor = anchorOf()
      kyc = await addressOf(anchor, "KYC_SERVER")
    })

    const get = (token: string, query: Readonly<Record<string, string>>) =>
      ask("GET", `${kyc}/customer?${new URLSearchParams(query).toString()}`, { token })
    const put = (token: string, body: Members) => ask("PUT", `${kyc}/customer`, { token, body })
    const fieldsOf = (body: Members, member: string) =>
      Object.entries((body[member] ?? {}) as Record<string, Members>)

    /** A body of GET /customer is what the validator's schema says, in the fields it knows. */
    const isCustomer = (body: Members): void => {
      isClosed(body, ["status"], ["id", "fields", "provided_fields", "message"])
      expect(["NEEDS_INFO", "ACCEPTED", "PROCESSING", "REJECTED"]).toContain(body["status"])
      for (const member of ["fields", "provided_fields"]) {
        for (const [name, field] of fieldsOf(body, member)) {
          expect([...namesKnown]).toContain(name)
          expect(["string", "number", "date", "binary"]).toContain(field["type"])
          expect(typeof field["description"]).toBe("string")
        }
      }
    }

    it("without a token every endpoint is refused, whatever the body (S12-GEN-01, S12-GEN-04)", async () => {
      const account = Keypair.random().publicKey()

      expect((await ask("GET", `${kyc}/customer`)).status).toBe(401)
      expect((await ask("PUT", `${kyc}/customer`, { body: "[object Object]" })).status).toBe(401)
      expect((await ask("DELETE", `${kyc}/customer/${account}`)).status).toBe(401)
    })

    it("a new account is asked for what its type wants, and has no id (S12-GET-02, S12-GET-06, S12-GEN-05)", async () => {
      const body = answered(await get(await signIn(anchor, Keypair.random()), { type: "sep31-sender" }), 200)

      isCustomer(body)
      expect(body["status"]).toBe("NEEDS_INFO")
      expect(body).not.toHaveProperty("id")
      expect(fieldsOf(body, "fields").length).toBeGreaterThan(0)
    })

    it("a registered one is found by its id and by its token (S12-PUT-01, S12-PUT-04, S12-GET-01)", async () => {
      const token = await signIn(anchor, Keypair.random())
      const type = "sep31-receiver"
      const { id, ...rest } = answered(await put(token, { type, ...receiverValues }), 202)

      expect([typeof id, rest]).toEqual(["string", {}])
      for (const query of [{ id: String(id), type }, { type }]) {
        const body = answered(await get(token, query), 200)
        isCustomer(body)
        expect(body).toMatchObject({ id, status: "ACCEPTED" })
      }
    })

    it("two memos of one account are two customers, accepted at once (S12-ID-07, S12-ID-05, H-35)", async () => {
      const { receiver, sender } = await registerBoth(anchor, {
        sender: senderValues,
        receiver: receiverValues
      })

      expect(sender.id).not.toBe(receiver.id)
      expect([sender.status, receiver.status]).toEqual(["ACCEPTED", "ACCEPTED"])
    })

    it("a customer deletes itself without a body, and is gone (S12-DEL-01, S12-DEL-02)", async () => {
      const key = Keypair.random()
      const [account, token, type] = [key.publicKey(), await signIn(anchor, key), "sep31-sender"]
      answered(await put(token, { account, type, ...senderValues }), 202)
      expect(answered(await get(token, { account, type }), 200)).toMatchObject({ status: "ACCEPTED" })

      expect((await ask("DELETE", `${kyc}/customer/${account}`, { token })).status).toBe(200)
      const body = answered(await get(token, { account, type }), 200)
      expect(body).toMatchObject({ status: "NEEDS_INFO" })
      expect(body).not.toHaveProperty("id")
    })
  })

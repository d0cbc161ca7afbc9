// A client that asks for Spanish gets Spanish from every SEP, and the words that programs read stay as they are.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ApiDocument } from "../../support/oddRequests.ts"
import { sendingAnchor } from "../../support/sep31.ts"
import { brl, sellAsset } from "../../support/sep38World.ts"
import { startWholeAnchor, type WholeAnchor, wholeSettings } from "../../support/wholeAnchor.ts"

let anchor: WholeAnchor
beforeAll(async () => {
  const [usdc] = wholeSettings.assets
  const { quotes } = wholeSettings
  if (usdc === undefined || quotes === null) throw new Error("the settings have an asset and quotes")
  anchor = await startWholeAnchor({
    assets: [{ ...usdc, fields: { account_number: { description: { en: "Account", es: "Cuenta" } } } }],
    customerTypes: {
      "sep31-sender": {
        description: { en: "Sends", es: "Envía" },
        fields: {
          last_name: { description: { en: "Surname", es: "Apellido" }, optional: false, choices: null }
        }
      },
      "sep31-large-sender": { description: "Sends much", fields: {} },
      "sep31-receiver": { description: { es: "Recibe" }, fields: {} }
    },
    quotes: {
      ...quotes,
      offChain: [
        {
          ...brl,
          buyDeliveryMethods: [
            { name: "PIX", description: { en: "At once", es: "Al instante" } },
            { name: "TED", description: "TED" }
          ]
        }
      ]
    }
  })
})
afterAll(() => anchor.stop())

const ask = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${anchor.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${anchor.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> }
}
const refusal = async (method: string, path: string, body?: unknown) => {
  const answer = await ask(method, path, body)
  return [answer.status, answer.body["error"]] as const
}

const post = {
  amount: "100",
  asset_code: "USDC",
  funding_method: "PIX",
  fields: { transaction: { account_number: "1" } }
}

describe("in Spanish", () => {
  it("are the descriptions the institution gave in it, else those it gave (S31-GEN-10)", async () => {
    const { body } = await ask("GET", "/sep31/info?lang=es")
    expect(body).toMatchObject({
      receive: {
        USDC: {
          fields: { transaction: { account_number: { description: "Cuenta" } } },
          sep12: {
            sender: {
              types: {
                "sep31-sender": { description: "Envía" },
                "sep31-large-sender": { description: "Sends much" }
              }
            },
            receiver: { types: { "sep31-receiver": { description: "Recibe" } } }
          }
        }
      }
    })
    const english = await ask("GET", "/sep31/info")
    expect(english.body).toMatchObject({
      receive: { USDC: { fields: { transaction: { account_number: { description: "Account" } } } } }
    })
    const customer = await ask("GET", "/sep12/customer?type=sep31-sender&lang=es")
    expect(customer.body).toMatchObject({ fields: { last_name: { description: "Apellido" } } })
    const quoted = await ask("GET", "/sep38/info?lang=es")
    expect(JSON.stringify(quoted.body)).toContain("Al instante")
    expect(JSON.stringify((await ask("GET", "/sep38/info")).body)).toContain("At once")
  })

  it("are refusals of every SEP, from the query or the body (S31-GEN-10)", async () => {
    expect(await refusal("GET", "/auth?account=G&lang=es")).toEqual([
      400,
      "account no es una cuenta de Stellar: se necesita G… con 56 caracteres o M… con 69"
    ])
    expect(await refusal("PUT", "/sep12/customer?lang=es", { birth_date: "soon" })).toEqual([
      400,
      'birth_date debe ser una fecha del calendario como "1985-04-12" (AAAA-MM-DD)'
    ])
    expect(await refusal("POST", "/sep31/transactions", { ...post, amount: "0.5", lang: "es-AR" })).toEqual([
      400,
      "amount 0.5 es menos que el mínimo de 1 USDC"
    ])
    expect(await refusal("GET", "/sep31/transactions/1?lang=es")).toEqual([404, "esa transacción no existe"])
    expect(
      await refusal("GET", `/sep38/price?sell_asset=${sellAsset}&buy_asset=iso4217:BRL&context=sep31&lang=es`)
    ).toEqual([400, "faltan sell_amount y buy_amount; indique uno de ellos"])
  })

  it("no machine's word is translated (S31-GEN-10, S31-ERR-02, S31-ERR-03)", async () => {
    const stranger = "0190a000-0000-7000-8000-00000000ffff"
    const unknown = await ask("POST", "/sep31/transactions", { ...post, sender_id: stranger, lang: "es" })
    expect(unknown).toEqual({ status: 400, body: { error: "customer_info_needed", type: "sep31-sender" } })
  })

  it("is nothing of a language nobody speaks here, and a text that is no language is refused (S31-GEN-10)", async () => {
    expect(await refusal("POST", "/sep31/transactions", { ...post, amount: "0.5", lang: "xh" })).toEqual([
      400,
      "amount 0.5 is less than the minimum of 1 USDC"
    ])
    expect(await refusal("GET", "/sep31/info?lang=english")).toEqual([
      400,
      'lang "english" is not an ISO 639-1 language such as "en"'
    ])
  })

  it("every operation refuses a stranger in it (S31-GEN-10, S31-AUTH-02)", async () => {
    const document = (await (await fetch(`${anchor.url}/openapi.json`)).json()) as ApiDocument
    let refused = 0
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if ((operation.security ?? []).length === 0) continue
        const url = `${anchor.url}${path.replace(/\{\w+\}/, sendingAnchor)}?lang=es`
        const response = await fetch(url, {
          method: method.toUpperCase(),
          headers: { authorization: "Bearer x" }
        })
        expect([path, method, await response.json()]).toEqual([
          path,
          method,
          { error: "el token no es de este servidor" }
        ])
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(8)
  })
})

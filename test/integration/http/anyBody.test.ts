// A thousand requests nobody would send on purpose to every operation of the OpenAPI document that has a body, and some to the
// others: whatever comes, the answer is the client's fault or a success, in JSON, and no log holds what was sent.
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type ApiDocument, canary, oddRequests, type Sent, type Target } from "../../support/oddRequests.ts"
import { sendingAnchor } from "../../support/sep31.ts"
import { sellAsset } from "../../support/sep38World.ts"
import { startWholeAnchor, type WholeAnchor } from "../../support/wholeAnchor.ts"

/** Requests of one run go together, on as many connections. */
const together = 20

interface Seen {
  readonly status: number
  readonly type: string | null
  readonly nosniff: string | null
  readonly text: string
}

let anchor: WholeAnchor
let document: ApiDocument

const send = async ({ body, headers, method, path }: Sent): Promise<Seen> => {
  const response = await fetch(`${anchor.url}${path}`, {
    method,
    headers,
    ...(body === null ? {} : { body })
  })
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    nosniff: response.headers.get("x-content-type-options"),
    text: await response.text()
  }
}

const tell = async (method: string, path: string, body: unknown): Promise<string> => {
  const { status, text } = await send({
    method,
    path,
    headers: { authorization: `Bearer ${anchor.token}`, "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(body))
  })
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`)
  return String((JSON.parse(text) as { readonly id: unknown }).id)
}

/** Customers, a transaction and a quote, made anew: what was sent before may have erased or used them. */
const prepared = async (): Promise<Target> => {
  const person = { first_name: "Ada", last_name: "Okafor" }
  const sender = await tell("PUT", "/sep12/customer", { ...person, type: "sep31-sender" })
  const receiver = await tell("PUT", "/sep12/customer", {
    ...person,
    type: "sep31-receiver",
    bank_account_number: "12345",
    memo: "8",
    memo_type: "id"
  })
  const transaction = await tell("POST", "/sep31/transactions", {
    amount: "100",
    asset_code: "USDC",
    funding_method: "PIX",
    sender_id: sender,
    receiver_id: receiver,
    fields: { transaction: { routing_number: "1", account_number: "2", type: "SEPA" } }
  })
  const quote = await tell("POST", "/sep38/quote", {
    context: "sep31",
    sell_asset: sellAsset,
    buy_asset: "iso4217:BRL",
    sell_amount: "100",
    buy_delivery_method: "PIX"
  })
  return {
    right: { sender_id: sender, receiver_id: receiver },
    known: [transaction, quote, sender, receiver, sendingAnchor],
    token: anchor.token
  }
}

beforeAll(async () => {
  anchor = await startWholeAnchor()
  document = (await (await fetch(`${anchor.url}/openapi.json`)).json()) as ApiDocument
})
afterAll(() => anchor.stop())

const refusals = [400, 401, 403, 404, 405, 409, 413, 414, 415, 431]

const fault = ({ nosniff, status, text, type }: Seen): string | null => {
  if (nosniff !== "nosniff") return "may be sniffed"
  if (/\n\s+at |\.ts:\d|node_modules|\w+Error:/.test(text)) return "tells of the inside"
  if (status >= 200 && status < 300) {
    // stellar.toml alone is text, and no content has no type
    const isRight =
      text === "" || type === "text/plain; charset=utf-8" || type?.startsWith("application/json")
    return isRight === true ? null : "is not JSON"
  }
  if (!refusals.includes(status)) return "is no refusal"
  if (type?.startsWith("application/json") !== true) return "is not JSON"
  const { error } = JSON.parse(text) as { readonly error?: unknown }
  return typeof error === "string" && error.length > 0 && error.length <= 1000 ? null : "has no sentence"
}

const operations = (): ReadonlyArray<readonly [method: string, path: string]> =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const)
  )

describe("whatever is sent to an operation of the document", () => {
  it("is answered with a refusal or a success, in JSON, and stands in no log (S31-GEN-05, S31-GEN-07, SEC-42)", {
    timeout: 180_000
  }, async () => {
    const statuses = new Map<string, Map<number, number>>()
    for (const [method, path] of operations()) {
      const operation = document.paths[path]?.[method.toLowerCase()]
      if (operation === undefined) throw new Error("the document has lost an operation")
      const target = await prepared()
      const counted = new Map<number, number>()
      statuses.set(`${method} ${path}`, counted)
      const requests = fc.array(oddRequests(method, path, operation, target), {
        minLength: together,
        maxLength: together
      })
      await fc.assert(
        fc.asyncProperty(requests, async (sent) => {
          const seen = await Promise.all(sent.map(send))
          seen.forEach((answer, at) => {
            counted.set(answer.status, (counted.get(answer.status) ?? 0) + 1)
            const said = fault(answer)
            if (said !== null) {
              const { body, ...rest } = sent[at] ?? {}
              const shown = body instanceof Uint8Array ? new TextDecoder().decode(body).slice(0, 500) : ""
              expect.fail(
                `${answer.status} ${said}: ${answer.text.slice(0, 300)} for ${JSON.stringify(rest)} ${shown}`
              )
            }
          })
        }),
        { numRuns: (method === "GET" ? 200 : 1000) / together, endOnFailure: true }
      )
    }

    const told = [...statuses].map(([operation, counts]) => [operation, Object.fromEntries(counts)] as const)
    // the walk got far: what can succeed without a signature or a question from us has done so, many times
    const succeeded = told.filter(([, counts]) =>
      Object.entries(counts).some(([status, count]) => status.startsWith("2") && count > 5)
    )
    expect(succeeded.map(([operation]) => operation)).toEqual(
      expect.arrayContaining([
        "GET /auth",
        "PUT /sep12/customer",
        "POST /sep31/transactions",
        "PUT /sep31/transactions/{id}/callback",
        "GET /sep38/price",
        "POST /sep38/quote"
      ])
    )
    expect(told.length).toBeGreaterThan(15)
    const polluted: Readonly<Record<string, unknown>> = {}
    expect(polluted["polluted"]).toBeUndefined()
    const lines = anchor.lines.filter(
      (line) => line.includes(canary) || /"level":"(error|fatal)"/i.test(line)
    )
    expect(lines).toEqual([])
  })

  it("is 405 with Allow where the path has no such method (S31-MTX-01)", async () => {
    for (const path of Object.keys(document.paths)) {
      const has = new Set(Object.keys(document.paths[path] ?? {}).map((method) => method.toUpperCase()))
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((each) => !has.has(each))) {
        const at = path.replace(/\{\w+\}/, sendingAnchor)
        const response = await fetch(`${anchor.url}${at}`, { method })
        const allow = response.headers.get("allow")?.split(", ") ?? []
        const answer = (await response.json()) as { readonly error?: unknown }
        expect([path, method, response.status, typeof answer.error]).toEqual([path, method, 405, "string"])
        expect(allow).toEqual(expect.arrayContaining([...has]))
      }
    }
  })
})

// Every operation of the document gives its caller a fair share: over HTTP, with all SEPs on one listener.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { like } from "../../support/matchers.ts"
import type { ApiDocument, Operation } from "../../support/oddRequests.ts"
import { sendingAnchor } from "../../support/sep31.ts"
import { startWholeAnchor, type WholeAnchor } from "../../support/wholeAnchor.ts"

/** One request; the next in a hundred seconds. */
const one = { perSecond: 0.01, burst: 1 }
/** Static, and cheaper to serve than to count. */
const uncounted = "/.well-known/stellar.toml"

let anchor: WholeAnchor
let document: ApiDocument
beforeAll(async () => {
  anchor = await startWholeAnchor({ fairness: { account: one, address: one, trustedProxies: 0 } })
  document = (await (await fetch(`${anchor.url}/openapi.json`)).json()) as ApiDocument
})
afterAll(() => anchor.stop())

const operations = (): ReadonlyArray<readonly [method: string, path: string, operation: Operation]> =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(() => path !== uncounted)
      .map(([method, operation]) => [method.toUpperCase(), path, operation] as const)
  )

const needsToken = ({ security }: Operation): boolean => (security ?? []).length > 0

const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${anchor.url}${path.replace(/\{\w+\}/, sendingAnchor)}`, { method, headers })

describe("when the share is used up", () => {
  it("every operation with a token is 429 for that account, with a sentence and a time (S31-ERR-06, S31-MTX-01)", async () => {
    const authorization = `Bearer ${anchor.token}`
    await ask("GET", "/sep12/customer", { authorization })
    const wanted = operations().filter(([, , operation]) => needsToken(operation))
    expect(wanted.length).toBeGreaterThan(8)
    for (const [method, path, operation] of wanted) {
      const answer = await ask(method, path, { authorization })
      expect([method, path, answer.status, await answer.json()]).toEqual([
        method,
        path,
        429,
        { error: like(/^too many requests; try again in \d+ s$/) }
      ])
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(50)
      expect(Object.keys(operation.responses)).toContain("429")
    }
    const prices = await ask("GET", "/sep38/prices", { authorization })
    expect(prices.status).toBe(429)
  })

  it("every operation without one is 429 for that address (S31-ERR-06, S10-CH-16)", async () => {
    await ask("GET", "/auth")
    const wanted = operations().filter(([, , operation]) => !needsToken(operation))
    expect(wanted.length).toBeGreaterThan(4)
    for (const [method, path, operation] of wanted) {
      const answer = await ask(method, path)
      expect([method, path, answer.status]).toEqual([method, path, 429])
      expect(Object.keys(operation.responses)).toContain("429")
    }
    expect((await ask("GET", uncounted)).status).toBe(200)
  })

  it("a bad token is refused as such, and not counted as anyone's (S31-AUTH-02)", async () => {
    const answer = await ask("GET", "/sep31/transactions/1", { authorization: `Bearer ${anchor.token}x` })
    expect(answer.status).toBe(403)
  })
})

// Whatever arrives on SEP-12's endpoints is answered with JSON and never with a 5xx.
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sep9Names } from "../../../machines/domain/Sep9.ts"
import { anchorA, type Answer, type Sep12World, startSep12 } from "../../support/sep12World.ts"

let world: Sep12World
beforeAll(async () => {
  world = await startSep12()
})
afterAll(() => world.stop())

const answersWell = ({ body, headers, status }: Answer) => {
  expect(status).toBeLessThan(500)
  expect(headers.get("content-type")).toContain("application/json")
  if (status >= 400) expect(body["error"]).toEqual(expect.any(String))
}

const member = fc.oneof(
  fc.constantFrom(
    ...sep9Names,
    "id",
    "account",
    "memo",
    "memo_type",
    "type",
    "transaction_id",
    "lang",
    "__proto__"
  ),
  fc.string({ maxLength: 20 })
)
const scalar = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(anchorA, "sep31-sender", "sep31-receiver", "hash", "text", "id", "1", ""),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
  fc.boolean()
)

describe("sep12 any request", () => {
  it("any JSON body is answered (S12-GEN-03)", async () => {
    const body = fc.oneof(
      fc.dictionary(member, fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }))),
      fc.jsonValue()
    )
    await fc.assert(
      fc.asyncProperty(body, async (sent) => answersWell(await world.put(sent))),
      { numRuns: 150 }
    )
  })

  it("any bytes of any type are answered (S12-GEN-03)", async () => {
    const type = fc.constantFrom(
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "multipart/form-data",
      "text/plain"
    )
    const body = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "--x\r\n\r\n--x--",
        '--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nAda\r\n--x--\r\n',
        '--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nAda',
        '--x\r\nContent-Disposition: form-data; name="__proto__"; filename="a"\r\n\r\n\u0000\r\n--x--\r\n',
        "%ff%fe=%zz",
        '{"first_name":"\\ud800"}'
      )
    )
    await fc.assert(
      fc.asyncProperty(type, body, fc.constantFrom("PUT", "DELETE"), async (contentType, sent, method) => {
        const path = method === "PUT" ? "/sep12/customer" : `/sep12/customer/${anchorA}`
        answersWell(await world.ask(method, path, { body: sent, type: contentType, as: `${anchorA}:5` }))
      }),
      { numRuns: 150 }
    )
  })

  it("any query and any path are answered (S12-GEN-03)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(member, fc.string({ maxLength: 30 })),
        fc.string({ maxLength: 30 }),
        async (query, path) => {
          answersWell(await world.get(query))
          answersWell(
            await world.ask(
              "DELETE",
              `/sep12/customer/${encodeURIComponent(path)}?${new URLSearchParams(query).toString()}`
            )
          )
        }
      ),
      { numRuns: 100 }
    )
  })
})

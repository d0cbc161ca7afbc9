// The committed description of the API is the one that is served, and what it shows fits the schemas it stands beside.
import { Schema } from "effect"
import type { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { describe, expect, it } from "vitest"
import { openapi, openapiPath } from "../../scripts/openapi.ts"
import { apiExamples } from "../../src/app/apiExamples.ts"
import { Sep1Api } from "../../src/sep1/routes.ts"
import { Sep10Api } from "../../src/sep10/api.ts"
import { Sep12Api } from "../../src/sep12/api.ts"
import { Sep31Api } from "../../src/sep31/api.ts"
import { Sep38Api } from "../../src/sep38/api.ts"
import type { ApiDocument, Operation } from "../support/oddRequests.ts"
import { read } from "./Source.ts"

const document = JSON.parse(openapi()) as ApiDocument

interface Described {
  readonly id: string
  readonly operation: Operation
}
const operations: ReadonlyArray<Described> = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).map((operation) => ({ id: operation.operationId, operation }))
)

const apis = [Sep1Api, Sep10Api, Sep12Api, Sep31Api, Sep38Api] as unknown as ReadonlyArray<HttpApi.Top>
const endpoints: ReadonlyMap<string, HttpApiEndpoint.Top> = new Map(
  apis
    .flatMap(({ groups }) => Object.values(groups) as ReadonlyArray<HttpApiGroup.Top>)
    .flatMap((group) =>
      (Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>).map(
        (endpoint) => [`${group.identifier}.${endpoint.identifier}`, endpoint] as const
      )
    )
)

const decodes = (schema: Schema.Top, value: unknown): boolean =>
  Schema.decodeUnknownResult(schema as unknown as Schema.Decoder<unknown>, { onExcessProperty: "error" })(
    value
  )._tag === "Success"

const payloadsOf = (endpoint: HttpApiEndpoint.Top): ReadonlyArray<Schema.Top> =>
  [...endpoint.payload.values()].flatMap(({ schemas }) => schemas)

describe("the document", () => {
  it("in the repository is the one that is served (npm run openapi)", () => {
    expect(read(openapiPath)).toBe(openapi())
  })

  it("has every endpoint there is, and an example for each and for no other", () => {
    const ids = operations.map(({ id }) => id).sort()
    expect(ids).toEqual([...endpoints.keys()].sort())
    expect(Object.keys(apiExamples).sort()).toEqual(ids)
  })

  it("says of every operation what it is for", () => {
    expect(operations.filter(({ operation }) => operation.summary === undefined).map(({ id }) => id)).toEqual(
      []
    )
  })

  it("tells how long to wait beside every 429 and 503", () => {
    for (const { id, operation } of operations) {
      for (const status of ["429", "503"]) {
        const response = operation.responses[status]
        if (response !== undefined)
          expect([id, Object.keys(response.headers ?? {})]).toEqual([id, ["Retry-After"]])
      }
    }
  })

  it("lets nothing be sent that it forbids: a body may have members nobody knows (S31-GEN-08)", () => {
    for (const { operation } of operations) {
      expect(JSON.stringify(operation.requestBody ?? {})).not.toContain('"additionalProperties":false')
    }
  })

  it("names its schemas as their readers would", () => {
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Z][A-Za-z]+$/)
    const referred = JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)
    for (const [, name] of referred) expect(Object.keys(document.components.schemas)).toContain(name)
  })
})

describe("an example", () => {
  it.each(Object.keys(apiExamples))("of %s fits the schemas of its endpoint", (id) => {
    const [endpoint, shown] = [endpoints.get(id), apiExamples[id]]
    if (endpoint === undefined || shown === undefined) throw new Error(`${id} is no endpoint`)
    const { answer, parameters, request } = shown
    const bodies = payloadsOf(endpoint)
    if (request !== undefined) expect(bodies.some((schema) => decodes(schema, request))).toBe(true)
    expect(request === undefined).toBe(bodies.length === 0)
    const answers = [...endpoint.success]
    if (answer !== undefined) expect(answers.some((schema) => decodes(schema, answer))).toBe(true)
    const asked = Object.entries(parameters ?? {}).map(([name]) => name)
    const said = operations.find((each) => each.id === id)?.operation.parameters ?? []
    expect(said.map(({ name }) => name)).toEqual(expect.arrayContaining(asked))
  })

  it("stands beside every body and every answer that is JSON", () => {
    for (const { id, operation } of operations) {
      const media = [
        ...Object.entries(operation.requestBody?.content ?? {}),
        ...Object.values(operation.responses).flatMap(({ content }) => Object.entries(content ?? {}))
      ].filter(([type]) => type.startsWith("application/"))
      for (const [type, each] of media)
        expect([id, type, each.example === undefined]).toEqual([id, type, false])
    }
  })
})

describe("the schemas catch", () => {
  it.each([
    ["sep31.create", { id: 1 }],
    ["sep31.create", { id: "1", invented: true }],
    ["sep38.price", { price: "1" }]
  ])("an answer of %s that is not one", (id, answer) => {
    const endpoint = endpoints.get(id)
    expect([...(endpoint?.success ?? [])].some((schema) => decodes(schema, answer))).toBe(false)
  })
})

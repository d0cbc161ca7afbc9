import { OpenApi } from "effect/http-api"
import { expect, it } from "vitest"
import { Sep31Api } from "../../../src/sep31/api.ts"

it("the OpenAPI document names every endpoint with every status it answers (S31-MTX-01)", () => {
  const { paths } = OpenApi.fromApi(Sep31Api)
  const statuses = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, { readonly responses?: object }>>).map(
      ([method, { responses = {} }]) => `${method} ${path} ${Object.keys(responses).join(" ")}`
    )
  )

  expect(statuses).toEqual([
    "get /sep31/info 200 400 429 503",
    "post /sep31/transactions 201 400 403 415 429 503",
    "get /sep31/transactions/{id} 200 400 403 404 429 503",
    "patch /sep31/transactions/{id} 200 400 403 404 415 429 503",
    "put /sep31/transactions/{id}/callback 204 400 403 404 415 429 503"
  ])
})

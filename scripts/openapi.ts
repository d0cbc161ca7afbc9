// Writes docs/reference/openapi.json: the document that is served at /openapi.json, with every SEP active.
// `npm run openapi` writes the file; a test fails while the file and the API differ.
// Gotcha: it holds no address of a server; what is below the base URL is the same wherever it is served.
import { writeFileSync } from "node:fs"
import { apiDocument } from "../src/app/apiDocument.ts"

export const openapiPath = "docs/reference/openapi.json"

/** The formatter of the repository leaves the file alone. */
export const openapi = (): string =>
  `${JSON.stringify(
    apiDocument({
      activeSeps: ["sep-1", "sep-10", "sep-12", "sep-31", "sep-38"],
      baseUrl: new URL("https://anchor.example.org")
    }),
    null,
    2
  )}\n`

if (import.meta.main) writeFileSync(new URL(`../${openapiPath}`, import.meta.url), openapi())

// Before the files of the project `real`: finds or starts the PostgreSQL they share, and ends it after them.
// KEDGE_TEST_DATABASE_URL names a server to use instead of a private one (its user must be allowed to create
// databases). KEDGE_REQUIRE_POSTGRES=1 makes its absence a failure: CI sets it, so that no test is skipped there.
import type { TestProject } from "vitest/node"
import { findPostgresBinaries, startCluster } from "./PostgresCluster.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Undefined where no PostgreSQL is to be had. */
    readonly postgresUrl: string | undefined
  }
}

export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env["KEDGE_TEST_DATABASE_URL"]
  if (given !== undefined && given !== "") {
    project.provide("postgresUrl", given)
    return undefined
  }
  if (findPostgresBinaries() === undefined) {
    const message =
      "NO POSTGRESQL: the tests over PostgreSQL did not run. Install PostgreSQL 15 or newer, or set KEDGE_TEST_DATABASE_URL."
    if (process.env["KEDGE_REQUIRE_POSTGRES"] === "1") throw new Error(message)
    process.stderr.write(`\n*** ${message}\n\n`)
    project.provide("postgresUrl", undefined)
    return undefined
  }
  const cluster = await startCluster()
  project.provide("postgresUrl", cluster.url)
  return () => cluster.dispose()
}

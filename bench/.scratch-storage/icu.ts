import { spawnSync } from "node:child_process"
import { Client } from "pg"
import { startCluster } from "../../test/support/PostgresCluster.ts"
const cluster = await startCluster()
const c = new Client({ connectionString: cluster.url })
await c.connect()
await c.query("update pg_database set datistemplate=false where datname='template1'")
await c.query("drop database template1")
await c.query(
  "create database template1 template template0 locale_provider icu icu_locale 'de-DE' is_template true"
)
console.log((await c.query("select datname, datlocprovider, daticulocale from pg_database")).rows)
await c.end()
const r = spawnSync(
  "vitest",
  ["run", "test/contract/storagePostgresql.test.ts", "test/integration/storageSchema.test.ts"],
  { env: { ...process.env, KEDGE_TEST_DATABASE_URL: cluster.url }, encoding: "utf8" }
)
console.log(r.stdout.slice(-3000))
await cluster.dispose()

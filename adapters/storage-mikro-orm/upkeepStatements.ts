/** The storage's clock and pulse, whether its schema is current, used challenges, and what may be forgotten. */
import { Effect } from "effect"
import { SchemaOutdated, type Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import type { Engine } from "./Engine.ts"
import { migrationNames } from "./migrations/all.ts"

type UpkeepMethods = Pick<
  Storage["Service"],
  "nowMillis" | "ping" | "checkSchema" | "migrate" | "useChallenge" | "prune"
>

export const upkeepStatements = (engine: Engine): UpkeepMethods => ({
  nowMillis: engine
    .read<{ readonly now: number }>({
      name: "kedge_now",
      text: `select ${millisOf("kedge_now()")} as now`,
      values: []
    })
    .pipe(
      Effect.flatMap(([row]) =>
        row === undefined ? Effect.die("no time was selected") : Effect.succeed(row.now)
      )
    ),

  ping: engine
    .run({
      name: "kedge_ping",
      text: `insert into heartbeat (id, at) values (1, kedge_now()) on conflict (id) do update set at = excluded.at`,
      values: []
    })
    .pipe(Effect.asVoid),

  checkSchema: Effect.gen(function* () {
    const [table] = yield* engine.run<{ readonly exists: boolean }>({
      name: "kedge_schema_exists",
      text: `select to_regclass('mikro_orm_migrations') is not null as exists`,
      values: []
    })
    const applied =
      table?.exists === true
        ? yield* engine.run<{ readonly name: string }>({
            name: "kedge_schema",
            text: `select name from mikro_orm_migrations order by id`,
            values: []
          })
        : []
    const there = new Set(applied.map(({ name }) => name))
    const missing = migrationNames.filter((name) => !there.has(name))
    const unknown = [...there].filter((name) => !migrationNames.includes(name))
    if (missing.length > 0) {
      return yield* new SchemaOutdated({
        message: `the database lacks ${missing.join(", ")}; run \`kedge migrate\``
      })
    }
    if (unknown.length > 0) {
      return yield* new SchemaOutdated({
        message: `the database has ${unknown.join(", ")}, which a newer Kedge brought; run that one`
      })
    }
  }),

  migrate: engine.migrate,

  useChallenge: (hash, expiresAtMillis) =>
    engine
      .run({
        name: "kedge_use_challenge",
        text: `insert into challenge (hash, expires_at) values ($1::text, to_timestamp($2::text::float8 / 1000))
          on conflict (hash) do nothing returning hash`,
        values: [hash, String(expiresAtMillis)]
      })
      .pipe(Effect.map((rows) => rows.length === 1)),

  prune: engine
    .run({
      name: "kedge_prune",
      text: `with used as (delete from challenge where expires_at < kedge_now()),
        discarded as (delete from customer_file where expires_at <= kedge_now()),
        told as (
          delete from callback where state = 'delivered' and created_at < kedge_now() - interval '7 days'),
        customer_told as (
          delete from customer_callback where state = 'delivered' and created_at < kedge_now() - interval '7 days'),
        unasked as (
          delete from customer_callback k where k.state = 'pending'
            and not exists (select from customer c where c.id = k.customer_id and c.callback_url is not null))
        delete from commit_group where at < kedge_now() - interval '1 day'`,
      values: []
    })
    .pipe(Effect.asVoid)
})

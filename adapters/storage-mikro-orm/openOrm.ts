/** MikroORM over one set of entities and migrations, for either driver. It owns the schema, ordinary reads and rare writes. */
import type { Options } from "@mikro-orm/postgresql"
import { Migrator } from "@mikro-orm/migrations"
import { entities } from "./entities/all.ts"
import { migrations } from "./migrations/all.ts"

export const ormOptions = {
  entities: [...entities],
  extensions: [Migrator],
  migrations: {
    migrationsList: [...migrations],
    snapshot: false,
    silent: true,
    transactional: true,
    allOrNothing: true
  },
  // Functions are the migrations' own; the mapper would drop what no entity names.
  schemaGenerator: { ignoreRoutines: true },
  metadataCache: { enabled: false },
  // Statements and parameters are not logged: they may carry what no log may hold.
  debug: false
} satisfies Options

/** Every migration, oldest first. One that was released is never changed; the next one is added. */
import { Init } from "./0001_init.ts"
import { Protocol } from "./0002_protocol.ts"
import { Refunds } from "./0003_refunds.ts"
import { Books } from "./0004_books.ts"

export const migrations = [Init, Protocol, Refunds, Books]

/** Their names, as the database remembers them. */
export const migrationNames: ReadonlyArray<string> = [
  "0001_init",
  "0002_protocol",
  "0003_refunds",
  "0004_books"
]

/** The storage that KEDGE_DATABASE_URL names. */
import { resolve } from "node:path"
import { type Layer, Redacted } from "effect"
import * as MemoryStorage from "../../adapters/storage-memory/MemoryStorage.ts"
import * as PgliteStorage from "../../adapters/storage-mikro-orm/PgliteStorage.ts"
import * as PostgresStorage from "../../adapters/storage-mikro-orm/PostgresStorage.ts"
import type { Storage, StorageUnavailable } from "../ports/Storage.ts"

/** The directory of an embedded database; null where the database is another one. */
export const pgliteDirectory = (url: Redacted.Redacted<string>): string | null => {
  const text = Redacted.value(url)
  return text.startsWith("pglite:") ? resolve(text.slice("pglite:".length)) : null
}

/** Whether several processes may open it at once. */
export const isShared = (url: Redacted.Redacted<string>): boolean =>
  /^postgres(ql)?:/.test(Redacted.value(url))

export const storageLayer = (url: Redacted.Redacted<string>): Layer.Layer<Storage, StorageUnavailable> => {
  const directory = pgliteDirectory(url)
  if (directory !== null) return PgliteStorage.layer({ directory })
  return isShared(url) ? PostgresStorage.layer({ url }) : MemoryStorage.layer
}

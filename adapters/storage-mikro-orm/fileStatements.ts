/**
 * Files of customers: sealed bytes, discarded when they expire unless a customer came to refer to them.
 *
 * Gotcha: a file is tied under a lock of its customer's row, so that none is tied to a customer whose erasure is under way.
 */
import { Effect } from "effect"
import type { CustomerId, FileId, SealedId } from "../../machines/domain/Ids.ts"
import type { FileRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import type { Engine } from "./Engine.ts"
import { hex } from "./literals.ts"
import { isUuid, uuidList } from "./parameters.ts"

interface FileColumns {
  readonly id: string
  readonly owner: string
  readonly customer_id: string | null
  readonly content_type: string
  readonly size: number
  readonly expires_millis: number | null
}

const fileOf = (row: FileColumns): FileRow => ({
  id: row.id as FileId,
  owner: row.owner,
  customerId: row.customer_id as CustomerId | null,
  contentType: row.content_type,
  size: row.size,
  expiresAtMillis: row.expires_millis
})

const isKept = "(f.expires_at is null or f.expires_at > kedge_now())"

export const fileStatements = (
  engine: Engine
): Pick<Storage["Service"], "putFile" | "files" | "fileBytes" | "attachFiles"> => ({
  putFile: (row, sealed, looseMax) =>
    engine
      .run<{ readonly kept: boolean }>({
        name: "kedge_put_file",
        // Loose files are those that expire, which their index knows.
        text: `with may as materialized (
            select $10::text is null or $10::text::int > (select count(*) from customer_file
              where expires_at > kedge_now() and owner = $2::text and customer_id is null) as kept),
          inserted as (
            insert into customer_file
              (id, owner, customer_id, content_type, size, expires_at, sealed_id, key_id, bytes)
            select $1::text::uuid, $2::text, $3::text::uuid, $4::text, $5::text::int,
              to_timestamp($6::text::float8 / 1000), $7::text::uuid, $8::text, $9::text::bytea from may where kept
            on conflict (id) do nothing)
          select kept or exists (select from customer_file where id = $1::text::uuid) as kept from may`,
        values: [
          row.id,
          row.owner,
          row.customerId,
          row.contentType,
          String(row.size),
          row.expiresAtMillis === null ? null : String(row.expiresAtMillis),
          sealed.id,
          sealed.keyId,
          hex(sealed.bytes),
          looseMax === undefined ? null : String(looseMax)
        ]
      })
      .pipe(Effect.map(([row]) => row?.kept === true)),

  files: ({ customerId, id, owner }) => {
    const named = [id, customerId].filter((given) => given !== undefined)
    if (named.length === 0 || !named.every(isUuid)) return Effect.succeed([])
    return engine
      .run<FileColumns>({
        name: "kedge_files",
        text: `select f.id, f.owner, f.customer_id, f.content_type, f.size, ${millisOf("f.expires_at")} as expires_millis
          from customer_file f where f.owner = $1::text and ($2::text is null or f.id = $2::text::uuid)
            and ($3::text is null or f.customer_id = $3::text::uuid) and ${isKept} order by f.id`,
        values: [owner, id ?? null, customerId ?? null]
      })
      .pipe(Effect.map((rows) => rows.map(fileOf)))
  },

  fileBytes: (id) =>
    isUuid(id)
      ? engine
          .run<{ readonly sealed_id: string; readonly key_id: string; readonly bytes: Uint8Array }>({
            name: "kedge_file_bytes",
            text: `select f.sealed_id, f.key_id, f.bytes from customer_file f where f.id = $1::text::uuid and ${isKept}`,
            values: [id]
          })
          .pipe(
            Effect.map(([row]) =>
              row === undefined
                ? null
                : { id: row.sealed_id as SealedId, keyId: row.key_id, bytes: new Uint8Array(row.bytes) }
            )
          )
      : Effect.succeed(null),

  attachFiles: (customerId, ids) =>
    isUuid(customerId)
      ? engine
          .run({
            name: "kedge_attach_files",
            text: `with of as materialized (
                select id, owner from customer where id = $1::text::uuid and not erased for share)
              update customer_file f set customer_id = of.id, expires_at = null from of
              where f.id = any($2::text::uuid[]) and f.owner = of.owner and f.customer_id is null and ${isKept}`,
            values: [customerId, uuidList(ids)]
          })
          .pipe(Effect.asVoid)
      : Effect.void
})

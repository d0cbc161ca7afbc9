/**
 * Files of customers, sent before the customer that refers to them (SEP-12 §Customer Files): sealed, never served back.
 *
 * What a file is, is told by its bytes alone, and the institution's hook looks into it before it is kept (S12-FILE-06, SEC-23).
 * Gotcha: a Sending Anchor owns its files by its base account, as it does its customers; a token of it with a memo reaches only
 * those it sent itself, so whose memo it was is sealed with the bytes.
 */
import { Effect, Schema } from "effect"
import { Base64 } from "effect/encoding"
import type { FileId } from "../../machines/domain/Ids.ts"
import type { SealedId } from "../../machines/domain/Ids.ts"
import { fileFault, sniff } from "../../machines/domain/Sep9.ts"
import { say } from "../http/Sentence.ts"
import type { Settings } from "../KedgeConfig.ts"
import { Entropy } from "../ports/Entropy.ts"
import type { CustomerValue } from "../ports/KycProvider.ts"
import type { FileRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import { Vault } from "../ports/Vault.ts"
import type { Provider } from "./askProvider.ts"
import { type CustomerError, refused, unavailable } from "./errors.ts"
import { type Identity, isId, mayReach, ownerOf } from "./identity.ts"
import type { Subjects } from "./subjects.ts"
import type { Values } from "./submitted.ts"

const Document = Schema.Struct({ base64: Schema.String, memo: Schema.NullOr(Schema.String) })
const decode = Schema.decodeUnknownEffect(Document)

const uploaded = say`the file must be a JPEG, PNG, PDF, MP4 or WebM file`

/**
 * Files that an owner may have before customers refer to them. A PUT follows its files at once, so a thousand is what a busy Sending
 * Anchor has under way; without a limit anybody with a token fills the database until they expire (S12-PUT-15).
 */
const looseMax = 1000
const tooMany = say`${String(looseMax)} files wait for the customers that refer to them: put these customers, or wait until files expire`

export const makeCustomerFiles = Effect.fnUntraced(function* (parts: {
  readonly settings: Pick<Settings, "timing">
  readonly storage: Storage["Service"]
  readonly provider: Provider
  readonly customer: Subjects["customer"]
}) {
  const { customer, provider, settings, storage } = parts
  const entropy = yield* Entropy
  const vault = yield* Vault

  const inspect = Effect.fnUntraced(function* (
    { account }: Identity,
    file: Exclude<CustomerValue, string>
  ): Effect.fn.Return<void, CustomerError> {
    const verdict = yield* provider.inspectFile({ account, ...file })
    if (verdict._tag === "Refused") return yield* refused(verdict.error)
  })

  /** Null too for what does not open: the key is gone, and the file with it. */
  const open = Effect.fnUntraced(function* (id: FileId) {
    const sealed = yield* storage.fileBytes(id).pipe(Effect.mapError(unavailable))
    if (sealed === null) return null
    return yield* vault.open(sealed.id, sealed).pipe(
      Effect.flatMap(decode),
      Effect.catch(() => Effect.as(Effect.logError("a customer's file does not open", { fileId: id }), null))
    )
  })

  const isOf = Effect.fnUntraced(function* (who: Identity, file: FileRow) {
    if (file.customerId !== null) {
      const row = yield* customer(file.customerId)
      return row !== null && mayReach(who, row)
    }
    if (!who.isSendingAnchor || who.memo === null) return true
    return (yield* open(file.id))?.memo === who.memo
  })

  const find = Effect.fnUntraced(function* (
    who: Identity,
    query: { readonly fileId?: string | undefined; readonly customerId?: string | undefined }
  ): Effect.fn.Return<ReadonlyArray<FileRow>, CustomerError> {
    const { customerId, fileId } = query
    if ((fileId !== undefined && !isId(fileId)) || (customerId !== undefined && !isId(customerId))) return []
    const rows = yield* storage
      .files({
        owner: ownerOf(who),
        ...(fileId === undefined ? {} : { id: fileId as FileId }),
        ...(customerId === undefined ? {} : { customerId: customerId as NonNullable<FileRow["customerId"]> })
      })
      .pipe(Effect.mapError(unavailable))
    return yield* Effect.filter(rows, (row) => isOf(who, row))
  })

  const upload = Effect.fnUntraced(function* (
    who: Identity,
    bytes: Uint8Array
  ): Effect.fn.Return<FileRow, CustomerError> {
    const contentType = sniff(bytes)
    if (contentType === null) return yield* refused(uploaded)
    yield* inspect(who, { contentType, bytes })
    const id = (yield* entropy.uuid) as FileId
    const sealedId = (yield* entropy.uuid) as SealedId
    const document: typeof Document.Type = { base64: Base64.encode(bytes), memo: who.memo }
    const sealed = { id: sealedId, ...(yield* vault.seal(sealedId, document)) }
    const nowMillis = yield* storage.nowMillis.pipe(Effect.mapError(unavailable))
    const row: FileRow = {
      id,
      owner: ownerOf(who),
      customerId: null,
      contentType,
      size: bytes.length,
      expiresAtMillis: nowMillis + settings.timing.fileLifetime * 1000
    }
    const isKept = yield* storage.putFile(row, sealed, looseMax).pipe(Effect.mapError(unavailable))
    return isKept ? row : yield* refused(tooMany)
  })

  const valueOf = Effect.fnUntraced(function* (
    who: Identity,
    name: string,
    fileId: string
  ): Effect.fn.Return<{ readonly id: FileId; readonly value: CustomerValue }, CustomerError> {
    const [row] = yield* find(who, { fileId })
    const held = row === undefined ? null : yield* open(row.id)
    const bytes = held === null ? null : Base64.decode(held.base64)
    if (row === undefined || bytes === null || bytes._tag === "Failure") {
      return yield* refused(
        say`${`${name}_file_id`}: there is no such file; send it to /customer/files first`
      )
    }
    const fault = fileFault(name, bytes.success)
    if (fault !== null) return yield* refused(fault)
    return { id: row.id, value: { contentType: row.contentType, bytes: bytes.success } }
  })

  /** The files a body refers to, as values; the hook has seen them. */
  const referred = Effect.fnUntraced(function* (
    who: Identity,
    files: Readonly<Record<string, string>>
  ): Effect.fn.Return<{ readonly values: Values; readonly ids: ReadonlyArray<FileId> }, CustomerError> {
    const found = yield* Effect.forEach(Object.entries(files), ([name, fileId]) =>
      Effect.map(valueOf(who, name, fileId), ({ id, value }) => ({ name, id, value }))
    )
    return {
      values: Object.fromEntries(found.map(({ name, value }) => [name, value])),
      ids: found.map(({ id }) => id)
    }
  })

  /** Lets the hook look into the files among values that were sent with the rest. */
  const inspectAll = (who: Identity, values: Values): Effect.Effect<void, CustomerError> =>
    Effect.forEach(
      Object.values(values).filter((value) => typeof value !== "string"),
      (value) => inspect(who, value),
      { discard: true }
    )

  return { find, upload, referred, inspectAll }
})
export type CustomerFiles = Effect.Success<ReturnType<typeof makeCustomerFiles>>

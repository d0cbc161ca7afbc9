/** The chain of seals over audits and decisions. */
import { createHash } from "node:crypto"
import { bySealing, genesis, nameOf, type Sealable, sealText } from "../../src/ports/auditChain.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import type { Tables } from "./tables.ts"

const hashOf = (before: string, row: Sealable): string =>
  createHash("sha256").update(sealText(before, row)).digest("hex")

const sealables = (tables: Tables): ReadonlyArray<Sealable> => [
  ...[...tables.audits].flatMap(([transactionId, rows]) =>
    rows.map(({ after, atMillis, before, cause, detail, event, version }) => ({
      kind: "audit" as const,
      transactionId,
      version,
      event,
      cause,
      before,
      after,
      detail,
      atMillis
    }))
  ),
  ...tables.resolutions.map((row) => ({ kind: "resolution" as const, ...row }))
]

export const auditMethods = (tables: Tables): Pick<Storage["Service"], "sealAudits" | "verifyAudit"> => ({
  sealAudits: ({ limit }) =>
    at(() => {
      const sealed = new Set(tables.seals.map(({ of }) => of))
      const waiting = sealables(tables)
        .filter((row) => !sealed.has(nameOf(row)))
        .sort(bySealing)
        .slice(0, limit)
      for (const row of waiting)
        tables.seals.push({ of: nameOf(row), hash: hashOf(tables.seals.at(-1)?.hash ?? genesis, row) })
      return waiting.length
    }),
  verifyAudit: at(() => {
    const rows = new Map(sealables(tables).map((row) => [nameOf(row), row]))
    const unsealed = rows.size - tables.seals.length
    let before = genesis
    for (const [index, { hash, of }] of tables.seals.entries()) {
      const row = rows.get(of)
      if (row === undefined || hashOf(before, row) !== hash) {
        const why = row === undefined ? "the row is missing" : "the row or its seal was changed"
        const broken = { number: index + 1, row: row === undefined ? null : of, why }
        return { sealed: index, unsealed, broken }
      }
      before = hash
    }
    return { sealed: tables.seals.length, unsealed, broken: null }
  })
})

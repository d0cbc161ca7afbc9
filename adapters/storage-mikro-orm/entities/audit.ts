/**
 * What is only ever added to: the audit of transitions, and what people decided about parked payments.
 *
 * Gotcha: a row gets its seal after its commit, from a sealer of its own (../auditStatements.ts); the triggers let nothing else be
 * changed, and that once. A row that has no seal is in the partial index over `at`, and in no other but its key.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { auditStays, resolutionStays, sealOnly } from "../migrations/0004_books.ts"
import { key } from "./columns.ts"

const triggers = (sentence: string) => [
  {
    name: "stays",
    timing: "before" as const,
    events: ["delete" as const],
    forEach: "statement" as const,
    body: `raise exception '${sentence}' using errcode = '23001';`
  },
  {
    name: "sealed_once",
    timing: "before" as const,
    events: ["update" as const],
    forEach: "row" as const,
    body: sealOnly(sentence)
  }
]

const AuditSchema = defineEntity({
  name: "Audit",
  tableName: "audit",
  triggers: triggers(auditStays),
  uniques: [{ name: "audit_seal", properties: ["sealNumber"], where: "seal_number is not null" }],
  indexes: [{ name: "audit_unsealed", properties: ["at"], where: "seal_number is null" }],
  properties: {
    transactionId: p.uuid().primary(),
    version: p.integer().primary(),
    event: p.text(),
    cause: p.text(),
    before: p.text(),
    after: p.text(),
    detail: p.json<Record<string, unknown>>(),
    at: p.datetime(),
    sealNumber: p.bigint("number").nullable(),
    sealHash: p.blob().nullable()
  }
})
export class Audit extends AuditSchema.class {}
AuditSchema.setClass(Audit)

const ResolutionSchema = defineEntity({
  name: "Resolution",
  tableName: "resolution",
  triggers: triggers(resolutionStays),
  uniques: [{ name: "resolution_seal", properties: ["sealNumber"], where: "seal_number is not null" }],
  indexes: [
    { name: "resolution_at", properties: ["at"] },
    { name: "resolution_unsealed", properties: ["at"], where: "seal_number is null" }
  ],
  properties: {
    payment: key().primary(),
    ordinal: p.integer().primary(),
    what: p.text(),
    transactionId: p.uuid().nullable(),
    by: p.text(),
    why: p.text(),
    at: p.datetime(),
    sealNumber: p.bigint("number").nullable(),
    sealHash: p.blob().nullable()
  }
})
export class Resolution extends ResolutionSchema.class {}
ResolutionSchema.setClass(Resolution)

/** One row: the newest seal. Who would go on from it must still find it there. */
const AuditHeadSchema = defineEntity({
  name: "AuditHead",
  tableName: "audit_head",
  properties: {
    id: p.integer().primary().autoincrement(false),
    number: p.bigint("number"),
    hash: p.blob()
  }
})
export class AuditHead extends AuditHeadSchema.class {}
AuditHeadSchema.setClass(AuditHead)

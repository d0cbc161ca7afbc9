/**
 * The chain of seals over the audit: put on after the commit, and read again to see whether anything was changed.
 *
 * Gotcha: who seals goes on from the newest seal, and writes only while that is still the newest (`audit_head`, one row): of two
 * that read the same one, the second writes nothing. Rows are found because they have no seal, not because they are new: one that
 * was committed late is sealed late.
 */
import { createHash } from "node:crypto"
import { Effect } from "effect"
import { genesis, nameOf, type Sealable, sealText } from "../../src/ports/auditChain.ts"
import type { AuditVerdict } from "../../src/ports/bookRows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import type { Engine } from "./Engine.ts"
import { arrayLiteral } from "./literals.ts"

const pageRows = 2_000

interface SealColumns {
  readonly number: string
  readonly hash: string
}

interface EntryColumns {
  readonly kind: "a" | "r"
  readonly id: string
  readonly n: number
  readonly body: Readonly<Record<string, unknown>>
  readonly at_millis: number
  readonly number: string | null
  readonly hash: string | null
}

/** Transitions and decisions as one relation. */
const entries = (
  which: string
): string => `(select 'a' as kind, a.transaction_id::text as id, a.version as n, a.at,
      ${millisOf("a.at")} as at_millis, jsonb_build_object('event', a.event, 'cause', a.cause, 'before', a.before,
        'after', a.after, 'detail', a.detail) as body,
      a.seal_number, a.seal_number::text as number, encode(a.seal_hash, 'hex') as hash
      from audit a where ${which})
    union all
    (select 'r', r.payment, r.ordinal, r.at, ${millisOf("r.at")},
      jsonb_build_object('what', r.what, 'transactionId', r.transaction_id, 'by', r.by, 'why', r.why),
      r.seal_number, r.seal_number::text, encode(r.seal_hash, 'hex')
      from resolution r where ${which})`

/** In the order of the index as far as it goes, so that a long queue is not read whole for a page of it. */
const waitingText = `select * from (
    ${entries("seal_number is null order by at fetch first ($1::text::int) rows with ties")}) e
  order by e.at, e.kind, e.id collate "C", e.n limit $1::text::int`

/** Numbers have no gaps: so many of them are a page. */
const sealedText = `select * from (
    ${entries("seal_number > $1::text::bigint and seal_number <= $2::text::bigint")}) e
  order by e.seal_number`

const rowOf = ({ at_millis, body, id, kind, n }: EntryColumns): Sealable =>
  kind === "a"
    ? {
        kind: "audit",
        transactionId: id,
        version: n,
        event: String(body["event"]),
        cause: String(body["cause"]),
        before: String(body["before"]),
        after: String(body["after"]),
        detail: body["detail"],
        atMillis: at_millis
      }
    : {
        kind: "resolution",
        payment: id,
        ordinal: n,
        what: String(body["what"]),
        transactionId: typeof body["transactionId"] === "string" ? body["transactionId"] : null,
        by: String(body["by"]),
        why: String(body["why"]),
        atMillis: at_millis
      }

const hashOf = (before: string, row: Sealable): string =>
  createHash("sha256").update(sealText(before, row)).digest("hex")

interface Seal {
  readonly row: EntryColumns
  readonly number: number
  readonly hash: string
}

const sealed = (last: SealColumns, rows: ReadonlyArray<EntryColumns>): ReadonlyArray<Seal> => {
  const seals: Array<Seal> = []
  for (const row of rows) {
    const before = seals.at(-1)
    const number = (before?.number ?? Number(last.number)) + 1
    seals.push({ row, number, hash: hashOf(before?.hash ?? last.hash, rowOf(row)) })
  }
  return seals
}

export const auditStatements = (engine: Engine): Pick<Storage["Service"], "sealAudits" | "verifyAudit"> => {
  const newest = engine
    .run<SealColumns>({
      name: "kedge_newest_seal",
      text: `select number::text as number, encode(hash, 'hex') as hash from audit_head`,
      values: []
    })
    .pipe(Effect.map(([row]) => row ?? { number: "0", hash: genesis }))

  const put = (last: SealColumns, seals: ReadonlyArray<Seal>, end: Seal) => {
    const columns = (kind: EntryColumns["kind"]) => {
      const own = seals.filter(({ row }) => row.kind === kind)
      return [
        arrayLiteral(own, ({ row }) => row.id),
        arrayLiteral(own, ({ row }) => row.n),
        arrayLiteral(own, ({ number }) => number),
        arrayLiteral(own, ({ hash }) => hash)
      ]
    }
    return engine.run<{ readonly count: number }>({
      name: "kedge_seal",
      text: `with head as (
          update audit_head set number = $3::text::bigint, hash = decode($4::text, 'hex')
          where id = 1 and number = $1::text::bigint and hash = decode($2::text, 'hex') returning id),
        audits as (
          update audit a set seal_number = s.number, seal_hash = decode(s.hash, 'hex')
          from unnest($5::text::uuid[], $6::text::int4[], $7::text::int8[], $8::text::text[])
            as s(transaction_id, version, number, hash), head
          where a.transaction_id = s.transaction_id and a.version = s.version and a.seal_number is null
          returning 1),
        resolutions as (
          update resolution r set seal_number = s.number, seal_hash = decode(s.hash, 'hex')
          from unnest($9::text::text[], $10::text::int4[], $11::text::int8[], $12::text::text[])
            as s(payment, ordinal, number, hash), head
          where r.payment = s.payment and r.ordinal = s.ordinal and r.seal_number is null
          returning 1)
        select ((select count(*) from audits) + (select count(*) from resolutions))::int as count`,
      values: [last.number, last.hash, String(end.number), end.hash, ...columns("a"), ...columns("r")]
    })
  }

  /** Goes on from a seal that fits, as far as a number; answers the last that does, and the first that does not. */
  const follow = Effect.fnUntraced(function* (last: SealColumns, upto: number) {
    const page = yield* engine.run<EntryColumns>({
      name: "kedge_sealed",
      text: sealedText,
      values: [last.number, String(upto)]
    })
    const seals = sealed(last, page)
    const at = seals.findIndex(({ hash, number, row }) => row.number !== String(number) || row.hash !== hash)
    const odd = at < 0 ? undefined : seals[at]
    const end = (at < 0 ? seals : seals.slice(0, at)).at(-1)
    const good = end === undefined ? last : { number: String(end.number), hash: end.hash }
    return { good, odd }
  })

  return {
    sealAudits: Effect.fnUntraced(function* ({ limit }) {
      const last = yield* newest
      const rows = yield* engine.run<EntryColumns>({
        name: "kedge_unsealed",
        text: waitingText,
        values: [String(limit)]
      })
      const seals = sealed(last, rows)
      const end = seals.at(-1)
      if (end === undefined) return 0
      const [done] = yield* put(last, seals, end)
      return done?.count ?? 0
    }),

    verifyAudit: Effect.gen(function* () {
      const head = yield* newest
      const end = Number(head.number)
      let good: SealColumns = { number: "0", hash: genesis }
      let broken: AuditVerdict["broken"] = null
      for (let upto = pageRows; broken === null && upto - pageRows < end; upto += pageRows) {
        const next = yield* follow(good, Math.min(upto, end))
        good = next.good
        if (next.odd !== undefined) broken = faultOf(next.odd)
        else if (Number(good.number) < Math.min(upto, end)) broken = missingAt(Number(good.number) + 1)
      }
      if (broken === null && good.hash !== head.hash)
        broken = { number: end, row: null, why: "the newest seal was changed" }
      const [waiting] = yield* engine.run<{ readonly count: number }>({
        name: "kedge_unsealed_count",
        text: `select ((select count(*) from audit where seal_number is null)
          + (select count(*) from resolution where seal_number is null))::float8 as count`,
        values: []
      })
      return { sealed: Number(good.number), unsealed: waiting?.count ?? 0, broken }
    })
  }
}

const missingAt = (number: number) => ({ number, row: null, why: "the row is missing" })

const faultOf = ({ number, row }: Seal): NonNullable<AuditVerdict["broken"]> =>
  row.number === String(number)
    ? { number, row: nameOf(rowOf(row)), why: "the row or its seal was changed" }
    : missingAt(number)

/**
 * A group as the parameters of its statement.
 *
 * Gotcha: what one statement can write only once may stand in a group only once; a group that says otherwise is a defect of
 * the caller and is rejected before the database sees it.
 */
import type { Group, Link, PaymentFate, Reservation, StepRow } from "../../src/ports/rows.ts"
import { foldRefund } from "../../src/ports/refundMoves.ts"
import { isAmount } from "./canonical.ts"
import { commitStatement, type Shape } from "./commitStatement.ts"
import * as relations from "./groupRelations.ts"
import { arrayLiteral } from "./literals.ts"

export interface Encoded {
  /** Names the prepared statement: the same for groups of the same shape. */
  readonly name: string
  readonly text: string
  readonly values: ReadonlyArray<string>
}

interface Filled {
  readonly shape: Shape
  readonly values: ReadonlyArray<string>
}

const fill = <Row>(relation: relations.Relation<Row>, rows: ReadonlyArray<Row>): ReadonlyArray<Filled> =>
  rows.length === 0
    ? []
    : [{ shape: relation, values: relation.columns.map(([, , cellOf]) => arrayLiteral(rows, cellOf)) }]

/** The rows of one kind of all steps, each with the step it belongs to. */
const flat = <Row>(
  steps: ReadonlyArray<StepRow>,
  rowsOf: (step: StepRow) => ReadonlyArray<Row>
): ReadonlyArray<relations.Of<Row>> =>
  steps.flatMap((step) => rowsOf(step).map((row, line) => ({ of: step.id, row, line })))

const one = <Row>(row: Row | null): ReadonlyArray<Row> => (row === null ? [] : [row])

const ownReservation = (step: StepRow): Reservation | null =>
  step.reservation !== null && step.reservation.payment === step.funding?.payment ? step.reservation : null

const funded = (group: Group): ReadonlyArray<relations.FundedFate> => {
  const reservations = new Map<string, Reservation>(
    group.steps.flatMap((step) =>
      one(ownReservation(step)).map((row) => [`${step.id} ${row.payment}`, row] as const)
    )
  )
  return firstOfEach(group.payments).map((fate) => ({
    fate,
    reservation: reservations.get(`${fate.transactionId} ${fate.payment.id}`) ?? null
  }))
}

/** The same payment may come by a page and from the inbox at once: the first of them stands. */
const firstOfEach = (fates: ReadonlyArray<PaymentFate>): ReadonlyArray<PaymentFate> => {
  const seen = new Set<string>()
  return fates.filter(({ payment }) => !seen.has(payment.id) && seen.add(payment.id))
}

const contests = (steps: ReadonlyArray<StepRow>) =>
  flat(steps, ({ attention }) => {
    const customer = attention?.customerId ?? null
    return attention === null || customer === null
      ? []
      : attention.contested.map((field) => ({ customer, field }))
  })

/** Of several that come to one side at once the first is taken. */
const links = (steps: ReadonlyArray<StepRow>) =>
  flat(steps, ({ links: all }) => {
    const of = (party: Link["party"]) => all.find((row) => row.party === party) ?? null
    return all.length === 0 ? [] : [{ sender: of("sender"), receiver: of("receiver") }]
  })

const sealings = (group: Group) => [
  ...flat(group.steps, ({ destination, notes }) => [...one(destination), ...notes]),
  ...group.births.flatMap(({ destination, id }) =>
    one(destination).map((row, line) => ({ of: id, row, line }))
  )
]

/** What no database should be asked to take, as a sentence; or null. */
export const faultOf = (group: Group): string | null => {
  const twice = (what: string, ids: ReadonlyArray<string>): ReadonlyArray<string> => {
    if (new Set(ids).size === ids.length) return []
    return [`the group has two ${what} ${ids.find((id, at) => ids.indexOf(id) !== at)}`]
  }
  const faults = [
    ...twice(
      "steps of",
      group.steps.map(({ id }) => id)
    ),
    ...twice(
      "births of",
      group.births.map(({ id }) => id)
    ),
    ...twice(
      "pages of",
      group.pages.map(({ account }) => account)
    ),
    // `numeric` would round an eighth decimal away and take NaN.
    ...group.payments.flatMap(({ payment }) =>
      isAmount(payment.received) && (payment.amount === null || isAmount(payment.amount))
        ? []
        : [`the payment ${payment.id} holds no amount: ${payment.received}, ${payment.amount}`]
    )
  ]
  return faults[0] ?? null
}

const statements = new Map<string, { readonly name: string; readonly text: string }>()

const statementOf = (shapes: ReadonlyArray<Shape>): { readonly name: string; readonly text: string } => {
  const key = shapes.map(({ name }) => name).join(" ")
  const known = statements.get(key)
  if (known !== undefined) return known
  const made = { name: `kedge_commit_${statements.size}`, text: commitStatement(shapes) }
  statements.set(key, made)
  return made
}

export const encodeGroup = (group: Group): Encoded => {
  const { steps } = group
  const filled: ReadonlyArray<Filled> = [
    ...fill(relations.step, steps),
    ...fill(relations.page, group.pages),
    ...fill(relations.payment, funded(group)),
    ...fill(relations.birth, group.births),
    ...fill(
      relations.requirement,
      group.births.flatMap(({ id, requires }) => requires.map((row, line) => ({ of: id, row, line })))
    ),
    ...fill(
      relations.redemption,
      group.births.filter(({ quoteId }) => quoteId !== null)
    ),
    ...fill(
      relations.gated,
      group.births.filter(({ leaf }) => leaf === "pending_receiver.checking")
    ),
    ...fill(relations.link, links(steps)),
    ...fill(
      relations.audit,
      flat(steps, ({ audits }) => audits)
    ),
    ...fill(
      relations.transfer,
      flat(steps, ({ transfers }) => transfers)
    ),
    ...fill(
      relations.payoutBirth,
      flat(steps, ({ payouts }) => payouts)
    ),
    ...fill(
      relations.payoutChange,
      flat(steps, ({ changes }) => changes)
    ),
    ...fill(
      relations.reservation,
      flat(steps, (step) => (ownReservation(step) === null ? one(step.reservation) : []))
    ),
    ...fill(
      relations.attention,
      flat(steps, ({ attention }) => one(attention))
    ),
    ...fill(relations.contested, contests(steps)),
    ...fill(
      relations.refund,
      steps.flatMap((step) =>
        step.refunds.map((row, line) => ({
          of: step.id,
          row,
          line,
          version: step.version + step.audits.length
        }))
      )
    ),
    ...fill(
      relations.repayment,
      flat(steps, ({ refundChanges, reservation }) =>
        one(foldRefund(refundChanges)).map((row) => ({ ...row, reserved: reservation?.refund ?? null }))
      )
    ),
    ...fill(relations.sealed, sealings(group)),
    ...fill(
      relations.unreadable,
      group.pages.flatMap(({ account, quarantined }) => quarantined.map((row) => ({ account, ...row })))
    ),
    ...fill(relations.refusal, group.refusals)
  ]
  const { name, text } = statementOf(filled.map(({ shape }) => shape))
  return {
    name,
    text,
    values: [group.id, group.owner, String(group.leaseSeconds), ...filled.flatMap(({ values }) => values)]
  }
}

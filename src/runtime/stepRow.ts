/**
 * Turns what the machine says into rows: several events on one actor, in order, become one row to write.
 *
 * Pure but for the slots it takes for payouts that are born started. Gotcha: it works on the actor as it was read, unlocked;
 * whether the row is written is decided by the version in the commit.
 */
import { Result } from "effect"
import { isZero } from "../../machines/domain/Amount.ts"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import type { TransactionCommand } from "../../machines/transaction/commands.ts"
import type { TransactionEvent } from "../../machines/transaction/events.ts"
import { attentionOf, type Leaf } from "../../machines/transaction/leaves.ts"
import { revive, type Snapshot, storedContext } from "../../machines/transaction/snapshot.ts"
import type { Timing } from "../KedgeConfig.ts"
import type { Rails } from "../ports/Rails.ts"
import type {
  ActorRow,
  AttentionRow,
  AuditRow,
  EnvelopeRow,
  Link,
  PayoutBirth,
  PayoutChange,
  RefundChange,
  RefundRow,
  Reservation,
  SealedRow,
  StepRow,
  TransferRow
} from "../ports/rows.ts"
import type { Told } from "./Actors.ts"
import type { PayoutSlots } from "./PayoutSlots.ts"
import { step } from "./step.ts"

/** An event as the fold takes it, with what comes along. */
export interface Incoming {
  readonly event: TransactionEvent
  readonly cause: string
  readonly notes: ReadonlyArray<SealedRow>
  readonly destination: SealedRow | null
  /** For a refund that is submitted. */
  readonly envelope: EnvelopeRow | null
  /** For a payout that was not accepted: the pause before it is made again, under its key or the next. */
  readonly retryInSeconds: number
  /** For a matched payment: who paid. */
  readonly payer: string | null
}

export interface Folded {
  /** Null when every event was refused. */
  readonly row: StepRow | null
  /** One answer an event, in order. */
  readonly told: ReadonlyArray<Exclude<Told, { readonly _tag: "NoSuchTransaction" }>>
  /** The actor as it will be once `row` is committed. */
  readonly actor: ActorRow
  /** Attempts born started, for which a slot of the rail is taken. */
  readonly started: ReadonlyArray<{ readonly id: PayoutId; readonly rail: string }>
  readonly planned: ReadonlyArray<string>
}

export interface FoldContext {
  readonly rails: Rails["Service"]
  readonly slots: PayoutSlots["Service"]
  readonly timing: Timing
}

interface Rows {
  readonly audits: Array<AuditRow>
  readonly transfers: Array<TransferRow>
  readonly payouts: Array<PayoutBirth>
  readonly changes: Map<PayoutId, PayoutChange>
  readonly refunds: Array<RefundRow>
  readonly refundChanges: Array<RefundChange>
  readonly notes: Array<SealedRow>
  readonly started: Array<{ readonly id: PayoutId; readonly rail: string }>
  readonly planned: Array<string>
  readonly links: Array<Link>
  funding: StepRow["funding"]
  reservation: Reservation | null
  destination: SealedRow | null
  externalTransactionId: string | null
  asked: { readonly customerId: ActorRow["senderId"]; readonly fields: ReadonlyArray<string> } | null
}

/**
 * The configuration has no rail for a payout. The step is not taken: an attempt for a rail that is not there would wait for ever,
 * what brought the step comes again until the configuration is right (R20).
 */
class NoRail extends Error {}

/** Steps an actor through events. The failure is a sentence: this process cannot read its snapshot, or breaks off over it. */
export const fold = (
  actor: ActorRow,
  incoming: ReadonlyArray<Incoming>,
  context: FoldContext
): Result.Result<Folded, string> => {
  const taken: Array<string> = []
  const slots: FoldContext["slots"] = {
    ...context.slots,
    tryTake: (rail) => {
      const isTaken = context.slots.tryTake(rail)
      if (isTaken) taken.push(rail)
      return isTaken
    }
  }
  try {
    return foldAll(actor, incoming, { ...context, slots })
  } catch (error) {
    // A defect over one actor is that actor's: the others of its group go on.
    for (const rail of taken) context.slots.release(rail)
    if (error instanceof NoRail) return Result.fail(error.message)
    return Result.fail(`the machine broke off: ${error instanceof Error ? error.message : "no reason given"}`)
  }
}

const foldAll = (
  actor: ActorRow,
  incoming: ReadonlyArray<Incoming>,
  context: FoldContext
): Result.Result<Folded, string> => {
  const revived = revive(actor)
  if (Result.isFailure(revived)) return Result.fail(revived.failure)
  let snapshot: Snapshot = revived.success
  const told: Array<Folded["told"][number]> = []
  const rows: Rows = {
    audits: [],
    transfers: [],
    payouts: [],
    changes: new Map(),
    refunds: [],
    refundChanges: [],
    notes: [],
    started: [],
    planned: [],
    links: [],
    funding: null,
    reservation: null,
    destination: null,
    externalTransactionId: null,
    asked: null
  }
  for (const message of incoming) {
    const result = step(snapshot, message.event)
    if (result._tag === "Refused") {
      told.push(result)
      continue
    }
    const version = actor.version + rows.audits.length + 1
    if (message.event.type === "payment.matched") {
      const { paymentId, stellarTransactionId } = message.event
      rows.funding = { payment: paymentId, stellarTransactionId, payer: message.payer ?? "" }
    }
    const replaced = message.destination === null ? null : (rows.destination?.id ?? actor.destination)
    rows.audits.push(auditRow(version, message, result.before, result.after.leaf, replaced))
    rows.notes.push(...message.notes)
    rows.destination = message.destination ?? rows.destination
    for (const command of result.commands)
      carryOut(command, rows, { actor, snapshot: result.after, version, message, context })
    snapshot = result.after
    told.push({ _tag: "Stepped", before: result.before, after: result.after.leaf })
  }
  const after: ActorRow = {
    ...actor,
    version: actor.version + rows.audits.length,
    state: snapshot.leaf,
    amounts: amountsOf(snapshot),
    context: storedContext(snapshot.context),
    fundedBy: rows.funding?.payment ?? actor.fundedBy,
    destination: rows.destination?.id ?? actor.destination,
    senderId: actor.senderId ?? linked(rows, "sender"),
    receiverId: actor.receiverId ?? linked(rows, "receiver")
  }
  const row: StepRow | null =
    rows.audits.length === 0
      ? null
      : {
          id: actor.id,
          version: actor.version,
          leaf: snapshot.leaf,
          amounts: after.amounts,
          context: after.context,
          funding: rows.funding,
          audits: rows.audits,
          transfers: rows.transfers,
          payouts: rows.payouts,
          changes: [...rows.changes.values()],
          reservation: rows.reservation,
          refunds: rows.refunds,
          refundChanges: rows.refundChanges,
          attention: attentionRow(snapshot.leaf, rows, context.timing),
          destination: rows.destination,
          links: rows.links,
          notes: rows.notes,
          externalTransactionId: rows.externalTransactionId
        }
  return Result.succeed({ row, told, actor: after, started: rows.started, planned: rows.planned })
}

const linked = (rows: Rows, party: Link["party"]) =>
  rows.links.find((link) => link.party === party)?.customerId ?? null

const amountsOf = ({ context: { received, accepted, fee, delivered } }: Snapshot) => ({
  received,
  accepted,
  fee,
  delivered
})

/** `replaced`: the sealed row that gave way to a new destination; only the audit refers to it then, for an erasure to find it. */
const auditRow = (
  version: number,
  message: Incoming,
  before: Leaf,
  after: Leaf,
  replaced: SealedRow["id"] | null
): AuditRow => {
  const { type, ...event } = message.event
  const detail = replaced === null ? event : { ...event, replaced }
  return { version, event: type, cause: message.cause, before, after, detail }
}

const attentionRow = (leaf: Leaf, rows: Rows, timing: Timing): AttentionRow | null => {
  const kind = attentionOf(leaf)
  if (kind === null) return null
  return {
    kind,
    // A look-up may still settle what is held; the rest waits for somebody. A customer's verdict may have come just before this
    // step, and whoever was to tell it may have died.
    dueInSeconds: kind === "customer-info" ? timing.pollInterval : timing.attentionInterval,
    customerId: rows.asked?.customerId ?? null,
    contested: rows.asked?.fields ?? []
  }
}

interface Now {
  readonly actor: ActorRow
  readonly snapshot: Snapshot
  readonly version: number
  readonly message: Incoming
  readonly context: FoldContext
}

const carryOut = (command: TransactionCommand, rows: Rows, now: Now): void => {
  const { timing } = now.context
  switch (command.type) {
    case "executePayout": {
      const { asset, fundingMethod } = now.actor
      const rail = now.context.rails.find(asset, fundingMethod)?.name
      if (rail === undefined) throw new NoRail(`no rail serves ${asset} by ${fundingMethod}`)
      const { retryInSeconds } = now.message
      const state = retryInSeconds === 0 && now.context.slots.tryTake(rail) ? "started" : "planned"
      rows.payouts.push({
        id: command.payoutId,
        rail,
        amount: command.amount,
        fee: command.fee,
        amountIn: now.snapshot.context.accepted ?? command.amount,
        state,
        ...(retryInSeconds === 0 ? {} : { dueInSeconds: retryInSeconds })
      })
      if (state === "started") rows.started.push({ id: command.payoutId, rail })
      else rows.planned.push(rail)
      return
    }
    case "retryPayout":
      return change(rows, command.payoutId, {
        state: "planned",
        dueInSeconds: now.message.retryInSeconds,
        tried: true
      })
    case "lookUpPayout":
      return change(rows, command.payoutId, { state: "unknown", dueInSeconds: timing.lookUpInterval })
    case "awaitConfirmation":
      return change(rows, command.payoutId, {
        state: "pending",
        dueInSeconds: timing.pollInterval,
        externalId: command.externalId
      })
    case "holdPayout":
      return change(rows, command.payoutId, { state: "held", dueInSeconds: timing.attentionInterval })
    case "closePayout":
      if (command.as === "delivered") rows.externalTransactionId = command.externalId
      return change(rows, command.payoutId, {
        state: command.as,
        dueInSeconds: null,
        externalId: command.externalId
      })
    case "requestCustomerInfo":
      rows.asked = {
        customerId: command.party === "sender" ? now.actor.senderId : now.actor.receiverId,
        fields: command.fields
      }
      return
    case "reserve": {
      const payment = rows.funding?.payment ?? now.actor.fundedBy
      if (payment !== null)
        rows.reservation = { payment, payout: command.payout, refund: command.refund, fee: command.fee }
      return
    }
    case "planRefund":
      rows.refundChanges.push({ to: "planned", amount: command.amount })
      return
    case "cancelRefund":
      rows.refundChanges.push({ to: "cancelled" })
      return
    case "openEnvelope": {
      const { envelope } = now.message
      if (envelope === null || envelope.hash !== command.hash)
        throw new Error(`the envelope ${command.hash} does not come with its event`)
      rows.refundChanges.push({ to: "open", envelope })
      return
    }
    case "closeRefund":
      rows.refundChanges.push({ to: command.as })
      return
    case "linkCustomer":
      rows.links.push({ party: command.party, customerId: command.customerId, type: command.customerType })
      return
    case "recordRefund":
      rows.refunds.push({ stellarTransactionId: command.stellarTransactionId, amount: command.amount })
      return
    case "book":
      if (!isZero(command.amount)) {
        rows.transfers.push({
          from: command.from,
          to: command.to,
          amount: command.amount,
          asset: command.asset ?? now.actor.asset,
          version: now.version
        })
      }
      return
  }
}

const change = (
  rows: Rows,
  id: PayoutId,
  to: Pick<PayoutChange, "state" | "dueInSeconds"> & Partial<Pick<PayoutChange, "externalId" | "tried">>
): void => {
  rows.changes.set(id, {
    id,
    state: to.state,
    dueInSeconds: to.dueInSeconds,
    externalId: to.externalId ?? null,
    tried: to.tried ?? false
  })
}

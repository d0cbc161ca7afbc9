/** What refunds count: rising `held` wants a person, `bumped` says that the network is dear, `undecided` that its history is gone. */
import { Metric } from "effect"

const counter = (name: string, description: string) =>
  Metric.counter(name, { description, incremental: true })

const submitted = counter("kedge_refund_envelopes_total", "Envelopes of refunds committed and submitted")
const confirmed = counter("kedge_refunds_confirmed_total", "Refunds that the ledger holds")
const held = counter("kedge_refunds_held_total", "Refunds that cannot be made and wait for a person")
const bumped = counter("kedge_refund_fee_bumps_total", "Refunds submitted again for a higher fee")
const undecided = counter(
  "kedge_refunds_undecided_total",
  "Times the ledger's history was too short to say what became of a refund"
)

export const refundMetrics = {
  submitted: Metric.update(submitted, 1),
  confirmed: Metric.update(confirmed, 1),
  held: Metric.update(held, 1),
  bumped: Metric.update(bumped, 1),
  undecided: Metric.update(undecided, 1)
}

/**
 * Whether payments to us would be seen now: POST /transactions asks this before it hands out a memo.
 *
 * Without a cursor for every receiving account, money sent to a memo of ours could fall into a gap of the ledger that nobody
 * reads. The watcher answers; it stands above this room, so the question is a service of its own.
 */
import { Context, type Effect } from "effect"

export class AcceptingPayments extends Context.Service<
  AcceptingPayments,
  {
    /** True once every receiving account has a stored cursor. Cheap: asked on every POST. */
    readonly ready: Effect.Effect<boolean>
  }
>()("kedge/runtime/AcceptingPayments") {}

/**
 * Who is given firm quotes (S38-Q-08). By default those who may send to us: the rooms that know them stand above this one, so
 * the question is a service of its own.
 */
import { Context, Effect, Layer } from "effect"
import type { Forbidden } from "../http/errors.ts"

export class QuoteClients extends Context.Service<
  QuoteClients,
  {
    /** Fails with 403 unless the account (a `G…`) may be promised a price now. Asked on every request. */
    readonly authorise: (account: string) => Effect.Effect<void, Forbidden>
  }
>()("kedge/sep38/QuoteClients") {
  /** Everyone with a token. */
  static readonly authenticated = Layer.succeed(QuoteClients, { authorise: () => Effect.void })
}

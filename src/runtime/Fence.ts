/** Who this process is to the others on one database: the owner written on leases and attempts, new at every start. */
import { Context, Effect, Layer } from "effect"
import { Entropy } from "../ports/Entropy.ts"

export class Fence extends Context.Service<Fence, { readonly owner: string }>()("kedge/runtime/Fence") {
  static readonly layer = Layer.effect(
    Fence,
    Effect.gen(function* () {
      const entropy = yield* Entropy
      return Fence.of({ owner: yield* entropy.uuid })
    })
  )
}

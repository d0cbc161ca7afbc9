/** An integration: a bank's API as a rail, and a rule of the house. KEDGE_INTEGRATION names the built file. */
import { Effect, Layer } from "effect"
import { BusinessHooks, NothingAccepted, type PaymentRail, Rails, RailUnavailable } from "kedge"

const url = process.env["BANK_URL"] ?? "http://127.0.0.1:9999"

const ask = (method: string, path: string, body?: unknown) =>
  Effect.tryPromise(async (signal) => {
    const init = { method, signal, body: JSON.stringify(body) ?? null }
    const response = await fetch(new URL(path, url), init)
    return { code: response.status, said: (await response.json()) as { status: string; reference: string } }
  })

const outcomeOf = ({ reference, status }: { status: string; reference: string }) => {
  if (status === "paid") return { _tag: "Delivered", externalId: reference } as const
  if (status === "sent") return { _tag: "Pending", externalId: reference } as const
  if (status === "refused") return { _tag: "Rejected", reason: "the bank refuses the payee" } as const
  return { _tag: "Unknown" } as const
}

const bank: PaymentRail = {
  name: "bank",
  repeatable: true, // the bank answers a repeated id as it did the first time
  concurrency: 8,
  timeoutSeconds: 20,
  execute: ({ amount, payoutId, receiver }) =>
    ask("PUT", `/transfers/${payoutId}`, { amount, iban: receiver["bank_account_number"] }).pipe(
      Effect.orDie, // a broken connection is not "nothing accepted": it becomes Unknown and is looked up
      Effect.filterOrFail(
        ({ code }) => code !== 503,
        () => new NothingAccepted({ message: "closed" })
      ),
      Effect.map(({ said }) => outcomeOf(said))
    ),
  lookUp: (payoutId) =>
    ask("GET", `/transfers/${payoutId}`).pipe(
      Effect.mapError(() => new RailUnavailable({ message: "the bank does not answer" })),
      Effect.map(({ said }) => outcomeOf(said))
    )
}

const house = BusinessHooks.make({
  validateTransaction: ({ fields, transactionId: id }) =>
    fields["purpose"] === "gambling"
      ? Effect.succeed({ _tag: "Refused", error: "not for this purpose" })
      : Effect.succeed({ _tag: "Accepted", reference: `order-${id}` })
})

export default Layer.mergeAll(Layer.succeed(Rails, Rails.one(bank)), Layer.succeed(BusinessHooks, house))

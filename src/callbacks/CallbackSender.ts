/**
 * One callback to one address: signed now, sent once, and told what became of it. When to try again is the caller's matter
 * (`retrySchedule.ts`), what to say as well.
 *
 * Gotcha: "not delivered" may yet have arrived; whoever sends again must be able to bear a second copy arriving.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Outbound, type OutboundRefused, type OutboundUnavailable } from "../ports/Outbound.ts"
import { Signer } from "../ports/Signer.ts"
import { callbackMetrics } from "./callbackMetrics.ts"
import { signatureHeaders, signatureNow } from "./signature.ts"

export interface Callback {
  /** Where it was registered to go; checked again now. */
  readonly url: string
  /** A document; its bytes are made once, signed and sent. */
  readonly body: unknown
  /** On whose behalf: the account that registered the address. */
  readonly owner: string
  /** Of what it tells, for the log: ids, never values. */
  readonly about: Readonly<Record<string, string | number>>
  /** For this try; without it, as configured. */
  readonly timeoutSeconds?: number
}

export type Sent =
  | { readonly _tag: "Delivered"; readonly status: number }
  | {
      readonly _tag: "Failed"
      /** False where the same again would be answered the same: only a person can help. */
      readonly retryable: boolean
      /** What the receiver answered; null when it did not. */
      readonly status: number | null
      /** For the operator. */
      readonly reason: string
    }

/** The answer's body says nothing we would act on; so little of it is read (S31-CB-12). */
const answerMax = 1_024

const toBytes = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

const unsent = (error: OutboundRefused | OutboundUnavailable): Sent => ({
  _tag: "Failed",
  retryable: error._tag === "OutboundUnavailable" || !error.lasting,
  status: null,
  reason: error.detail
})

const answered = (status: number): Sent =>
  status >= 200 && status < 300
    ? { _tag: "Delivered", status }
    : { _tag: "Failed", retryable: status !== 400, status, reason: `answered ${status}` }

export class CallbackSender extends Context.Service<
  CallbackSender,
  {
    /**
     * Signs and sends. Delivered is any 2xx; redirects are not followed; 400 means that what we sent is wrong, so it is an error
     * of ours in the log and not retryable (S31-CB-14).
     *
     * Failure and persistence: nothing is kept and nothing fails; what became of it is the answer.
     */
    readonly send: (callback: Callback) => Effect.Effect<Sent>
  }
>()("kedge/callbacks/CallbackSender") {
  static readonly layer = Layer.effect(
    CallbackSender,
    Effect.gen(function* () {
      const outbound = yield* Outbound
      const signer = yield* Signer
      const { timing } = yield* KedgeConfig

      const attempt = Effect.fnUntraced(
        function* ({ body, owner, timeoutSeconds, url }: Callback) {
          const bytes = toBytes(body)
          const value = yield* signatureNow(yield* outbound.check(url), bytes)
          const { status } = yield* outbound.send({
            method: "POST",
            url,
            headers: { "Content-Type": "application/json", ...signatureHeaders(value) },
            body: bytes,
            owner,
            timeoutSeconds: timeoutSeconds ?? timing.callbackTimeout,
            maxBytes: answerMax
          })
          return answered(status)
        },
        Effect.provideService(Signer, signer)
      )

      const tell = (sent: Sent, { about, owner }: Callback) => {
        if (sent._tag === "Delivered") return Effect.void
        const members = { ...about, owner }
        if (sent.status !== 400) return Effect.logInfo("a callback was not taken", members, sent.reason)
        return Effect.logError(
          "a callback was refused with 400: its receiver finds fault with what we sent; it is not sent again",
          members
        )
      }

      return CallbackSender.of({
        send: (callback) =>
          attempt(callback).pipe(
            Effect.catch((error) => Effect.succeed(unsent(error))),
            Effect.tap((sent) => Effect.andThen(callbackMetrics.sent(sent), tell(sent, callback)))
          )
      })
    })
  )
}

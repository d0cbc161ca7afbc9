/**
 * Who may send to us: the registry of the settings, and the institution's own word on every request (S31-AUTH-03).
 *
 * The registry is keyed on the base account `G…`, so a token of `G…:memo` or `M…` speaks for the Sending Anchor that owns it
 * (S31-AUTH-04). Gotcha: with no registry at all the hook alone decides; with neither, nobody may send.
 */
import { Context, Effect, Layer, Schema } from "effect"
import { Forbidden } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BusinessHooks, defaultHooks } from "../ports/BusinessHooks.ts"
import { callHook } from "./callHook.ts"

export class SendingAnchors extends Context.Service<
  SendingAnchors,
  {
    /**
     * Fails with 403 unless the account (a `G…`) may send now. Asked on every request, so that revoking an agreement stops
     * live tokens at once (SEC-14). A hook that throws, hangs or answers anything but `true` denies. Contract accounts (`C…`)
     * are not for SEP-31, which names SEP-10 only (S31-AUTH-06).
     */
    readonly authorise: (account: string) => Effect.Effect<void, Forbidden>
  }
>()("kedge/sep31/SendingAnchors") {
  static readonly layer = Layer.effect(
    SendingAnchors,
    Effect.gen(function* () {
      const settings = yield* KedgeConfig
      const hooks = yield* BusinessHooks
      const registry = new Set(settings.sendingAnchors.map(({ account }) => account))
      const hookDecides = registry.size === 0 && hooks.isSendingAnchor !== defaultHooks.isSendingAnchor
      const deny = refuse(Forbidden, say`this account has no agreement to send payments here`)
      const askHook = (account: string) =>
        callHook({
          hook: "isSendingAnchor",
          ask: () => hooks.isSendingAnchor(account),
          answer: Schema.Boolean,
          timeoutSeconds: settings.timing.hookTimeout
        }).pipe(
          Effect.tapError((fault) =>
            Effect.logError(`${fault.message}; the Sending Anchor is denied`, { account })
          ),
          Effect.orElseSucceed(() => false)
        )
      return {
        authorise: (account) =>
          (hookDecides && account.startsWith("G")) || registry.has(account)
            ? Effect.flatMap(askHook(account), (allowed) => (allowed ? Effect.void : deny))
            : deny
      }
    })
  )
}

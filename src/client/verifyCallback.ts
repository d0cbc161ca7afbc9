/**
 * Whether a callback comes from the anchor it says: for a Sending Anchor's own server, before it believes the body (SEP-31
 * §Callback; SEP-12's are signed alike).
 *
 * Pure. Gotcha: `host` is your own name as you registered it, not what the request says in its Host header: a callback to another
 * must not be taken for one to you.
 */
import { Result } from "effect"
import { signedPayload } from "../callbacks/signature.ts"
import { isSignatureOf } from "../stellar/isSignatureOf.ts"

export interface ReceivedCallback {
  /** Value of `Signature`, or of `X-Stellar-Signature`. */
  readonly header: string
  /** Host of the registered URL, with the port where it is not the scheme's own. */
  readonly host: string
  /** As received, before anything parses it. */
  readonly body: Uint8Array
  /** `SIGNING_KEY` of the anchor's stellar.toml. */
  readonly signingKey: string
  /** Unix seconds. */
  readonly now: number
  /** Seconds a callback may be old, or ahead of us; 120 when left out. */
  readonly tolerance?: number
}

const form = /^\s*t=(\d{1,12})\s*,\s*s=([A-Za-z0-9+/]{86}==)\s*$/

/** The failure is a sentence for your log; answer 400 and believe nothing. */
export const verifyCallback = ({
  body,
  header,
  host,
  now,
  signingKey,
  tolerance = 120
}: ReceivedCallback): Result.Result<void, string> => {
  const [, t, signature] = form.exec(header) ?? []
  if (t === undefined || signature === undefined) {
    return Result.fail("the header is not t=<unix seconds>, s=<base64 signature>")
  }
  const age = now - Number(t)
  if (Math.abs(age) > tolerance) {
    return Result.fail(`the callback was signed ${Math.abs(age)} s ${age > 0 ? "ago" : "ahead of our clock"}`)
  }
  return isSignatureOf(signingKey, signedPayload(Number(t), host.toLowerCase(), body), signature)
    ? Result.void
    : Result.fail(`the signature is not ${signingKey}'s over this time, ${host} and this body`)
}

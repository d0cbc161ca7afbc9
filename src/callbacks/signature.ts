/**
 * The signature of a callback (SEP-31 §Callback, which SEP-12 refers to): over time, receiver's host and body, with the key that
 * stellar.toml publishes as SIGNING_KEY.
 *
 * Gotcha: receivers discard what is more than a minute or two old, so a header is made for each try and never kept
 * (S31-CB-10).
 */
import { Clock, Effect } from "effect"
import { Signer } from "../ports/Signer.ts"
import { toBase64 } from "../stellar/bytes.ts"

/** What receivers compare with their own name: lower case, with the port where it is not the scheme's own (S31-CB-09). */
export const signedHost = (url: URL): string => url.host

/** The bytes that are signed: `<t>.<host>.<body>`. */
export const signedPayload = (seconds: number, host: string, body: Uint8Array): Uint8Array => {
  const head = new TextEncoder().encode(`${seconds}.${host}.`)
  const payload = new Uint8Array(head.length + body.length)
  payload.set(head)
  payload.set(body, head.length)
  return payload
}

/** Value of the header for a body that is sent now: `t=<unix seconds>, s=<base64>`. */
export const signatureNow = Effect.fnUntraced(function* (url: URL, body: Uint8Array) {
  const signer = yield* Signer
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
  const signature = yield* signer.signCallback(signedPayload(seconds, signedHost(url), body))
  return `t=${seconds}, s=${toBase64(signature)}`
})

/** Under both names: clients of SEP-31 1.9 to 2.2 know only the second (S31-CB-08). */
export const signatureHeaders = (value: string) => ({ Signature: value, "X-Stellar-Signature": value })

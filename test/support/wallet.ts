// What a wallet does to sign in: fetch a challenge, look at it with the SDK's reader, sign, post.
import { WebAuth } from "@stellar/stellar-sdk"
import type { Keypair } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import type { Settings } from "../../src/KedgeConfig.ts"
import { ask } from "./publicServer.ts"
import { parsed, serverKey } from "./signIn.ts"

export interface ChallengeBody {
  readonly transaction: string
  readonly network_passphrase: string
}

export type ChallengeWanted = Readonly<Record<string, string>> & { readonly account: string }

export const challengeOf = (base: string, wanted: ChallengeWanted): Effect.Effect<ChallengeBody> =>
  Effect.map(
    ask(`${base}/auth?${new URLSearchParams(wanted).toString()}`),
    ({ json }) => json as ChallengeBody
  )

export const postChallenge = (base: string, transaction: string) =>
  ask(`${base}/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ transaction })
  })

/** Everything between having keys and having an answer; a challenge the SDK refuses is a defect. */
export const signIn = Effect.fnUntraced(function* (
  base: string,
  settings: Settings,
  wanted: ChallengeWanted,
  ...keys: ReadonlyArray<Keypair>
) {
  const { transaction, network_passphrase: passphrase } = yield* challengeOf(base, wanted)
  const { clientAccountID } = WebAuth.readChallengeTx(
    transaction,
    serverKey.publicKey(),
    settings.network.passphrase,
    settings.homeDomain,
    settings.baseUrl.host
  )
  if (clientAccountID !== wanted.account || passphrase !== settings.network.passphrase) {
    return yield* Effect.die(new Error("the challenge is for another account or network"))
  }
  const challenge = parsed(transaction, passphrase)
  challenge.sign(...keys)
  return yield* postChallenge(base, challenge.toXdr())
})

export const tokenOf = (answer: { readonly json: unknown }): string =>
  (answer.json as { token: string }).token

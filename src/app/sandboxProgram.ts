/** `kedge sandbox`: the country in a box as a process of its own, for several Kedge processes or a client in another language. */
import { Console, Effect } from "effect"
import { SandboxServer } from "../../adapters/sandbox/SandboxServer.ts"
import type { SandboxFlags } from "../cli/Programs.ts"
import { asCommandFailed } from "./asCommandFailed.ts"

export const sandbox = Effect.fnUntraced(
  function* ({ closeEvery, directory, passphrase, port }: SandboxFlags) {
    const running = yield* SandboxServer.scoped({
      port,
      closeEverySeconds: closeEvery,
      ...(directory === null ? {} : { directory }),
      ...(passphrase === null ? {} : { passphrase })
    })
    yield* Console.log(
      [
        `sandbox at ${running.url}`,
        `KEDGE_NETWORK_PASSPHRASE=${JSON.stringify(running.passphrase)}`,
        `KEDGE_SANDBOX_URL=${running.url}`,
        ...running.assets.map(({ code, issuer }) => `${code} of ${issuer}`)
      ].join("\n")
    )
    return yield* Effect.never
  },
  Effect.scoped,
  Effect.mapError(asCommandFailed)
)

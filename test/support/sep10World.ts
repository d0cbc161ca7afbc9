// SEP-10's services over real parts: the signer, the entropy and the storage in memory; only the ledger is the test's.
import { Layer, Redacted } from "effect"
import { layer as nodeEntropy } from "../../adapters/entropy-node/NodeEntropy.ts"
import { layer as localSigner } from "../../adapters/signer-local/LocalSigner.ts"
import { layer as memoryStorage } from "../../adapters/storage-memory/MemoryStorage.ts"
import { KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import type { Outbound } from "../../src/ports/Outbound.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { Challenges } from "../../src/sep10/Challenges.ts"
import { Tokens } from "../../src/sep10/Tokens.ts"
import { testSettings } from "./runtimeWorld.ts"
import { tomlHosts } from "./tomlHosts.ts"
import { type LedgerAccounts, ledgerOf, serverKey, terms } from "./signIn.ts"

export const sep10Settings: Settings = {
  ...testSettings,
  network: { id: "testnet", passphrase: terms.passphrase, isPublic: false },
  baseUrl: new URL("https://auth.anchor.example.org:8443/"),
  homeDomain: terms.homeDomain,
  signingSeed: Redacted.make(serverKey.secret()),
  jwtSecret: Redacted.make("a secret of more than thirty-two characters"),
  allowLocal: false
}

export interface Sep10Wish {
  readonly settings?: Partial<Settings>
  readonly accounts?: LedgerAccounts
  /** To share one storage between two services. */
  readonly storage?: Layer.Layer<Storage>
  /** What client domains publish; by default none answers. */
  readonly outbound?: Layer.Layer<Outbound>
}

export const sep10Ports = ({
  settings,
  accounts = new Map(),
  storage = memoryStorage,
  outbound = tomlHosts().layer
}: Sep10Wish = {}) => {
  const config = Layer.succeed(KedgeConfig, { ...sep10Settings, ...settings })
  return Layer.mergeAll(
    localSigner.pipe(Layer.provide(config)),
    nodeEntropy,
    storage,
    outbound,
    ledgerOf(accounts)
  ).pipe(Layer.provideMerge(config))
}

export const sep10Layer = (wish: Sep10Wish = {}) =>
  Layer.mergeAll(Challenges.layer, Tokens.layer).pipe(Layer.provideMerge(sep10Ports(wish)))

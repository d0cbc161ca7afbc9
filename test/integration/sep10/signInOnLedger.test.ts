// Signing in with accounts that a ledger keeps: real transactions set their signers and thresholds, and the answers
// come through Horizon's interface. The ledger and the tokens are everything's own, nothing is scripted.
import { Keypair, Operation } from "@stellar/stellar-sdk"
import { Effect, Layer, Logger } from "effect"
import { decodeJwt } from "jose"
import { expect, it } from "vitest"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { layer as localSigner } from "../../../adapters/signer-local/LocalSigner.ts"
import { layer as horizon } from "../../../adapters/stellar-horizon/Horizon.ts"
import { layer as memoryStorage } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { serve } from "../../support/publicServer.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { sep10Settings } from "../../support/sep10World.ts"
import { muxed } from "../../support/signIn.ts"
import { tomlHosts } from "../../support/tomlHosts.ts"
import { signIn, tokenOf } from "../../support/wallet.ts"
import { fundedKeypair, startWorld, type World } from "../sandbox/world.ts"

/** Runs the test against an anchor that asks the sandbox's ledger. */
const withAnchor = <A>({ sandbox }: World, test: (as: ReturnType<typeof signer>) => Effect.Effect<A>) => {
  const settings = {
    ...sep10Settings,
    network: { id: "sandbox", passphrase: sandbox.passphrase, isPublic: false },
    horizonUrl: new URL(sandbox.url)
  }
  const config = Layer.succeed(KedgeConfig, settings)
  const ports = Layer.mergeAll(localSigner, horizon, memoryStorage, nodeEntropy, tomlHosts().layer).pipe(
    Layer.provideMerge(config)
  )
  return serve(routes.pipe(Layer.provide(Tokens.layer), Layer.provide(ports))).pipe(
    Effect.flatMap(({ base }) => test(signer(base, settings))),
    Effect.scoped,
    Effect.provide([nodeEntropy, Logger.layer([])]),
    Effect.runPromise
  )
}

const signer =
  (base: string, settings: Parameters<typeof signIn>[1]) =>
  (account: string, ...keys: ReadonlyArray<Keypair>) =>
    signIn(base, settings, { account }, ...keys)

const setOptions = async (
  { sandbox, server }: World,
  keypair: Keypair,
  ...changes: ReadonlyArray<Parameters<typeof Operation.setOptions>[0]>
) => {
  const sequence = (sandbox.ledger.account(keypair.publicKey())?.sequence ?? 0n) + 1n
  const operations = changes.map((change) => Operation.setOptions(change))
  await server.submitTransaction(
    transactionOf({ passphrase: sandbox.passphrase, sequence, operations, signers: [keypair] })
  )
}

it("an account on the ledger signs in by its master key, plain and muxed, and one that is not there as well (S10-VER-12, S10-VER-15, S10-VER-19)", async () => {
  const world = await startWorld()
  const [master, nobody] = [await fundedKeypair(world, 1n), Keypair.random()]

  await withAnchor(world, (as) =>
    Effect.gen(function* () {
      const accounts = [master.publicKey(), muxed(master.publicKey(), "77")]
      for (const account of accounts) {
        expect(decodeJwt(tokenOf(yield* as(account, master))).sub).toBe(account)
      }
      expect((yield* as(nobody.publicKey(), nobody)).status).toBe(200)
      expect((yield* as(nobody.publicKey(), nobody, master)).status).toBe(400)
    })
  )
})

it("an account handed over to two others signs in by both of them only, its old key counts for nothing (S10-VER-12, S10-VER-13, S10-VER-18)", async () => {
  const world = await startWorld()
  const master = await fundedKeypair(world, 1n)
  const [one, two] = [Keypair.random(), Keypair.random()]
  await setOptions(
    world,
    master,
    { signer: { ed25519PublicKey: one.publicKey(), weight: 1 } },
    { signer: { ed25519PublicKey: two.publicKey(), weight: 1 } },
    { signer: { sha256Hash: new Uint8Array(32).fill(3), weight: 10 } },
    { masterWeight: 0, lowThreshold: 1, medThreshold: 2, highThreshold: 2 }
  )

  await withAnchor(world, (as) =>
    Effect.gen(function* () {
      const account = master.publicKey()
      expect((yield* as(account, one, two)).status).toBe(200)
      expect((yield* as(muxed(account, "1"), two, one)).status).toBe(200)
      for (const keys of [[master], [one], [one, one], [master, one], [one, two, master]]) {
        expect((yield* as(account, ...keys)).status).toBe(400)
      }
    })
  )
})

it("an account with a medium threshold of 0 and a master key of 0 is not open to its master key (S10-VER-13)", async () => {
  const world = await startWorld()
  const master = await fundedKeypair(world, 1n)
  const friend = Keypair.random()
  await setOptions(
    world,
    master,
    { signer: { ed25519PublicKey: friend.publicKey(), weight: 1 } },
    { masterWeight: 0 }
  )

  await withAnchor(world, (as) =>
    Effect.gen(function* () {
      expect((yield* as(master.publicKey())).status).toBe(400)
      expect((yield* as(master.publicKey(), master)).status).toBe(400)
      expect((yield* as(master.publicKey(), friend)).status).toBe(200)
    })
  )
})

it("without an answer from the ledger nobody signs in, and nobody is refused (S10-VER-19)", async () => {
  const world = await startWorld()
  const master = await fundedKeypair(world, 1n)

  await withAnchor(world, (as) =>
    Effect.gen(function* () {
      yield* Effect.promise(() => world.sandbox.close())
      const answer = yield* as(master.publicKey(), master)
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"])
    })
  )
})

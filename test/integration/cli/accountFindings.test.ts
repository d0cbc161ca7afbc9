// What `kedge doctor` finds on a ledger with real accounts, and that the demo's receiving accounts pass.
import { Keypair } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { layerWith } from "../../../adapters/stellar-horizon/Horizon.ts"
import { accountFindings } from "../../../src/cli/accountFindings.ts"
import { furnish } from "../../../src/app/demo/furnish.ts"
import { requireMemo } from "../../../src/stellar/requireMemo.ts"
import { fundedKeypair, startWorld, type World } from "../sandbox/world.ts"

const find = ({ sandbox }: World, assets: Parameters<typeof accountFindings>[0]) =>
  Effect.runPromise(
    accountFindings(assets).pipe(
      Effect.provide(layerWith({ url: new URL(sandbox.url), passphrase: sandbox.passphrase }))
    )
  )
const levels = async (...asked: Parameters<typeof find>) => (await find(...asked)).map(({ level }) => level)

describe("the findings of kedge doctor", () => {
  it("say how an account comes to ask for a memo, and are content when it does (S31-MEMO-07)", async () => {
    const world = await startWorld()
    const [usdc] = world.sandbox.assets
    if (usdc === undefined) throw new Error("the sandbox issues nothing")
    const keypair = await fundedKeypair(world, 1n)
    const received = [{ ...usdc, account: keypair.publicKey() }]
    const before = await find(world, received)

    expect(before).toEqual([
      { level: "ok", text: `${keypair.publicKey()} can hold USDC` },
      {
        level: "advice",
        text: expect.stringMatching(/Manage Data .* name config\.memo_required, value 1$/) as string
      }
    ])
    const { ledger, passphrase } = world.sandbox
    const order = {
      seed: keypair.secret(),
      sequence: String(ledger.account(keypair.publicKey())?.sequence),
      passphrase,
      maxTime: ledger.tip.closedAt + 300
    }
    const submission = ledger.submit(requireMemo(order))
    if ("settled" in submission) await submission.settled
    expect(await levels(world, received)).toEqual(["ok", "ok"])
  })

  it("say what an account lacks before it can receive", async () => {
    const world = await startWorld()
    const [usdc, eurc] = world.sandbox.assets
    if (usdc === undefined || eurc === undefined) throw new Error("the sandbox issues too little")
    const account = (await fundedKeypair(world, 1n)).publicKey()
    const nobody = Keypair.random().publicKey()
    const found = await find(world, [
      { ...usdc, account },
      { ...eurc, account },
      { ...usdc, account: nobody }
    ])

    expect(found.map(({ level }) => level)).toEqual(["ok", "wrong", "advice", "wrong"])
    expect(found[1]?.text).toBe(`${account} has no trust line for ${eurc.code} of ${eurc.issuer}: open one`)
    expect(found[3]?.text).toMatch(new RegExp(`^${nobody} is not on the ledger`))
  })

  it("have nothing against what the demo furnishes, once or twice (S31-MEMO-07)", async () => {
    const world = await startWorld()
    const seeds = Object.fromEntries(
      world.sandbox.assets.map(({ code }) => [code, Keypair.random().secret()])
    )
    const keys = {
      signingSeed: "",
      jwtSecret: "",
      dataKey: "",
      receivingSeeds: seeds,
      senderSeed: Keypair.random().secret()
    }
    for (const _ of [1, 2]) await Effect.runPromise(furnish(world.sandbox, keys))
    const received = world.sandbox.assets.map((asset) => ({
      ...asset,
      account: Keypair.fromSecret(seeds[asset.code] ?? "").publicKey()
    }))

    expect(new Set(await levels(world, received))).toEqual(new Set(["ok"]))
  })
})

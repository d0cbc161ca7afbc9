// The settings are changed and the process started anew while a payment is under way: what was agreed at POST stands.
import { Effect } from "effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { layerOver } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { usdc } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

/** Announced under the usual settings, and paid to a process that was started with others. */
const announcedThenPaid = async (later: Partial<Settings>) => {
  const storage = layerOver(emptyTables())
  const before = await startSep31({ storage })
  await before.run(registerBoth)
  const { body } = await before.ask("POST", "/sep31/transactions", { body: goodPost })
  const { id } = body as { readonly id: TransactionId }
  await before.stop()

  const after = await startSep31({ storage, settings: later })
  onTestFinished(() => after.stop())
  const row = () =>
    after.run(
      Effect.flatMap(Storage, (stored) => stored.transactions([id])).pipe(
        Effect.map(([found]) => {
          if (found === undefined) throw new Error(`no transaction ${id}`)
          return found
        })
      )
    )
  await after.run(pay(await row(), "100"))
  await waitFor(`${id} to be completed`, async () => (await row()).state === "completed")
  const shown = await after.ask("GET", `/sep31/transactions/${id}`)
  return { paid: after.paid, shown }
}

const changes: ReadonlyArray<readonly [string, Partial<Settings>]> = [
  ["a higher fee", { assets: [{ ...usdc, fee: { fixed: amount("7"), percent: amount("5") } }] }],
  ["limits that it breaks", { assets: [{ ...usdc, minimum: amount("500"), maximum: amount("600") }] }],
  [
    "another way with overpayments",
    { assets: [{ ...usdc, mismatch: { over: "refundAll", under: "refundAll" } }] }
  ]
]

describe("a payment that was announced before the settings had", () => {
  it.each(changes)("%s is delivered as it was announced (R20)", async (_, later) => {
    const { paid, shown } = await announcedThenPaid(later)

    expect(paid.map((each) => [each.amount, each.fee])).toEqual([["98", "2"]])
    expect(shown).toMatchObject({
      status: 200,
      body: { transaction: { status: "completed", amount_in: "100", amount_out: "98", amount_fee: "2" } }
    })
  })
})

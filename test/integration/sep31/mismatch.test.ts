// The table of S31-AMT-10, cell by cell: what becomes of a payment of another amount than announced, under every policy.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { MismatchPolicy } from "../../../machines/transaction/context.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { usdc } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { waitFor } from "../../support/waitFor.ts"

interface Cell {
  readonly policy: MismatchPolicy | undefined
  readonly paid: string
  /** Of 100 announced, with a fee of 1 and 1 %. */
  readonly payout: { readonly amount: string; readonly fee: string } | null
  readonly shown: Readonly<Record<string, unknown>>
  readonly state: string
}

const delivered = (amount: string, fee: string, amountIn: string): Omit<Cell, "policy" | "paid"> => ({
  payout: { amount, fee },
  shown: { status: "completed", amount_in: amountIn, amount_out: amount, amount_fee: fee },
  state: "completed"
})
const partly: Omit<Cell, "policy" | "paid"> = {
  payout: { amount: "98", fee: "2" },
  shown: { status: "pending_receiver", amount_in: "100", amount_out: "98", amount_fee: "2" },
  state: "pending_receiver.partRefundOwed"
}
const returned = (paid: string): Omit<Cell, "policy" | "paid"> => ({
  payout: null,
  shown: { status: "pending_receiver", amount_in: paid, refunded: false },
  state: "pending_receiver.refundOwed"
})
const untouched: Omit<Cell, "policy" | "paid"> = {
  payout: null,
  shown: { status: "pending_sender", amount_in: "100", amount_out: "98" },
  state: "pending_sender.awaitingPayment"
}

const over = (policy: MismatchPolicy["over"]): MismatchPolicy => ({ over: policy, under: "deliver" })
const under = (policy: MismatchPolicy["under"]): MismatchPolicy => ({ over: "deliver", under: policy })

const table: ReadonlyArray<readonly [string, Cell]> = [
  ["exact, no policy: delivered", { policy: undefined, paid: "100", ...delivered("98", "2", "100") }],
  [
    "exact, the strictest policy: delivered",
    { policy: { over: "refundAll", under: "refundAll" }, paid: "100", ...delivered("98", "2", "100") }
  ],
  [
    "over, no policy: what was announced is delivered, the rest owed back (I15)",
    { policy: undefined, paid: "120", ...partly }
  ],
  [
    "over, deliver: all delivered",
    { policy: over("deliver"), paid: "120", ...delivered("117.8", "2.2", "120") }
  ],
  [
    "over, refundExcess: what was announced is delivered, the rest owed back (I15)",
    { policy: over("refundExcess"), paid: "120", ...partly }
  ],
  ["over, refundAll: all owed back", { policy: over("refundAll"), paid: "120", ...returned("120") }],
  ["under, no policy: delivered (I14)", { policy: undefined, paid: "50", ...delivered("48.5", "1.5", "50") }],
  ["under, deliver: delivered", { policy: under("deliver"), paid: "50", ...delivered("48.5", "1.5", "50") }],
  ["under, refundAll: all owed back (I14)", { policy: under("refundAll"), paid: "50", ...returned("50") }],
  [
    "over the maximum, deliver: parked (I15)",
    { policy: over("deliver"), paid: "10000.0000001", ...untouched }
  ],
  ["over the maximum, refundAll: parked", { policy: over("refundAll"), paid: "10000.0000001", ...untouched }],
  ["under the minimum, deliver: parked (I14)", { policy: under("deliver"), paid: "0.9999999", ...untouched }],
  ["under the minimum, refundAll: parked", { policy: under("refundAll"), paid: "0.9999999", ...untouched }],
  ["no more than its fee, deliver: parked (I32)", { policy: under("deliver"), paid: "1.01", ...untouched }]
]

const policies = new Map(table.map(([, { policy }]) => [JSON.stringify(policy), policy]))
const worlds = new Map<string | undefined, Sep31World>()
beforeAll(async () => {
  for (const [key, policy] of policies) {
    const asset = { ...usdc, ...(policy === undefined ? {} : { mismatch: policy }) }
    const world = await startSep31({ settings: { assets: [asset] } })
    await world.run(registerBoth)
    worlds.set(key, world)
  }
})
afterAll(async () => {
  for (const world of worlds.values()) await world.stop()
})

const worldOf = (policy: MismatchPolicy | undefined): Sep31World => {
  const world = worlds.get(JSON.stringify(policy))
  if (world === undefined) throw new Error("no world has this policy")
  return world
}
const announced = async (world: Sep31World, amount = "100") => {
  const { body } = await world.ask("POST", "/sep31/transactions", { body: { ...goodPost, amount } })
  const { id } = body as { readonly id: TransactionId }
  const row = async () => {
    const [found] = await world.run(Effect.flatMap(Storage, (storage) => storage.transactions([id])))
    if (found === undefined) throw new Error(`no transaction ${id}`)
    return found
  }
  const get = async () =>
    ((await world.ask("GET", `/sep31/transactions/${id}`)).body as { readonly transaction: unknown })
      .transaction
  return { id, row, get }
}

describe("a payment of another amount than announced", () => {
  it.each(table)("%s (S31-AMT-10, S31-AMT-09)", async (_, { paid, payout, policy, shown, state }) => {
    const world = worldOf(policy)
    const { get, id, row } = await announced(world)
    await world.run(pay(await row(), paid))
    await waitFor(`${id} to be ${state}`, async () => (await row()).state === state)

    const payouts = world.paid.filter((each) => each.transactionId === id)
    expect(payouts.map(({ amount, fee }) => ({ amount, fee }))).toEqual(payout === null ? [] : [payout])
    expect(await get()).toMatchObject(shown)
    const { payments } = await world.run(Effect.flatMap(Storage, (storage) => storage.history(id)))
    expect(payments.map((each) => each.state)).toEqual([
      state === "pending_sender.awaitingPayment" ? "parked" : "applied"
    ])
  })
})

describe("a payment of more than the checks were asked about", () => {
  it("9000 where 2.5 was announced, under everybody's limit: 2.5 is delivered and the rest owed back (S31-AMT-10, S31-KYC-05)", async () => {
    const world = worldOf(undefined)
    const asked: Array<string> = []
    world.script.tierFor = ({ amount }) => {
      asked.push(amount)
      return Number(amount) >= 1000 ? "large" : null
    }
    world.script.hooks = {
      validateTransaction: ({ amount }) =>
        Effect.succeed(
          Number(amount) > 50 ? { _tag: "Refused", error: "no more than 50" } : { _tag: "Accepted" }
        )
    }
    const { get, id, row } = await announced(world, "2.5")
    await world.run(pay(await row(), "9000"))
    await waitFor(`${id} to leave pending_sender`, async () => (await row()).status !== "pending_sender")
    await waitFor(`${id} to be settled`, async () => (await row()).state !== "pending_receiver.payingOut")

    expect(new Set(asked)).toEqual(new Set(["2.5"]))
    expect(world.paid.flatMap(({ amount, transactionId }) => (transactionId === id ? [amount] : []))).toEqual(
      ["1.475"]
    )
    expect((await row()).state).toBe("pending_receiver.partRefundOwed")
    expect(await get()).toMatchObject({ amount_in: "2.5", amount_out: "1.475" })
  })
})

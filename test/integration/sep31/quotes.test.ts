// Conversions over a real listener: firm quotes redeemed by POST, prices of receipt, and what the Sending Anchor is shown of them.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import type { QuoteId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { AssetConfig, QuoteSettings } from "../../../src/KedgeConfig.ts"
import type { ProposedTransaction } from "../../../src/ports/BusinessHooks.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { type FirmQuote, Quotes } from "../../../src/sep38/Quotes.ts"
import { like } from "../../support/matchers.ts"
import { issuer, otherAnchor, sendingAnchor, usdc } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { payment } from "../../support/runtimeWorld.ts"
import { waitFor } from "../../support/waitFor.ts"

const usdcId = `stellar:USDC:${issuer}`
const brl = "iso4217:BRL"
const quotes: QuoteSettings = {
  offChain: [
    {
      asset: brl,
      decimals: 2,
      countryCodes: [],
      buyDeliveryMethods: [
        { name: "SEPA", description: "SEPA" },
        { name: "SWIFT", description: "SWIFT" }
      ],
      sellDeliveryMethods: [],
      capacity: null
    }
  ],
  pairs: [
    {
      sell: usdcId,
      buy: brl,
      rate: "5",
      spread: zero,
      fee: { fixed: amount("2"), percent: amount("1") },
      feeIn: "sell"
    }
  ],
  openMax: 1000,
  clients: "sending-anchors"
}
const start = async (asset: Partial<AssetConfig> = {}, offered: QuoteSettings = quotes) => {
  const world = await startSep31({
    settings: { quotes: offered, assets: [{ ...usdc, fields: {}, quotes: "supported", ...asset }] }
  })
  await world.run(registerBoth)
  return world
}

let world: Sep31World
beforeAll(async () => {
  world = await start()
})
afterAll(() => world.stop())
beforeEach(() => {
  world.script.hooks = {}
})

const quoteFor = (sellAmount: string, owner: string = sendingAnchor): Promise<FirmQuote> =>
  world.run(
    Effect.flatMap(Quotes, (service) =>
      service.create(owner, {
        sellAsset: usdcId,
        buyAsset: brl,
        given: "sell",
        amount: amount(sellAmount),
        sellDeliveryMethod: null,
        buyDeliveryMethod: "SEPA",
        countryCode: null,
        expireAfterMillis: null
      })
    )
  )
const { fields: _, ...plainPost } = goodPost
const post = (change: Readonly<Record<string, unknown>> = {}) =>
  world.ask("POST", "/sep31/transactions", { body: { ...plainPost, ...change } })
const created = async (change: Readonly<Record<string, unknown>> = {}) => {
  const { body, status } = await post(change)
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return (body as { readonly id: TransactionId }).id
}
const get = async (id: string) =>
  (
    (await world.ask("GET", `/sep31/transactions/${id}`)).body as {
      readonly transaction: Readonly<Record<string, unknown>>
    }
  ).transaction
const rowOf = async (id: TransactionId) => {
  const [row] = await world.run(Effect.flatMap(Storage, (storage) => storage.transactions([id])))
  if (row === undefined) throw new Error(`no transaction ${id}`)
  return row
}
const until = (id: TransactionId, state: string) =>
  waitFor(`${id} to be ${state}`, async () => (await rowOf(id)).state === state)
const stored = () =>
  world.run(
    Effect.map(
      Effect.flatMap(Storage, (storage) => storage.list({ limit: 10_000 })),
      (rows) => rows.length
    )
  )

describe("a firm quote", () => {
  it("makes the transaction's amounts, fee and life its own (S31-AMT-03, S31-ST-10, S31-GET-04)", async () => {
    const quote = await quoteFor("100")
    const id = await created({ quote_id: quote.id })
    const row = await rowOf(id)

    expect(row.terms.expiresAtMillis).toBe(quote.expiresAtMillis)
    expect(row.quoteId).toBe(quote.id)
    expect(await get(id)).toMatchObject({
      quote_id: quote.id,
      amount_in: "100",
      amount_in_asset: usdcId,
      amount_out: "485",
      amount_out_asset: brl,
      amount_fee: "3",
      amount_fee_asset: usdcId,
      fee_details: { total: "3", asset: usdcId }
    })
  })

  it("is paid out as it promised, whatever the rate has become (S31-AMT-03, S31-POST-20)", async () => {
    const id = await created({ amount: 50, quote_id: (await quoteFor("50")).id })
    await world.run(pay(await rowOf(id), "50"))
    await until(id, "completed")

    expect(world.paid.find((payout) => payout.transactionId === id)).toMatchObject({
      amount: "237.5",
      destinationAsset: brl,
      fee: "2.5",
      amountIn: "50",
      fundingMethod: "SEPA"
    })
    expect(await get(id)).toMatchObject({ status: "completed", amount_in: "50", amount_out: "237.5" })
  })

  it("is redeemed once, also by two at the same time (S31-POST-21, S31-POST-19, A2)", async () => {
    const { id: quote_id } = await quoteFor("100")
    const before = await stored()
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ quote_id })))
    const refused = answers.filter(({ status }) => status === 400)

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(refused).toHaveLength(7)
    expect(await stored()).toBe(before + 1)
    const unknown = await post({ quote_id: "0190a000-0000-7000-8000-00000000ffff" })
    for (const each of refused) expect(each.body).toEqual(unknown.body)
  })

  it("of another's, one that is unknown and one that is no id are refused alike (S31-POST-19)", async () => {
    const foreign = await quoteFor("100", otherAnchor)
    const answers = await Promise.all(
      [foreign.id, "0190a000-0000-7000-8000-00000000ffff", "q", "' or 1=1 --"].map((quote_id) =>
        post({ quote_id })
      )
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })

  it("that is over is refused at POST (S31-POST-19, H-31)", async () => {
    const quote = await quoteFor("100")
    const id = "0190a000-0000-7000-8000-0000000000d9" as QuoteId
    await world.run(
      Effect.flatMap(Storage, (storage) =>
        storage.createQuote({ ...quote, id, expiresAtMillis: 1 }, { openMax: 1000, capacity: null })
      )
    )

    expect(await post({ quote_id: id })).toMatchObject({
      status: 400,
      body: { error: like(/quote not usable/) }
    })
  })

  it("survives a refusal: nothing of it is used (S31-POST-23)", async () => {
    const { id: quote_id } = await quoteFor("100")
    expect((await post({ quote_id, refund_memo: "7" })).status).toBe(400)
    world.script.hooks = { validateTransaction: () => Effect.succeed({ _tag: "Refused", error: "no" }) }
    expect((await post({ quote_id })).status).toBe(400)
    world.script.hooks = {}

    expect((await post({ quote_id })).status).toBe(201)
  })

  it.each([
    ["more", "100.0000001"],
    ["less", "99.9999999"]
  ])(
    "that is paid with %s is returned in full, whatever the asset's policy (S31-AMT-10)",
    async (_, paid) => {
      const id = await created({ quote_id: (await quoteFor("100")).id })
      await world.run(pay(await rowOf(id), paid))
      await until(id, "pending_receiver.refundOwed")

      expect(world.paid.filter((payout) => payout.transactionId === id)).toEqual([])
      const shown = await get(id)
      expect(shown).toMatchObject({
        status: "pending_receiver",
        amount_in: paid,
        status_message: `${paid} was paid in place of 100; it will be returned`
      })
      expect(shown).not.toHaveProperty("amount_out")
    }
  )

  it("paid in a ledger that closed at its end is late, however early it is seen (S31-ST-11, S31-ST-10)", async () => {
    const quote = await quoteFor("100")
    const id = await created({ quote_id: quote.id })
    const row = await rowOf(id)
    const bring = (closedAtMillis: number) =>
      world.run(
        Effect.gen(function* () {
          const actors = yield* Actors
          const { account, asset, memo } = row
          const late = payment(0, "100", {
            account,
            asset,
            memo: memo.value,
            memoType: memo.type,
            closedAtMillis
          })
          yield* actors.bring({ cursor: null, arrivals: [{ payments: [late], to: row }] })
        })
      )
    await bring(quote.expiresAtMillis)
    expect((await rowOf(id)).state).toBe("pending_sender.awaitingPayment")

    await bring(quote.expiresAtMillis - 1)
    expect((await rowOf(id)).stellarTransactionId).not.toBeNull()
  })
})

describe("the institution's own check", () => {
  it("is told what is delivered, and by which quote (S31-POST-19, S31-AMT-08)", async () => {
    const told: Array<ProposedTransaction["conversion"]> = []
    world.script.hooks = {
      validateTransaction: ({ conversion }) => {
        told.push(conversion)
        return Effect.succeed({ _tag: "Accepted" })
      }
    }
    const quote = await quoteFor("100")
    await created({ quote_id: quote.id })
    await created({ destination_asset: brl })
    await created({ destination_asset: usdcId })

    expect(told).toEqual([{ to: brl, quoteId: quote.id }, { to: brl, quoteId: null }, null])
  })
})

describe("a destination_asset without a quote", () => {
  it("is delivered at the price of receipt, which nobody is shown before (S31-AMT-08, S31-GET-03, H-38)", async () => {
    const id = await created({ destination_asset: brl })
    const before = await get(id)

    expect(before).toMatchObject({
      amount_in: "100",
      amount_in_asset: usdcId,
      amount_out_asset: brl,
      amount_fee_asset: usdcId
    })
    for (const member of ["amount_out", "amount_fee", "fee_details", "quote_id"]) {
      expect(before).not.toHaveProperty(member)
    }

    const row = await rowOf(id)
    await world.run(
      Effect.gen(function* () {
        const actors = yield* Actors
        const service = yield* Quotes
        const price = yield* service.priceNow({
          sellAsset: usdcId,
          buyAsset: brl,
          sellAmount: amount("100"),
          deliveryMethod: "SEPA"
        })
        const { account, asset, memo } = row
        const one = payment(0, "100", { account, asset, memo: memo.value, memoType: memo.type })
        yield* actors.bring({ cursor: null, arrivals: [{ payments: [one], to: row, price }] })
      })
    )
    await until(id, "completed")
    expect(await get(id)).toMatchObject({
      amount_in: "100",
      amount_out: "485",
      amount_fee: "3",
      fee_details: { total: "3", asset: usdcId }
    })
    expect(world.paid.find((payout) => payout.transactionId === id)).toMatchObject({
      amount: "485",
      destinationAsset: brl
    })
  })

  it("whose payment finds no price waits, and is neither parked nor paid out (S31-AMT-08, H-32)", async () => {
    const id = await created({ destination_asset: brl })
    await world.run(pay(await rowOf(id), "100"))
    const { payments } = await world.run(Effect.flatMap(Storage, (storage) => storage.history(id)))

    expect(payments.map(({ state }) => state)).toEqual(["waiting"])
    expect((await rowOf(id)).state).toBe("pending_sender.awaitingPayment")
  })

  it("does not make amount mean the currency delivered, as before 1.3 (S31-DUAL-09, S31-AMT-06)", async () => {
    const row = await rowOf(await created({ amount: "10", destination_asset: brl }))

    expect(row.terms.expected).toBe("10")
    expect(await get(row.id)).toMatchObject({ amount_in: "10", amount_in_asset: usdcId })
  })

  it("is refused where it is not exchanged (S31-POST-15)", async () => {
    expect(await post({ destination_asset: "iso4217:EUR" })).toMatchObject({
      status: 400,
      body: { error: like(/destination_asset/) }
    })
  })

  it("that is the asset itself is no conversion (S31-POST-15, S31-POST-16)", async () => {
    expect(await get(await created({ destination_asset: usdcId }))).toMatchObject({
      amount_out: "98",
      amount_out_asset: usdcId
    })
  })
})

describe("a fee in the asset delivered", () => {
  it("is shown in that asset, before its amount is known too (S31-AMT-08, H-17)", async () => {
    const shared = world
    const pairs = quotes.pairs.map((pair) => ({ ...pair, feeIn: "buy" as const }))
    world = await start({}, { ...quotes, pairs })
    const firm = await get(await created({ quote_id: (await quoteFor("100")).id }))
    const open = await get(await created({ destination_asset: brl }))
    await world.stop()
    world = shared

    expect(firm).toMatchObject({
      amount_in: "100",
      amount_out: "493",
      amount_fee: "7",
      amount_fee_asset: brl
    })
    expect(open).toMatchObject({ amount_fee_asset: brl })
  })
})

describe("a transaction without a quote", () => {
  it("waits for its payment as long as its asset says, or the settings for all (S31-ST-10)", async () => {
    const shared = world
    const lifeOf = async () => {
      const row = await rowOf(await created())
      return (row.terms.expiresAtMillis - row.createdAtMillis) / 1000
    }
    const usual = await lifeOf()
    world = await start({ lifetime: 3600 })
    const own = await lifeOf()
    await world.stop()
    world = shared

    expect(Math.round(usual)).toBe(86_400)
    expect(Math.round(own)).toBe(3600)
  })
})

describe("an asset that needs quotes", () => {
  it("is received with a quote only, and says so in /info (S31-POST-17, S31-INFO-06)", async () => {
    const shared = world
    world = await start({ quotes: "required" })
    const [without, indicative, firm, info] = [
      await post(),
      await post({ destination_asset: brl }),
      await post({ quote_id: (await quoteFor("100")).id }),
      await world.ask("GET", "/sep31/info", { as: null })
    ]
    await world.stop()
    world = shared

    expect([without.status, indicative.status, firm.status]).toEqual([400, 400, 201])
    expect(without.body).toEqual({ error: like(/quote_id is missing/) })
    expect(info.body).toMatchObject({ receive: { USDC: { quotes_supported: true, quotes_required: true } } })
  })
})

// Quotes as SEP-31 uses them: which may be redeemed, what is converted, and what an amount comes to now.
import { Effect } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import { Quotes } from "../../../src/sep38/Quotes.ts"
import { containing } from "../../support/matchers.ts"
import { otherAnchor, sendingAnchor } from "../../support/sep31.ts"
import {
  type Answer,
  brl,
  goodQuote,
  sellAsset,
  type Sep38World,
  sep38Settings,
  startSep38
} from "../../support/sep38World.ts"

let world: Sep38World
beforeAll(async () => {
  world = await startSep38()
})
afterAll(() => world.stop())
beforeEach(() => {
  // Every quote of the tests before has expired: none of them fills anybody's share.
  world.pass(86_400)
  world.script.rate = null
  world.script.agreed = [sendingAnchor, otherAnchor]
  world.asked.length = 0
})

const post = (change: Readonly<Record<string, unknown>> = {}, as?: string | null) =>
  world.ask("POST", "/quote", { body: { ...goodQuote, ...change }, ...(as === undefined ? {} : { as }) })
const idOf = ({ body }: Answer) => (body as { readonly id: string }).id

describe("Quotes for the other rooms", () => {
  const usable = (owner: string, id: string) =>
    world.run(Effect.flatMap(Quotes, (quotes) => Effect.result(quotes.usable(owner, id))))

  it("a quote is usable for its owner while it is open (S31-POST-19)", async () => {
    const id = idOf(await post())

    expect(await usable(sendingAnchor, id)).toMatchObject({
      _tag: "Success",
      success: { id, context: "sep31", sellAmount: "100", buyDeliveryMethod: "PIX", transactionId: null }
    })
  })

  it("unknown, another's and expired are one refusal, sentence and all (S31-POST-19, S38-G-03)", async () => {
    const id = idOf(await post())
    const answers = [
      await usable(sendingAnchor, "18e413284"),
      await usable(sendingAnchor, "0190a000-0000-7000-8000-00000000ffff"),
      await usable(otherAnchor, id)
    ]
    world.pass(sep38Settings.timing.quoteLifetime)
    answers.push(await usable(sendingAnchor, id))

    for (const answer of answers) {
      expect(answer).toMatchObject({
        _tag: "Failure",
        failure: { _tag: "BadRequest", error: containing("quote not usable") }
      })
      expect(answer).toEqual(answers[0])
    }
  })

  it("a conversion is supported in the direction it is configured in (S31-POST-15)", async () => {
    const { supports } = await world.run(Effect.map(Quotes, (quotes) => quotes))

    expect(supports(sellAsset, brl.asset)).toBe(true)
    expect(supports(brl.asset, sellAsset)).toBe(false)
    expect(supports(sellAsset, "iso4217:EUR")).toBe(false)
  })

  it("what was received is priced at the moment, fee off, whatever the limits (H-32, S31-AMT-08)", async () => {
    const priceNow = (sold: string, buyAsset: string = brl.asset) =>
      world.run(
        Effect.flatMap(Quotes, (quotes) =>
          Effect.result(
            quotes.priceNow({
              sellAsset,
              buyAsset,
              sellAmount: amount(sold),
              deliveryMethod: "TED"
            })
          )
        )
      )

    expect(await priceNow("100")).toMatchObject({
      _tag: "Success",
      success: {
        buyAmount: "450",
        fee: { total: "10", asset: sellAsset },
        price: "0.2",
        totalPrice: "0.22222222222222222222"
      }
    })
    expect(world.asked.at(-1)).toMatchObject({ kind: "indicative", client: null, buyDeliveryMethod: "TED" })
    // the fee of 10 leaves nothing
    expect(await priceNow("10")).toMatchObject({
      _tag: "Failure",
      failure: { _tag: "Unpriceable", why: "under" }
    })
    expect(await priceNow("100", "iso4217:EUR")).toMatchObject({
      _tag: "Failure",
      failure: { _tag: "Unpriceable", why: "no-price" }
    })
  })
})

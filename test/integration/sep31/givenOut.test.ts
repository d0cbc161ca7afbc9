// What POST gives out: the address, the memo and the id. Chance is a port, and here it counts, so that one sees that
// memo and id are drawn from it and from nothing else; that it cannot be guessed is tested with the real source.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Entropy } from "../../../src/ports/Entropy.ts"
import { receivingAccount } from "../../support/sep31.ts"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

interface Created {
  readonly id: string
  readonly stellar_account_id: string
  readonly stellar_memo_type: string
  readonly stellar_memo: string
}

describe("sep31 what POST gives out", () => {
  let world: Sep31World
  beforeAll(async () => {
    world = await startSep31()
    await world.run(registerBoth)
  })
  afterAll(() => world.stop())

  const create = async () =>
    (await world.ask("POST", "/sep31/transactions", { body: goodPost })).body as Created
  /** Where the count stands; asking moves it on. */
  const count = () =>
    world.runtime.runPromise(
      Effect.map(
        Effect.flatMap(Entropy, ({ uint64 }) => uint64),
        BigInt
      )
    )
  const countOfId = (id: string) => BigInt(`0x${id.slice(-12)}`)

  it("the memo is a number as text, drawn by chance for this transaction (S31-MEMO-01, S31-MEMO-03, SEC-30)", async () => {
    const before = await count()
    const { stellar_memo: memo, stellar_memo_type: type } = await create()
    const after = await count()

    expect([type, typeof memo]).toEqual(["id", "string"])
    expect(BigInt(memo) > before && BigInt(memo) < after).toBe(true)
  })

  it("the id is a UUID drawn by chance, and another draw than the memo (S31-RESP-07, A17, I31)", async () => {
    const before = await count()
    const { id, stellar_memo: memo } = await create()
    const after = await count()

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(countOfId(id) > before && countOfId(id) < after).toBe(true)
    expect(countOfId(id)).not.toBe(BigInt(memo))
  })

  it("the address to pay is the G account configured for the asset (S31-RESP-05)", async () => {
    expect((await create()).stellar_account_id).toBe(receivingAccount)
  })
})

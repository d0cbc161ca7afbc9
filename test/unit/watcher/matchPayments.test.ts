import { describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import {
  addressesOf,
  groupCredits,
  groupWaiting,
  matchGroups,
  meantFor,
  matchPayments
} from "../../../src/watcher/matchPayments.ts"
import { actor, credit, usdcId } from "../../support/credits.ts"
import { issuer, payer, us, usMuxed } from "../../support/horizonRecords.ts"

type CreditMemo = Credit["memo"]
const hash = Buffer.alloc(32, 7).toString("base64")
const id = (value: string): CreditMemo => ({ type: "id", value })
const none: CreditMemo = { type: "none", value: null }

const owners = [
  actor(1, { type: "id", value: "123" }),
  actor(2, { type: "text", value: "124" }),
  actor(3, { type: "hash", value: hash })
]

/** The id of the transaction a lone credit finds, or why it is parked. */
const fateOf = (one: Credit): string => {
  const [arrival] = matchPayments("testnet", [one], owners)
  if (arrival === undefined) return "lost"
  return "parked" in arrival.to ? arrival.to.parked : arrival.to.id.slice(-1)
}

describe("matchPayments: the memo decides, type and value", () => {
  it.each<[string, CreditMemo, string]>([
    ["an id memo finds its transaction", id("123"), "1"],
    ["a text memo finds its transaction", { type: "text", value: "124" }, "2"],
    ["a hash memo finds its transaction", { type: "hash", value: hash }, "3"],
    ["text 123 is not id 123", { type: "text", value: "123" }, "unknown-memo"],
    ["id 124 is not text 124", id("124"), "unknown-memo"],
    ["text of a hash is not the hash", { type: "text", value: hash }, "unknown-memo"],
    ["a memo of no transaction", id("999"), "unknown-memo"],
    ["a memo that differs in one space", { type: "text", value: "124 " }, "unknown-memo"],
    ["no memo", none, "no-memo"]
  ])("%s (S31-MEMO-04, S31-MEMO-08, I22)", (_, memo, fate) => {
    expect(fateOf(credit(1, memo))).toBe(fate)
  })

  it("a return memo never matches, though its bytes are those of a hash memo (S31-MEMO-05)", () => {
    expect(fateOf(credit(1, { type: "return", value: hash }, { odd: "return-memo" }))).toBe("return-memo")
  })

  it("the memo of one account means nothing at another (S31-PAY-01, I36)", () => {
    expect(fateOf(credit(1, id("123"), { account: payer }))).toBe("unknown-memo")
  })

  it("whoever pays is the payer (S31-PAY-02, S31-AUTH-09)", () => {
    const [arrival] = matchPayments("testnet", [credit(1, id("123"), { from: issuer })], owners)
    expect(arrival?.payments[0].from).toBe(issuer)
    expect(arrival?.to).toBe(owners[0])
  })
})

describe("matchPayments: what cannot be matched is parked with its reason", () => {
  it.each<[string, Partial<Credit>, string]>([
    ["the same code of another issuer", { asset: { code: "USDC", issuer: payer } }, "wrong-asset"],
    ["another code of the same issuer", { asset: { code: "EURC", issuer } }, "wrong-asset"],
    ["lumens", { asset: { code: "native", issuer: null } }, "wrong-asset"],
    ["a merge, memo or not", { odd: "merge", amount: null }, "merge"],
    ["a created account, memo or not", { odd: "created-account" }, "created-account"]
  ])("%s (S31-PAY-05, I12, I26)", (_, over, fate) => {
    expect(fateOf(credit(1, id("123"), over))).toBe(fate)
  })

  it("a muxed id without a memo is parked; with a memo the memo decides (S31-MEMO-06, I24)", () => {
    const muxed = { muxedAccount: usMuxed }
    expect(fateOf(credit(1, none, { ...muxed, odd: "muxed-without-memo" }))).toBe("muxed-without-memo")
    expect(fateOf(credit(1, id("123"), muxed))).toBe("1")
  })

  it("amounts are not judged here: dust and riches find their transaction (I32, S31-PAY-01)", () => {
    expect(fateOf(credit(1, id("123"), { amount: amount("0.0000001") }))).toBe("1")
    expect(fateOf(credit(1, id("123"), { amount: amount("922337203685.4775807") }))).toBe("1")
  })
})

describe("matchPayments: several credits of one Stellar transaction", () => {
  const together = { stellarTransactionId: "ab".repeat(32) }

  it("to one memo in one asset are one arrival, summed on its leader (S31-PAY-07, I19)", () => {
    const credits = [
      credit(11, id("123"), { ...together, amount: amount("0.1") }),
      credit(12, id("123"), { ...together, amount: amount("0.2") }),
      credit(12, id("123"), { ...together, index: 1, amount: amount("99.7") })
    ]

    const arrivals = matchPayments("testnet", credits, owners)

    expect(arrivals).toHaveLength(1)
    expect(arrivals[0]?.to).toBe(owners[0])
    expect(arrivals[0]?.payments.map((row) => [row.id, row.leader, row.received, row.amount])).toEqual([
      ["testnet:11:0", "testnet:11:0", "100", "0.1"],
      ["testnet:12:0", "testnet:11:0", "0", "0.2"],
      ["testnet:12:1", "testnet:11:0", "0", "99.7"]
    ])
  })

  it("to two memos are two arrivals", () => {
    const credits = [
      credit(11, id("123"), together),
      credit(12, { type: "text", value: "124" }, together),
      credit(13, id("123"), together)
    ]

    const arrivals = matchPayments("testnet", credits, owners)

    expect(arrivals.map(({ payments }) => payments.map(({ operationId }) => operationId))).toEqual([
      ["11", "13"],
      ["12"]
    ])
    expect(arrivals.map(({ to }) => to)).toEqual([owners[0], owners[1]])
  })

  it("in two assets are two arrivals: the right one matches, the other is parked", () => {
    const credits = [
      credit(11, id("123"), together),
      credit(12, id("123"), { ...together, asset: { code: "USDC", issuer: payer } })
    ]

    const arrivals = matchPayments("testnet", credits, owners)

    expect(arrivals.map(({ to }) => ("parked" in to ? to.parked : to.id))).toEqual([
      owners[0]?.id,
      "wrong-asset"
    ])
  })

  it("a merge is not summed with a payment of the same transaction and memo", () => {
    const native = { asset: { code: "native", issuer: null }, ...together }
    const arrivals = matchPayments(
      "testnet",
      [credit(11, id("5"), native), credit(12, id("5"), { ...native, odd: "merge", amount: null })],
      [actor(5, { type: "id", value: "5" }, { asset: "stellar:native" })]
    )

    expect(arrivals.map(({ to }) => ("parked" in to ? to.parked : "matched"))).toEqual(["matched", "merge"])
    expect(arrivals[1]?.payments[0].received).toBe("0")
  })

  it("the same memo in two Stellar transactions is two arrivals, in ledger order (S31-PAY-07, I16)", () => {
    const arrivals = matchPayments("testnet", [credit(1, id("123")), credit(2, id("123"))], owners)

    expect(arrivals.map(({ payments }) => payments[0].operationId)).toEqual(["1", "2"])
    expect(arrivals.every(({ to }) => to === owners[0])).toBe(true)
  })

  it("amounts beyond what a double holds are summed to the stroop (I35)", () => {
    const [group] = groupCredits("testnet", [
      credit(1, id("1"), { ...together, amount: amount("922337203684.0000001") }),
      credit(2, id("1"), { ...together, amount: amount("0.0000002") })
    ])
    expect(group?.payments[0].received).toBe("922337203684.0000003")
  })
})

describe("matchPayments: rows and addresses", () => {
  it("a row keeps everything the ledger said (S31-PAY-13)", () => {
    const [arrival] = matchPayments("public", [credit(77, id("123"), { muxedAccount: usMuxed })], owners)

    expect(arrival?.payments[0]).toEqual({
      id: "public:77:0",
      leader: "public:77:0",
      received: "100",
      operationId: "77",
      index: 0,
      stellarTransactionId: "4d".padStart(64, "0"),
      account: us,
      muxedAccount: usMuxed,
      from: payer,
      asset: usdcId,
      amount: "100",
      memoType: "id",
      memo: "123",
      odd: null,
      closedAtMillis: 5_000,
      ledger: 10
    })
  })

  it("each memo is asked for once, and none that cannot be ours", () => {
    const groups = groupCredits("testnet", [
      credit(1, id("123")),
      credit(2, id("123")),
      credit(3, none),
      credit(4, { type: "return", value: hash }, { odd: "return-memo" }),
      credit(5, id("6"), { odd: "merge" })
    ])
    expect(addressesOf(groups)).toEqual([{ account: us, memo: { type: "id", value: "123" } }])
  })

  it("nothing in, nothing out", () => {
    expect(matchPayments("testnet", [], owners)).toEqual([])
  })
})

describe("groupWaiting: rows read back from the inbox", () => {
  const rowsOf = (credits: ReadonlyArray<Credit>) =>
    groupCredits("testnet", credits)
      .flatMap(({ payments }) => payments)
      .map((payment) => ({ ...payment, transactionId: null }))
  const together = { stellarTransactionId: "ab".repeat(32) }
  const pair = [credit(11, id("123"), together), credit(12, id("123"), together)]

  it("come together as they first came, and match as they did", () => {
    const groups = groupWaiting(rowsOf(pair))

    expect(groups.map(({ payments }) => payments.length)).toEqual([2])
    expect(matchGroups(groups, owners)[0]?.to).toBe(owners[0])
  })

  it("a group that was cut in two by the limit waits for its other half", () => {
    expect(groupWaiting(rowsOf(pair).slice(0, 1))).toEqual([])
    expect(groupWaiting(rowsOf(pair).slice(1))).toEqual([])
  })

  it.each<[string, Credit, string]>([
    ["a return memo", credit(1, { type: "return", value: hash }, { odd: "return-memo" }), "return-memo"],
    [
      "a muxed id without a memo",
      credit(1, none, { odd: "muxed-without-memo", muxedAccount: usMuxed }),
      "muxed-without-memo"
    ],
    ["a merge of unknown amount", credit(1, id("123"), { odd: "merge", amount: null }), "merge"],
    ["no memo", credit(1, none), "no-memo"]
  ])("%s keeps its reason", (_, one, reason) => {
    const [arrival] = matchGroups(groupWaiting(rowsOf([one])), owners)
    expect(arrival?.to).toEqual({ parked: reason })
  })

  it.each<[string, Credit]>([
    ["without a memo", credit(1, none)],
    ["with the memo of another transaction", credit(1, id("123"))],
    ["with a return memo", credit(1, { type: "return", value: hash }, { odd: "return-memo" })],
    ["at another account of ours", credit(1, id("123"), { account: payer })]
  ])("a payment %s goes to the transaction an operator gave it to (I29)", (_, one) => {
    const [, second] = owners
    if (second === undefined) throw new Error("there is a second transaction")
    const groups = groupWaiting(rowsOf([one]).map((row) => ({ ...row, transactionId: second.id })))

    expect(addressesOf(groups)).toEqual([])
    expect(meantFor(groups)).toEqual([second.id])
    expect(matchGroups(groups, owners)[0]?.to).toBe(second)
  })

  it("a payment in another asset is not given to a transaction, whoever says so (S31-PAY-05)", () => {
    const [first] = owners
    if (first === undefined) throw new Error("there is a first transaction")
    const rows = rowsOf([credit(1, none)]).map((row) => ({ ...row, transactionId: first.id }))

    expect(matchGroups(groupWaiting(rows), [{ ...first, asset: `${first.asset}X` }])[0]?.to).toEqual({
      parked: "wrong-asset"
    })
  })
})

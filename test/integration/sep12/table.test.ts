// The one table of ownership: every endpoint of SEP-12, asked by each of two Sending Anchors about what is its own, the other's,
// and nobody's. What is another's answers as what is nobody's, byte for byte, and stays as it was (SEC-20).
import { Effect } from "effect"
import { Buffer } from "node:buffer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Sep12Group } from "../../../src/sep12/api.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { birth, transactionId } from "../../support/runtimeWorld.ts"
import {
  anchorA,
  anchorB,
  type Answer,
  customerTypes,
  sender,
  type Sep12World,
  startSep12
} from "../../support/sep12World.ts"

const codes = new Map<string, string>()
let world: Sep12World
beforeAll(async () => {
  const email = { description: "email", optional: false, choices: null, verify: true }
  world = await startSep12({
    hooks: { sendCode: ({ code, customerId }) => Effect.sync(() => codes.set(customerId, code)) },
    settings: {
      customerTypes: {
        ...customerTypes,
        "sep31-sender": {
          description: "a person who sends money",
          fields: { ...customerTypes["sep31-sender"]?.fields, email_address: email }
        }
      }
    }
  })
})
afterAll(() => world.stop())

/** What a Sending Anchor has: a customer, a file of its own, and a transaction the customer stands in. */
interface Owned {
  readonly customer: string
  readonly memo: string
  readonly file: string
  readonly transaction: string
}

const unknownId = "0190a000-0000-7000-8000-00000000dead"
const nobodys: Owned = { customer: unknownId, memo: "999999", file: unknownId, transaction: unknownId }

let made = 0
const owned = async (anchor: string): Promise<Owned> => {
  made += 1
  const n = made
  const memo = String(n)
  const body = { ...sender, memo, email_address: "ada@example.org" }
  const customer = await world.register(body, anchor)
  const form = new FormData()
  form.set("file", new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0])]), "x")
  const file = await world.ask("POST", "/sep12/customer/files", { as: anchor, body: form })
  await world.run(
    Effect.flatMap(Actors, (actors) =>
      actors.bear(
        birth(n, {
          leaf: "pending_receiver.checking",
          context: { v: 2, unready: true },
          dueInSeconds: 60,
          sendingAnchor: anchor,
          senderId: customer as never,
          senderType: "sep31-sender",
          receiverType: "sep31-receiver"
        })
      )
    )
  )
  return { customer, memo, file: String(file.body["file_id"]), transaction: transactionId(n) }
}

interface Way {
  readonly endpoint: string
  readonly ask: (of: Owned, as: string) => Promise<Answer>
  /** Of the owner's own. */
  readonly status: number
  /** Of another's and of nobody's. */
  readonly refused: number
}

const put = (path: string, as: string, body: unknown) =>
  world.ask("PUT", `/sep12/customer${path}`, { as, body })
const side = (of: Owned) => ({ transaction_id: of.transaction, type: "sep31-sender" })

const ways: Readonly<Record<string, Way>> = {
  "GET by id": {
    endpoint: "get",
    ask: (of, as) => world.get({ id: of.customer }, as),
    status: 200,
    refused: 404
  },
  "GET by transaction": {
    endpoint: "get",
    ask: (of, as) => world.get(side(of), as),
    status: 200,
    refused: 404
  },
  "PUT by id": {
    endpoint: "put",
    ask: (of, as) => put("", as, { id: of.customer, last_name: "Hopper" }),
    status: 202,
    refused: 404
  },
  "PUT by transaction": {
    endpoint: "put",
    ask: (of, as) => put("", as, { ...side(of), last_name: "Hopper" }),
    status: 202,
    refused: 404
  },
  "PUT of a file": {
    endpoint: "put",
    ask: (of, as) => put("", as, { memo: "777", photo_id_front_file_id: of.file }),
    status: 202,
    refused: 400
  },
  "PUT …/verification": {
    endpoint: "verify",
    ask: (of, as) =>
      put("/verification", as, {
        id: of.customer,
        email_address_verification: codes.get(of.customer) ?? "000000"
      }),
    status: 200,
    refused: 404
  },
  "PUT …/callback by id": {
    endpoint: "callback",
    ask: (of, as) => put("/callback", as, { id: of.customer, url: "https://x.example/" }),
    status: 200,
    refused: 404
  },
  "PUT …/callback by memo": {
    endpoint: "callback",
    ask: (of, as) => put("/callback", as, { memo: of.memo, url: "https://x.example/" }),
    status: 200,
    refused: 404
  },
  "GET …/files by file": {
    endpoint: "files",
    ask: (of, as) => world.ask("GET", `/sep12/customer/files?file_id=${of.file}`, { as }),
    status: 200,
    refused: 200
  },
  "GET …/files by customer": {
    endpoint: "files",
    ask: (of, as) => world.ask("GET", `/sep12/customer/files?customer_id=${of.customer}`, { as }),
    status: 200,
    refused: 200
  },
  "DELETE by memo": {
    endpoint: "erase",
    ask: (of, as) => world.ask("DELETE", `/sep12/customer/${as}`, { as, body: { memo: of.memo } }),
    status: 200,
    refused: 404
  },
  "DELETE by id": {
    endpoint: "erase",
    ask: (of, as) => world.ask("DELETE", `/sep12/customer/${as}?id=${of.customer}`, { as }),
    status: 200,
    refused: 404
  }
}

/** All that is kept about somebody's things, as text. */
const kept = (of: Owned) => {
  const { customerValues, customers, files, registrations, transactions } = world.tables
  return JSON.stringify([
    customers.get(of.customer as never),
    [...(customerValues.get(of.customer as never) ?? [])].map(([name, row]) => [
      name,
      Buffer.from(row.bytes).toString("base64")
    ]),
    files.get(of.file as never)?.row,
    registrations.get(of.customer as never),
    transactions.get(of.transaction as never)?.senderId
  ])
}

describe("sep12 ownership, over every endpoint", () => {
  it("the table has every endpoint but the one that only makes what is new", () => {
    expect(new Set(Object.values(ways).map(({ endpoint }) => endpoint))).toEqual(
      new Set(Object.keys(Sep12Group.endpoints).filter((endpoint) => endpoint !== "addFile"))
    )
  })

  for (const [name, { ask, refused, status }] of Object.entries(ways)) {
    for (const [as, other] of [
      [anchorA, anchorB],
      [anchorB, anchorA]
    ] as const) {
      const who = as === anchorA ? "one Sending Anchor" : "the other"
      it(`${name}: ${who} reaches its own; another's is as what nobody has, and stays as it was (SEC-20, H-07, S12-ID-11)`, async () => {
        const [own, theirs] = [await owned(as), await owned(other)]
        const before = kept(theirs)

        const foreign = await ask(theirs, as)
        const unknown = await ask(nobodys, as)
        expect([foreign.status, foreign.text]).toEqual([refused, unknown.text])
        expect(unknown.status).toBe(refused)
        expect(kept(theirs)).toBe(before)
        const answer = await ask(own, as)
        expect(answer.status).toBe(status)
        if (status === refused && !name.endsWith("by customer")) expect(answer.text).not.toBe(foreign.text)
      })
    }
  }
})

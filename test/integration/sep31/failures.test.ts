// When the world below is slow, down, or changes between a check and its commit: SEP-31 answers by rule and stores nothing by half.
import { Effect, Latch, Layer } from "effect"
import { afterEach, describe, expect, it } from "vitest"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { Memo } from "../../../machines/domain/Memo.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { defaultTiming } from "../../../src/KedgeConfig.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { someText } from "../../support/matchers.ts"
import { senderId } from "../../support/sep31.ts"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
afterEach(() => world.stop())

const start = async (
  change: (storage: Storage["Service"]) => Partial<Storage["Service"]> = () => ({}),
  settings: Partial<Settings> = {}
) => {
  const storage = Layer.sync(Storage, () => {
    const memory = make(emptyTables())
    return { ...memory, ...change(memory) }
  })
  world = await startSep31({ storage, settings })
  await world.run(registerBoth)
}
const post = () => world.ask("POST", "/sep31/transactions", { body: goodPost })
const stored = () => world.run(Effect.flatMap(Storage, (storage) => storage.list({ limit: 100 })))
const judgeSender = (status: string) =>
  Effect.flatMap(Storage, (storage) =>
    storage.recordVerdict({
      id: senderId,
      type: "sep31-sender",
      status,
      message: null,
      askAgainInSeconds: null,
      put: []
    })
  )
const down = Effect.fail(new StorageUnavailable({ message: "the database at 10.0.0.7 is gone" }))
const unavailable = { status: 503, body: { error: someText } }

describe("a memo that is taken", () => {
  /** The storage sees the memo of the first transaction in place of the next `clashes` ones. */
  const clashing = (clashes: number) => {
    let left = clashes
    let first: Memo | undefined
    return (storage: Storage["Service"]): Partial<Storage["Service"]> => ({
      commit: (group) => {
        const births = group.births.map((birth) => {
          if (first === undefined) {
            first = birth.memo
            return birth
          }
          return left-- > 0 ? { ...birth, memo: first } : birth
        })
        return storage.commit({ ...group, births })
      }
    })
  }

  it("is drawn again, and the answer names the one that is stored (S31-MEMO-02)", async () => {
    await start(clashing(2))
    await post()
    const { body, status } = await post()
    const rows = await stored()

    expect(status).toBe(201)
    expect(rows).toHaveLength(2)
    expect(rows[0]?.memo.value).toBe((body as { readonly stellar_memo: string }).stellar_memo)
  })

  it("again and again is a defect, not an endless search", async () => {
    await start(clashing(1000))
    await post()

    expect(await post()).toMatchObject({ status: 500, body: { error: "internal error" } })
    expect(world.lines.join("\n")).toContain("memos in a row are taken")
  })
})

describe("a customer that changes between the checks and the commit", () => {
  it("has the checks run once more, for the same transaction id", async () => {
    await start()
    const asked: Array<string> = []
    world.script.hooks = {
      validateTransaction: ({ transactionId }) =>
        Effect.promise(async () => {
          asked.push(transactionId)
          if (asked.length === 1) await world.run(judgeSender("ACCEPTED"))
          return { _tag: "Accepted" as const }
        })
    }
    const { body, status } = await post()

    expect(status).toBe(201)
    expect(asked).toEqual([(body as { readonly id: string }).id, (body as { readonly id: string }).id])
    expect(await stored()).toHaveLength(1)
  })

  it("for the worse refuses the transaction, and nothing is stored (S31-POST-23)", async () => {
    await start()
    world.script.hooks = {
      validateTransaction: () =>
        Effect.promise(async () => {
          await world.run(judgeSender("REJECTED"))
          return { _tag: "Accepted" as const }
        })
    }

    expect(await post()).toMatchObject({
      status: 400,
      body: { error: "the sender cannot take part in payments here" }
    })
    expect(await stored()).toHaveLength(0)
  })

  it("without end is 503 and nothing is stored", async () => {
    await start()
    let asked = 0
    world.script.hooks = {
      validateTransaction: () =>
        Effect.promise(async () => {
          asked += 1
          await world.run(judgeSender("ACCEPTED"))
          return { _tag: "Accepted" as const }
        })
    }

    expect(await post()).toMatchObject(unavailable)
    expect(asked).toBe(3)
    expect(await stored()).toHaveLength(0)
  })
})

describe("a hook that does not answer in time", () => {
  const impatient = { timing: { ...defaultTiming, hookTimeout: 0.05 } }

  it("makes POST and /info our 503, and stores nothing (S31-ERR-06)", async () => {
    await start(undefined, impatient)
    world.script.hooks = { validateTransaction: () => Effect.never }
    expect(await post()).toMatchObject(unavailable)

    world.script.hooks = { info: () => Effect.never }
    expect(await post()).toMatchObject(unavailable)
    expect(await world.ask("GET", "/sep31/info", { as: null })).toMatchObject(unavailable)
    expect(await stored()).toHaveLength(0)
  })

  it("denies where it was to say who may send (S31-AUTH-03)", async () => {
    await start(undefined, impatient)
    world.script.hooks = { isSendingAnchor: () => Effect.never }

    expect((await post()).status).toBe(403)
  })
})

describe("a storage that does not answer", () => {
  it("is 503 with Retry-After for who reads, and tells nothing of itself (S31-ERR-06)", async () => {
    await start(() => ({ transactions: () => down }))
    const answer = await world.ask("GET", "/sep31/transactions/0190a000-0000-7000-8000-000000000001")

    expect(answer).toMatchObject(unavailable)
    expect(answer.headers.get("retry-after")).toBe("5")
    expect(JSON.stringify(answer.body)).not.toContain("10.0.0.7")
    expect(world.lines.join("\n")).toContain("10.0.0.7")
  })

  it.each(["customer", "nowMillis"] as const)(
    "is 503 for who posts, by %s, and stores nothing",
    async (name) => {
      let isDown = false
      await start((storage) =>
        name === "nowMillis"
          ? { nowMillis: Effect.suspend(() => (isDown ? down : storage.nowMillis)) }
          : { customer: (id) => (isDown ? down : storage.customer(id)) }
      )
      isDown = true

      expect(await post()).toMatchObject(unavailable)
      isDown = false
      expect(await stored()).toHaveLength(0)
    }
  )
})

describe("a mailbox that is full", () => {
  it("is 503 with Retry-After, and everything that was taken is stored (S31-ERR-06, SEC-42)", async () => {
    const gate = Latch.makeUnsafe(true)
    await start((storage) => ({ commit: (group) => Effect.andThen(gate.await, storage.commit(group)) }), {
      mailboxCapacity: 4
    })
    gate.closeUnsafe()
    const waiting = Array.from({ length: 40 }, () => post())
    const first = await Promise.race(waiting)
    gate.openUnsafe()
    const answers = await Promise.all(waiting)
    const statuses = new Set(answers.map(({ status }) => status))

    expect(first).toMatchObject(unavailable)
    expect(first.headers.get("retry-after")).toBe("1")
    expect(statuses).toEqual(new Set([201, 503]))
    expect(await stored()).toHaveLength(answers.filter(({ status }) => status === 201).length)
  })
})

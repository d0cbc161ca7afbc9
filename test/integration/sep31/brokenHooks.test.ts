// The institution's own code breaks, in every place where Kedge asks it: what needs it fails as ours and tells nothing, what
// does not need it goes on, and when it is mended nothing is left behind.
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { goodPost, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"

let world: Sep31World
let id: string
beforeAll(async () => {
  world = await startSep31()
  await world.run(registerBoth)
  const { body } = await world.ask("POST", "/sep31/transactions", { body: goodPost })
  id = (body as { readonly id: string }).id
})
afterAll(() => world.stop())

const secret = "the core banking password is hunter2"
const breaks: ReadonlyArray<readonly [string, () => Effect.Effect<never>]> = [
  [
    "throws",
    () => {
      throw new Error(secret)
    }
  ],
  ["dies", () => Effect.die(new Error(secret))],
  ["is interrupted", () => Effect.interrupt]
]

describe("an institution whose code", () => {
  it.each(breaks)(
    "%s: 500 without its words where it is asked, all else goes on (A20)",
    async (_, broken) => {
      world.script.hooks = { info: broken, validateTransaction: broken, acceptUpdate: broken }

      const info = await world.ask("GET", "/sep31/info", { as: null })
      const post = await world.ask("POST", "/sep31/transactions", { body: goodPost })
      const get = await world.ask("GET", `/sep31/transactions/${id}`)

      expect([info.status, post.status, get.status]).toEqual([500, 500, 200])
      expect(JSON.stringify([info.body, post.body])).not.toContain("hunter2")
      expect(JSON.stringify([info.body, post.body])).not.toMatch(/\.ts:|at /)

      world.script.hooks = {}
      expect((await world.ask("GET", "/sep31/info", { as: null })).status).toBe(200)
      expect((await world.ask("POST", "/sep31/transactions", { body: goodPost })).status).toBe(201)
    }
  )

  it.each(breaks)("%s when it is asked who may send: nobody may (A20, A7)", async (_, broken) => {
    world.script.hooks = { isSendingAnchor: broken }

    const answers = [
      await world.ask("POST", "/sep31/transactions", { body: goodPost }),
      await world.ask("GET", `/sep31/transactions/${id}`)
    ]

    for (const { body, status } of answers) {
      expect(status).toBe(403)
      expect(JSON.stringify(body)).not.toContain("hunter2")
    }
    world.script.hooks = {}
    expect((await world.ask("GET", `/sep31/transactions/${id}`)).status).toBe(200)
  })
})

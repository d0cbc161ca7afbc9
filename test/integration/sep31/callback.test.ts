// PUT /sep31/transactions/:id/callback over a real listener, and the callbacks themselves as a real receiver gets them over TLS,
// checking what SEP-31 §Callback has it check.
import { Effect, Layer, Redacted } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as OutboundNode from "../../../adapters/outbound-node/OutboundNode.ts"
import { make as makeSigner } from "../../../adapters/signer-local/LocalSigner.ts"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import { CallbackSender } from "../../../src/callbacks/CallbackSender.ts"
import { Outbound } from "../../../src/ports/Outbound.ts"
import { Signer } from "../../../src/ports/Signer.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Presentation } from "../../../src/sep31/Presentation.ts"
import { StatusCallbacks } from "../../../src/sep31/StatusCallbacks.ts"
import { someText } from "../../support/matchers.ts"
import { type Received, readSignature, startReceiver, testAuthority } from "../../support/Receiver.ts"
import { otherAnchor } from "../../support/sep31.ts"
import { goodPost, pay, registerBoth, type Sep31World, startSep31 } from "../../support/sep31World.ts"
import { keyOf } from "../../support/signIn.ts"
import { waitFor } from "../../support/waitFor.ts"

let world: Sep31World
let id: string

const create = async (in_: Sep31World): Promise<string> =>
  ((await in_.ask("POST", "/sep31/transactions", { body: goodPost })).body as { readonly id: string }).id
const rowOf = (in_: Sep31World, of: string) =>
  in_.run(
    Effect.flatMap(Storage, (storage) => storage.transactions([of as TransactionId])).pipe(
      Effect.flatMap(([row]) => (row === undefined ? Effect.die(new Error(`no ${of}`)) : Effect.succeed(row)))
    )
  )
const registered = async () => (await rowOf(world, id)).callbackUrl
const put = (body: unknown, of = id, as?: string) =>
  world.ask("PUT", `/sep31/transactions/${of}/callback`, { body, ...(as === undefined ? {} : { as }) })

beforeAll(async () => {
  world = await startSep31({ settings: { allowLocal: false } })
  await world.run(registerBoth)
})
afterAll(() => world.stop())
beforeEach(async () => {
  id = await create(world)
})

describe("sep31 PUT /transactions/:id/callback", () => {
  it("takes an absolute https URL and answers 204 with nothing (S31-CB-01)", async () => {
    const answer = await put({ url: "https://sender.example/callback?for=kedge", more: "is ignored" })

    expect(answer).toMatchObject({ status: 204, body: null })
    expect(await registered()).toBe("https://sender.example/callback?for=kedge")
  })

  it("takes a second URL in place of the first (S31-CB-02)", async () => {
    await put({ url: "https://sender.example/first" })
    expect((await put({ url: "https://sender.example:8443/second" })).status).toBe(204)

    expect(await registered()).toBe("https://sender.example:8443/second")
  })

  it("is 404 for an unknown, a malformed and another's transaction, alike and before the body (S31-CB-03, A5, A17)", async () => {
    const foreign = await world.token(otherAnchor)
    const answers = [
      await put({ url: "https://sender.example/" }, "0190a000-0000-7000-8000-00000000ffff"),
      await put({ url: "https://sender.example/" }, "x"),
      await put({ url: "https://sender.example/" }, id, foreign),
      await put("not json", id, foreign)
    ]

    expect(new Set(answers.map(({ body, status }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 404, body: { error: someText } })
    expect(await registered()).toBeNull()
  })

  it.each([
    [{}, "url is missing"],
    [{ url: null }, "url must be a string"],
    [{ url: ["https://sender.example/"] }, "url must be a string"],
    [{ url: "" }, "it is not an absolute URL"],
    [{ url: "/callback" }, "it is not an absolute URL"],
    [{ url: "http://sender.example/callback" }, "it is not https"],
    [{ url: "https://user:secret@sender.example/" }, "it holds a user name or password"],
    [{ url: "https://sender.example/#here" }, "it has a fragment"],
    [{ url: "https://127.0.0.1/" }, "its host is not one that is called from here"],
    [{ url: "https://[::ffff:10.0.0.1]/" }, "its host is not one that is called from here"],
    [{ url: "https://169.254.169.254/latest" }, "its host is not one that is called from here"],
    [{ url: "https://localhost/" }, "its host is not one that is called from here"],
    [{ url: "https://2130706433/" }, "its host is an address that is not written"]
  ])("refuses %j with 400 and the reason, and keeps what was registered (S31-CB-04)", async (body, why) => {
    await put({ url: "https://sender.example/kept" })
    const answer = await put(body)

    expect(answer.status).toBe(400)
    expect((answer.body as { readonly error: string }).error).toContain(why)
    expect(await registered()).toBe("https://sender.example/kept")
  })

  it("another content type is 415, no JSON 400 (S31-GEN-06)", async () => {
    const path = `/sep31/transactions/${id}/callback`

    expect((await world.ask("PUT", path, { body: "url=x", type: "text/plain" })).status).toBe(415)
    expect((await world.ask("PUT", path, { body: "{" })).status).toBe(400)
  })
})

describe("sep31 callbacks", () => {
  const keypair = keyOf("callbacks of a whole server")
  const outbound = OutboundNode.make({
    allowLocal: true,
    ports: [],
    perHost: 4,
    perOwner: 1_000,
    connectSeconds: 5,
    resolve: () => Effect.succeed(["127.0.0.1"]),
    trust: [testAuthority]
  })
  /** The loop as a process has it, over the server's own runtime. */
  const deliver = (in_: Sep31World) =>
    in_.runtime.runPromise(
      Effect.flatMap(StatusCallbacks, ({ runOnce }) => runOnce).pipe(
        Effect.provide(
          StatusCallbacks.layer.pipe(
            Layer.provide([CallbackSender.layer, Presentation.layer]),
            Layer.provide([
              Layer.succeed(Outbound, outbound),
              Layer.effect(Signer, makeSigner(Redacted.make(keypair.secret())))
            ])
          )
        )
      )
    )
  const statusOf = ({ body }: Received) =>
    (JSON.parse(body.toString()) as { readonly transaction: { readonly status: string } }).transaction.status

  it("a receiver hears of each change after it registered, signed, as GET shows it (S31-CB-05, S31-CB-06, S31-CB-07)", async () => {
    const all = Effect.gen(function* () {
      const receiver = yield* startReceiver({ tls: true })
      const host = `receiver.example:${receiver.port}`
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => startSep31({ outbound })),
        (started) => Effect.promise(() => started.stop())
      )
      yield* Effect.promise(async () => {
        await server.run(registerBoth)
        const transaction = await create(server)
        const registration = await server.ask("PUT", `/sep31/transactions/${transaction}/callback`, {
          body: { url: `https://Receiver.Example:${receiver.port}/status` }
        })
        expect(registration.status).toBe(204)
        expect(await deliver(server)).toBe(0)

        await server.run(pay(await rowOf(server, transaction), "100"))
        const shown = await waitFor("the payment to be delivered", async () => {
          const { body } = await server.ask("GET", `/sep31/transactions/${transaction}`)
          const { status } = (body as { readonly transaction: { readonly status: string } }).transaction
          return status === "completed" ? body : undefined
        })
        await deliver(server)

        expect(receiver.received.map(statusOf)).toEqual(["pending_receiver", "completed"])
        expect(JSON.parse(receiver.received[1]?.body.toString() ?? "")).toEqual(shown)
        for (const received of receiver.received) {
          expect(received).toMatchObject({ method: "POST", path: "/status", sni: "receiver.example" })
          expect(received.headers["content-type"]).toBe("application/json")
          for (const header of ["signature", "x-stellar-signature"]) {
            expect(readSignature(received, keypair.publicKey(), host, header).isGood).toBe(true)
          }
        }
      })
    })
    await Effect.runPromise(Effect.scoped(all))
  })
})

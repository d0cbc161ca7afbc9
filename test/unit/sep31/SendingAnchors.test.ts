import { expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { BusinessHooks, type Hooks } from "../../../src/ports/BusinessHooks.ts"
import { SendingAnchors } from "../../../src/sep31/SendingAnchors.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { otherAnchor, sendingAnchor } from "../../support/sep31.ts"

const withRegistry = (accounts: ReadonlyArray<string>, hooks: Partial<Hooks> = {}) => {
  const sendingAnchors = accounts.map((account) => ({ account, name: "one" }))
  return SendingAnchors.layer.pipe(
    Layer.provide(Layer.succeed(KedgeConfig, { ...testSettings, sendingAnchors })),
    Layer.provide(Layer.succeed(BusinessHooks, BusinessHooks.make(hooks)))
  )
}
const authorise = (account: string) => Effect.flatMap(SendingAnchors, (anchors) => anchors.authorise(account))
const mayAsk = (account: string) =>
  Effect.map(Effect.exit(authorise(account)), (exit) => Exit.isSuccess(exit))

describe("valid_sending_anchor", () => {
  it.effect("lets the registry's accounts send and no others (S31-AUTH-03)", () =>
    Effect.gen(function* () {
      expect(yield* mayAsk(sendingAnchor)).toBe(true)
      expect(yield* mayAsk(otherAnchor)).toBe(false)
    }).pipe(Effect.provide(withRegistry([sendingAnchor])))
  )

  it.effect("lets nobody send where there is neither registry nor hook", () =>
    Effect.gen(function* () {
      expect(yield* mayAsk(sendingAnchor)).toBe(false)
    }).pipe(Effect.provide(withRegistry([])))
  )

  it.effect("is asked on every request, so revoking takes effect at once (S31-AUTH-03, SEC-14, A7)", () => {
    let asked = 0
    const isSendingAnchor: Hooks["isSendingAnchor"] = () => Effect.sync(() => ++asked < 3)
    return Effect.gen(function* () {
      expect([
        yield* mayAsk(sendingAnchor),
        yield* mayAsk(sendingAnchor),
        yield* mayAsk(sendingAnchor)
      ]).toEqual([true, true, false])
    }).pipe(Effect.provide(withRegistry([sendingAnchor], { isSendingAnchor })))
  })

  it.effect("alone decides where there is no registry (S31-AUTH-03)", () =>
    Effect.gen(function* () {
      expect(yield* mayAsk(sendingAnchor)).toBe(true)
      expect(yield* mayAsk(otherAnchor)).toBe(false)
    }).pipe(
      Effect.provide(
        withRegistry([], { isSendingAnchor: (account) => Effect.succeed(account === sendingAnchor) })
      )
    )
  )

  it.effect("never lets a contract account send (S31-AUTH-06)", () =>
    Effect.gen(function* () {
      expect(yield* mayAsk(`C${sendingAnchor.slice(1)}`)).toBe(false)
    }).pipe(Effect.provide(withRegistry([], { isSendingAnchor: () => Effect.succeed(true) })))
  )

  it.effect.each([
    ["fails", Effect.fail("down")],
    ["dies", Effect.die(new Error("bug"))],
    ["answers text", Effect.succeed("true") as Effect.Effect<unknown> as Effect.Effect<boolean>]
  ] as const)("denies when it %s", ([, answer]) =>
    Effect.gen(function* () {
      expect(yield* mayAsk(sendingAnchor)).toBe(false)
    }).pipe(Effect.provide(withRegistry([sendingAnchor], { isSendingAnchor: () => answer })))
  )

  it.effect("denies when it does not answer in time (A7)", () =>
    Effect.gen(function* () {
      const asking = yield* Effect.forkChild(Effect.flip(authorise(sendingAnchor)), {
        startImmediately: true
      })
      yield* TestClock.adjust(`${testSettings.timing.hookTimeout} seconds`)

      expect((yield* Fiber.join(asking))._tag).toBe("Forbidden")
    }).pipe(Effect.provide(withRegistry([sendingAnchor], { isSendingAnchor: () => Effect.never })))
  )
})

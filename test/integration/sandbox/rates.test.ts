// The sandbox's moving rates over HTTP, and the client that quotes by them.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MovingRates } from "../../../adapters/sandbox/MovingRates.ts"
import { sandboxRates } from "../../../adapters/sandbox/SandboxRates.ts"
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"

const usdc = "stellar:USDC:GCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVYOJR"

const held = (seconds: () => number) =>
  SandboxServer.scoped({
    marketRates: { "USDC/BRL": "5", "XLM/BRL": "0.5" },
    closeEverySeconds: null,
    now: () => seconds() * 1000
  })

describe("sandbox GET /rates", () => {
  it.live("swings around its rate by a hundredth, the same at the same second", () =>
    Effect.gen(function* () {
      let now = 1_800_000_000
      const { url } = yield* held(() => now)
      const ask = sandboxRates(new URL(url))
      const rate = yield* Effect.map(ask, (of) => of(usdc, "iso4217:BRL"))
      const seen: Array<string> = []
      for (const second of [0, 0, 150, 300, 450, 600]) {
        now = 1_800_000_000 + second
        seen.push(yield* rate)
      }
      const native = yield* Effect.flatMap(ask, (of) => of("stellar:native", "iso4217:BRL"))

      expect(seen).toEqual(["5", "5", "5.05", "5", "4.95", "5"])
      expect(native).toBe("0.5")
    }).pipe(Effect.scoped)
  )

  it.live("lists them all; what it does not list has no rate (S38-G-05)", () =>
    Effect.gen(function* () {
      const { url } = yield* held(() => 1_800_000_000)
      const listed = yield* Effect.promise(async () => (await fetch(`${url}/rates`)).json())
      const of = yield* sandboxRates(new URL(url))
      const missing = yield* Effect.flip(of(usdc, "iso4217:JPY"))

      expect(listed).toEqual({ rates: { "USDC/BRL": "5", "XLM/BRL": "0.5" } })
      expect(missing).toMatchObject({ _tag: "RateUnavailable" })
      expect(missing.message).toContain("404")
    }).pipe(Effect.scoped)
  )

  it.live("a sandbox that is gone has none (S38-G-05)", () =>
    Effect.gen(function* () {
      const of = yield* sandboxRates(new URL("http://127.0.0.1:1"))

      expect(yield* Effect.flip(of(usdc, "iso4217:BRL"))).toMatchObject({ _tag: "RateUnavailable" })
    }).pipe(Effect.scoped)
  )
})

describe("MovingRates", () => {
  it.each(["0", "-1", "x", "1.00000001"])("takes no rate of %s", (rate) => {
    expect(() => new MovingRates({ "USDC/BRL": rate }, () => 0)).toThrow(RangeError)
  })
})

import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configFile, read } from "../../support/configEnvironment.ts"

describe("settings of outbound calls", () => {
  it.effect("https's port and those above 1023 are called unless it is said otherwise (SEC-01)", () =>
    Effect.gen(function* () {
      const usual = yield* read({})
      const own = yield* read({ KEDGE_OUTBOUND_PORTS: "443, 8000-8999" })

      expect(usual.outbound).toEqual({
        ports: [
          { first: 443, last: 443 },
          { first: 1024, last: 65_535 }
        ],
        perHost: 16,
        perOwner: 100
      })
      expect(own.outbound.ports).toEqual([
        { first: 443, last: 443 },
        { first: 8000, last: 8999 }
      ])
    })
  )

  it.effect.each(["", "https", "0", "70000", "9-8", "443-", "1-2-3", "443,,x"])(
    "refuses %j as ports, and says what would be right (SEC-01)",
    (text) =>
      Effect.gen(function* () {
        const { problems } = yield* Effect.flip(read({ KEDGE_OUTBOUND_PORTS: text === "" ? "," : text }))

        expect(problems).toHaveLength(1)
        expect(problems[0]?.name).toBe("KEDGE_OUTBOUND_PORTS")
        expect(problems[0]?.message).toContain("such as 443,8000-8999")
      })
  )

  it.effect("a Sending Anchor's own callback times are read from the file (S31-CB-15)", () =>
    Effect.gen(function* () {
      const anchor = {
        account: "GDWBIE5VNCY5JXZ2MV2HPHS4DVCAUVV742IZH5X5L24UVPWQG6SG4WZ7",
        name: "one",
        callbackTimeout: 25,
        callbackGiveUp: 3_600
      }
      const settings = yield* read(
        {},
        { "kedge.json": JSON.stringify({ ...configFile, sendingAnchors: [anchor] }) }
      )

      expect(settings.sendingAnchors).toEqual([anchor])
    })
  )
})

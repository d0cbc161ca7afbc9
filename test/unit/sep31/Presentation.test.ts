// What the settings and the clock add to a transaction as it is shown.
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { layerOver } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { Leaf } from "../../../machines/transaction/leaves.ts"
import { statusOf } from "../../../machines/transaction/leaves.ts"
import { KedgeConfig, type SendingAnchorConfig } from "../../../src/KedgeConfig.ts"
import type { TransactionRow } from "../../../src/ports/rows.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Presentation } from "../../../src/sep31/Presentation.ts"
import { PlainVault } from "../../support/plainParts.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { sendingAnchor, transactionRow, usdc } from "../../support/sep31.ts"

const now = 1_800_000_060_000
const present = (
  row: TransactionRow,
  { anchor = {}, lang }: { readonly anchor?: Partial<SendingAnchorConfig>; readonly lang?: string } = {}
) =>
  Effect.flatMap(Presentation, (service) => service.present(row, lang)).pipe(
    Effect.provide(
      Presentation.layer.pipe(
        Layer.provide(
          Layer.effect(
            Storage,
            Effect.map(Storage, (storage) => ({ ...storage, nowMillis: Effect.succeed(now) }))
          ).pipe(Layer.provide(layerOver(emptyTables())))
        ),
        Layer.provide([
          PlainVault,
          Layer.succeed(KedgeConfig, {
            ...testSettings,
            assets: [{ ...usdc, payoutSeconds: { SEPA: 100 } }],
            sendingAnchors: [{ account: sendingAnchor, name: "one", ...anchor }]
          })
        ])
      )
    )
  )
const inState = (state: Leaf, rest: Partial<TransactionRow> = {}) =>
  transactionRow({ state, status: statusOf(state), statusAtMillis: now - 40_000, ...rest })

describe("status_eta", () => {
  it.effect.each([
    "pending_receiver.payingOut",
    "pending_receiver.lookingUp",
    "pending_external.confirming"
  ] as const)("is what is left of the time a payout by this method takes, in %s (S31-GET-03)", (state) =>
    Effect.gen(function* () {
      expect((yield* present(inState(state))).status_eta).toBe(60)
    })
  )

  it.effect.each([
    ["overdue", inState("pending_receiver.payingOut", { statusAtMillis: now - 100_000 })],
    [
      "by a method nobody said anything of",
      inState("pending_receiver.payingOut", { fundingMethod: "SWIFT" })
    ],
    ["held", inState("pending_receiver.held")],
    ["unpaid", inState("pending_sender.awaitingPayment")],
    ["completed", inState("completed")]
  ] as const)("is not guessed for a payout that is %s (S31-GET-03)", ([, row]) =>
    Effect.gen(function* () {
      expect(yield* present(row)).not.toHaveProperty("status_eta")
    })
  )
})

describe("a Sending Anchor's settings", () => {
  it.effect("decide how an end is shown to it (S31-DUAL-01, S31-DUAL-08)", () =>
    Effect.gen(function* () {
      const row = inState("expired")

      expect((yield* present(row)).status).toBe("expired")
      expect((yield* present(row, { anchor: { profile: "v1", endsInError: true } })).status).toBe("error")
      expect((yield* present(row, { anchor: { profile: "v1" } })).status).toBe("expired")
    })
  )

  it.effect("decide whether it is told where to pay before its customers are accepted (S31-DUAL-05)", () =>
    Effect.gen(function* () {
      const row = inState("pending_receiver.checking", { context: { v: 2, unready: true } })

      expect(yield* present(row)).not.toHaveProperty("stellar_memo")
      expect(yield* present(row, { anchor: { profile: "v2" } })).not.toHaveProperty("stellar_memo")
      expect(yield* present(row, { anchor: { profile: "v1" } })).toHaveProperty("stellar_memo")
    })
  )
})

describe("the language", () => {
  it.effect("is the transaction's, or the one that is asked for (S31-GEN-10)", () =>
    Effect.gen(function* () {
      const row = inState("expired", { lang: "es" })

      expect((yield* present(row)).status_message).toBe("no llegó ningún pago a tiempo")
      expect((yield* present(row, { lang: "en" })).status_message).toBe("no payment came in time")
    })
  )
})

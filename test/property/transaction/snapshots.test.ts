import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { revive, type StoredContext, storedContext } from "../../../machines/transaction/snapshot.ts"
import { step } from "../../../src/runtime/step.ts"
import { holds, seeded } from "../../support/seed.ts"
import { convertingLife, draw, eventOf, life } from "../../support/transactionPlay.ts"

const anyLife = fc.oneof(life, convertingLife)

describe(seeded("a snapshot"), () => {
  it("comes back from its stored form as it went, after any life", () => {
    holds(
      fc.property(anyLife, (told) => {
        for (const { after } of told) {
          const { accepted, delivered, fee, id, received, terms } = after.context
          const json = JSON.stringify(storedContext(after.context))

          const revived = revive({
            id,
            state: after.leaf,
            terms,
            amounts: { received, accepted, fee, delivered },
            context: JSON.parse(json) as StoredContext
          })

          expect(revived).toEqual(Result.succeed(after))
        }
      })
    )
  })

  it("steps the same after it was stored as before", () => {
    holds(
      fc.property(anyLife, draw, (told, next) => {
        const after = told.at(-1)?.after
        if (after === undefined) return
        const { accepted, delivered, fee, id, received, terms } = after.context
        const revived = Result.getOrThrow(
          revive({
            id,
            state: after.leaf,
            terms,
            amounts: { received, accepted, fee, delivered },
            context: storedContext(after.context)
          })
        )
        const event = eventOf(next, after)

        expect(step(revived, event)).toEqual(step(after, event))
      })
    )
  })

  it("holds no words: field names, ids and amounts, never a value that somebody wrote", () => {
    holds(
      fc.property(anyLife, (told) => {
        for (const { after } of told) {
          const keys = Object.keys(storedContext(after.context))
          for (const key of keys)
            expect([
              "v",
              "unready",
              "submitted",
              "price",
              "attempt",
              "owed",
              "refunded",
              "fields",
              "party",
              "note"
            ]).toContain(key)
        }
      })
    )
  })
})

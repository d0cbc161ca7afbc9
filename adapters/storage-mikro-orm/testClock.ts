/**
 * The storage's clock with an offset, for tests: another function of the same name in the place of the one the migration made.
 *
 * Gotcha: no layer of the product leads here. A database whose clock was moved says so in the text of `kedge_now`.
 */
import { Effect } from "effect"
import type { StorageClock } from "../../src/testing/StorageClock.ts"
import type { Engine } from "./Engine.ts"

export const testClock = (engine: Engine): StorageClock["Service"] => {
  let offset = 0
  return {
    advance: (seconds) =>
      Effect.suspend(() => {
        offset += seconds
        return engine.run({
          name: "kedge_test_clock",
          text: `create or replace function kedge_now() returns timestamptz language sql stable as
            'select now() + interval ''${offset} seconds'''`,
          values: []
        })
      }).pipe(Effect.orDie, Effect.asVoid)
  }
}

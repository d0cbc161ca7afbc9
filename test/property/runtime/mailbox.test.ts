// The mailbox against what it promises: nothing lost, nobody overtaken who shares a key, no key in two groups at once.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Mailbox } from "../../../src/runtime/Mailbox.ts"
import { holds, seeded } from "../../support/seed.ts"

interface Item {
  readonly n: number
  readonly keys: ReadonlyArray<string>
  readonly weight: number
}

type Act =
  | { readonly _tag: "Put"; readonly keys: ReadonlyArray<string>; readonly weight: number }
  | { readonly _tag: "Take"; readonly most: number }
  | { readonly _tag: "Done"; readonly which: number; readonly back: boolean }

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("Put" as const),
      keys: fc.subarray(["a", "b", "c", "d"], { maxLength: 3 }),
      weight: fc.integer({ min: 1, max: 6 })
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constant("Take" as const), most: fc.integer({ min: 1, max: 8 }) })
  },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constant("Done" as const), which: fc.nat(3), back: fc.boolean() })
  }
)

describe(seeded("the mailbox"), () => {
  it("loses nothing, keeps the order of each key, and gives no key to two groups at once", () => {
    holds(
      fc.property(fc.array(act, { maxLength: 60, size: "max" }), (acts) => {
        const mailbox = new Mailbox<Item>()
        const inHand: Array<ReadonlyArray<Item>> = []
        const finished: Array<Item> = []
        let put = 0
        const finish = (group: ReadonlyArray<Item>, back: boolean): void => {
          // what is put back is the tail: what lost its race, and all that came after it
          const kept = back ? Math.floor(group.length / 2) : group.length
          finished.push(...group.slice(0, kept))
          mailbox.putBack(group.slice(kept))
          mailbox.done(group)
        }
        const take = (most: number): void => {
          const group = mailbox.take(most)
          if (group.length === 0) return
          const weight = group.reduce((total, item) => total + item.weight, 0)
          expect(weight <= most || group.length === 1).toBe(true)
          const busy = new Set(inHand.flat().flatMap(({ keys }) => keys))
          for (const { keys } of group) for (const key of keys) expect(busy.has(key)).toBe(false)
          inHand.push(group)
        }
        for (const one of acts) {
          if (one._tag === "Put") mailbox.put({ n: put++, keys: one.keys, weight: one.weight })
          else if (one._tag === "Take") take(one.most)
          else {
            const [group] = inHand.splice(one.which % Math.max(1, inHand.length), 1)
            if (group !== undefined) finish(group, one.back)
          }
        }
        // all is let go at the end, and all that was put has come out once
        for (const group of inHand.splice(0)) finish(group, false)
        while (mailbox.size > 0) {
          take(100)
          const group = inHand.pop()
          if (group === undefined) throw new Error("something waits and nothing can be taken")
          finish(group, false)
        }

        expect(finished.map(({ n }) => n).sort((a, b) => a - b)).toEqual(
          Array.from({ length: put }, (_, n) => n)
        )
        for (const key of ["a", "b", "c", "d"]) {
          const order = finished.filter(({ keys }) => keys.includes(key)).map(({ n }) => n)
          expect(order).toEqual([...order].sort((a, b) => a - b))
        }
      }),
      500
    )
  })
})

import { describe, expect, it } from "vitest"
import { waitFor } from "../../support/waitFor.ts"

describe("test support: waitFor", () => {
  it("gives the first answer that is neither undefined nor false", async () => {
    const answers = [undefined, false, 0, 1] as const
    let asked = 0

    const answer = await waitFor("a number", () => answers[asked++], { intervalMillis: 1 })

    expect(answer).toBe(0)
    expect(asked).toBe(3)
  })

  it("tells what it waited for and the last refusal when the time is up", async () => {
    const never = waitFor(
      "the tide",
      () => {
        throw new Error("still ebbing")
      },
      { timeoutMillis: 30, intervalMillis: 5 }
    )

    await expect(never).rejects.toThrow("waited 30 ms for the tide: still ebbing")
  })

  it("does not hang with a probe that hangs", async () => {
    const never = waitFor("an answer", () => new Promise<never>(() => {}), { timeoutMillis: 20 })

    await expect(never).rejects.toThrow("waited 20 ms for an answer: its last probe did not come back")
  })
})

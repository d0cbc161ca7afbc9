import { describe, expect, it } from "vitest"
import { count } from "../../support/CountReporter.ts"

type State = "passed" | "failed" | "skipped" | "pending"

const module = (states: ReadonlyArray<State>, own: "passed" | "failed" | "queued", errors = 0) => {
  const tests = states.map((state) => ({ result: () => ({ state, errors: undefined }) as never }))
  const broken = Array.from({ length: errors }, () => ({ message: "broken" }))
  return {
    state: () => own,
    errors: () => broken,
    children: { allTests: () => tests, allSuites: () => [{ errors: () => [] }] }
  }
}

describe("test support: CountReporter", () => {
  it("counts tests by their result", () => {
    const counts = count(
      [module(["passed", "passed", "skipped"], "passed"), module(["failed", "passed"], "failed")],
      0
    )

    expect(counts).toEqual({ passed: 3, failed: 1, skipped: 1 })
  })

  it("counts a file that could not be imported as failed", () => {
    expect(count([module([], "failed", 1)], 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it("counts a file that never ran as failed", () => {
    expect(count([module([], "queued")], 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it("counts a broken hook beside the failed tests", () => {
    expect(count([module(["failed", "skipped"], "failed", 1)], 0)).toEqual({
      passed: 0,
      failed: 2,
      skipped: 1
    })
  })

  it("counts a test without an answer, and an error of no test, as failed", () => {
    expect(count([module(["pending", "passed"], "passed")], 2)).toEqual({ passed: 1, failed: 3, skipped: 0 })
  })
})

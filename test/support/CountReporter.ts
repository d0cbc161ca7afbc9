// Ends every run with one plain line, `N passed, N failed`, that a script can read without knowing vitest.
// Gotcha: a file that cannot be imported, a broken hook and a stray rejection contain no failed *test*, and
// yet the run is not good. Each counts as one failure here, so that the line never looks better than the run.
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

type Unit = Pick<TestModule, "errors" | "state"> & {
  readonly children: {
    allTests(): Iterable<Pick<TestCase, "result">>
    allSuites(): Iterable<Pick<TestSuite, "errors">>
  }
}

/** Counts tests, and what failed without being a test, over the modules of one run. */
export const count = (modules: Iterable<Unit>, strayErrors: number): Counts => {
  const sum = { passed: 0, failed: strayErrors, skipped: 0 }
  for (const module of modules) {
    const failedBefore = sum.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      // A test still pending when the run is over never gave its answer.
      sum[state === "pending" ? "failed" : state] += 1
    }
    for (const suite of [module, ...module.children.allSuites()]) {
      if (suite.errors().length > 0) sum.failed += 1
    }
    const finished = module.state() === "passed" || module.state() === "skipped"
    if (!finished && sum.failed === failedBefore) sum.failed += 1
  }
  return sum
}

export class CountReporter implements Reporter {
  // A run that never came to its end (a broken global setup, say) leaves this as it is: one failure.
  #counts: Counts = { passed: 0, failed: 1, skipped: 0 }

  onInit(): void {
    // Written while the process ends, because teardown and the other reporters may still speak after the run.
    process.once("exit", () => {
      const { passed, failed, skipped } = this.#counts
      // An empty run proves nothing, so it may not read as a good one.
      const failures = passed + failed + skipped === 0 ? 1 : failed
      if (failures > 0 && !process.exitCode) process.exitCode = 1
      if (skipped > 0) process.stdout.write(`\n${skipped} skipped\n`)
      process.stdout.write(`\n${passed} passed, ${failures} failed\n`)
    })
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    this.#counts = count(modules, unhandledErrors.length)
  }
}

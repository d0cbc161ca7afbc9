// The one bounded wait for things outside this process: a server that comes up, a row another process writes.
// Inside one process there is always a better way (TestClock, a Deferred, an awaited promise), so tidy bans
// timers everywhere in test/ but here.
export interface WaitOptions {
  readonly timeoutMillis?: number
  readonly intervalMillis?: number
}

const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

/** The promise's answer, or an error once `millis` are over: a probe that hangs may not hang the test. */
const within = async <A>(millis: number, answer: A | Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("its last probe did not come back")), millis)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Asks until the answer is neither undefined nor false, and gives that answer. A probe that throws has not
 * answered yet; what it threw last becomes the cause when the time is up. `what` completes "waited 10000 ms for".
 */
export const waitFor = async <A>(
  what: string,
  probe: () => A | undefined | false | Promise<A | undefined | false>,
  { timeoutMillis = 10_000, intervalMillis = 20 }: WaitOptions = {}
): Promise<A> => {
  const deadline = performance.now() + timeoutMillis
  for (;;) {
    let last: unknown
    try {
      const answer = await within(Math.max(1, deadline - performance.now()), probe())
      if (answer !== undefined && answer !== false) return answer
      last = new Error(`its last answer was ${String(answer)}`)
    } catch (error) {
      last = error
    }
    if (performance.now() + intervalMillis >= deadline) {
      const detail = last instanceof Error ? last.message : String(last)
      throw new Error(`waited ${timeoutMillis} ms for ${what}: ${detail}`, { cause: last })
    }
    await pause(intervalMillis)
  }
}

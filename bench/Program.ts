/**
 * A part of a benchmark that must not share a process with what is measured: started, asked over IPC, and gone when we are.
 *
 * Gotcha: questions and answers are JSON; what a program prints goes where our own output goes.
 */
import { fork } from "node:child_process"

export interface Program {
  /** Asks one of the questions the program answers; the asker knows the form of the answer. */
  readonly ask: <Answer>(question: string, about?: unknown) => Promise<Answer>
  readonly stop: () => Promise<void>
}

interface Asked {
  readonly id: number
  readonly question: string
  readonly about: unknown
}

interface Answered {
  readonly id: number
  readonly answer?: unknown
  readonly failure?: string
}

/** A program that has not ended so long after it was told to is killed, and the benchmark fails: it must end by itself. */
const endMillis = 15_000

/** Starts a module of `bench/` as a process of its own. */
export const startProgram = (module: string): Program => {
  const child = fork(new URL(module, import.meta.url), [], { execArgv: [] })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  let questions = 0
  child.on("message", ({ answer, failure, id }: Answered) => {
    const asker = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) asker?.resolve(answer)
    else asker?.reject(new Error(`${module}: ${failure}`))
  })
  void ended.then(() => {
    for (const asker of waiting.values()) asker.reject(new Error(`${module} ended before it answered`))
  })
  return {
    ask: async <Answer>(question: string, about?: unknown) => {
      const asker = Promise.withResolvers<unknown>()
      questions += 1
      waiting.set(questions, asker)
      child.send({ id: questions, question, about } satisfies Asked)
      return (await asker.promise) as Answer
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      const late = setTimeout(() => child.kill("SIGKILL"), endMillis)
      await ended
      clearTimeout(late)
      if (child.signalCode === "SIGKILL") throw new Error(`${module} did not end within ${endMillis} ms`)
    }
  }
}

/** For the program: answers each question by its name, and ends when whoever started it has gone. */
export const answerStarter = (
  answers: Readonly<Record<string, (about: never) => unknown>>,
  onEnd: () => Promise<void> = () => Promise.resolve()
): void => {
  const answer = async ({ about, id, question }: Asked): Promise<Answered> => {
    try {
      const known = answers[question]
      if (known === undefined) throw new Error(`there is no answer to ${question}`)
      return { id, answer: await known(about as never) }
    } catch (error) {
      return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on("message", (asked: Asked) => {
    void answer(asked).then((answered) => process.send?.(answered))
  })
  process.on("disconnect", () => {
    void onEnd().finally(() => process.exit(0))
  })
}

/**
 * One request to the sandbox rail, and how it went wrong if it did: before anything was sent, or after, when nobody knows.
 *
 * Gotcha: a line that is kept alive may die just as we write on it. Only a request whose socket was never connected has
 * provably sent nothing; every other failure is of unknown outcome.
 */
import { Agent, type ClientRequest, request as httpRequest } from "node:http"
import { Effect } from "effect"

export interface RailAnswer {
  readonly _tag: "Answered"
  readonly status: number
  /** The body as JSON, or null where it is none. */
  readonly body: unknown
}
export interface NotSent {
  readonly _tag: "NotSent"
  readonly reason: string
}
export interface Lost {
  readonly _tag: "Lost"
  readonly reason: string
}

const answerMax = 1_048_576

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const whyOf = (error: Error): string => {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name
  return error.message === "" ? code : error.message
}

/** A client of one rail: lines kept alive, as many as calls may be under way. */
export const railClient = (base: URL, linesMax: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: linesMax })

  const send = (
    method: "GET" | "POST",
    path: string,
    body: unknown,
    done: (answer: RailAnswer | NotSent | Lost) => void
  ): ClientRequest => {
    let isConnected = false
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      text === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }
    const request = httpRequest(new URL(path, base), { method, agent, headers }, (response) => {
      const chunks: Array<Buffer> = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size > answerMax) request.destroy(new Error("the answer is too long"))
        else chunks.push(chunk)
      })
      response.on("end", () =>
        done({
          _tag: "Answered",
          status: response.statusCode ?? 0,
          body: parsed(Buffer.concat(chunks).toString())
        })
      )
      response.on("error", (error) => done({ _tag: "Lost", reason: whyOf(error) }))
    })
    request.on("socket", (socket) => {
      if (!socket.connecting) isConnected = true
      else socket.once("connect", () => (isConnected = true))
    })
    request.on("error", (error) => done({ _tag: isConnected ? "Lost" : "NotSent", reason: whyOf(error) }))
    request.end(text)
    return request
  }

  return {
    /** Never fails: what became of the request is the answer. Interruption cuts the line. */
    ask: (method: "GET" | "POST", path: string, body?: unknown): Effect.Effect<RailAnswer | NotSent | Lost> =>
      Effect.callback((resume) => {
        const request = send(method, path, body, (answer) => resume(Effect.succeed(answer)))
        return Effect.sync(() => request.destroy())
      }),
    close: Effect.sync(() => agent.destroy())
  }
}

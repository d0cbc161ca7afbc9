// A real HTTP server on loopback that answers as the test says: Horizon's JSON, or any of the ways in which what stands
// between us and Horizon fails. Every request is remembered.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** Says that more is coming than comes, and hangs up. */
  | { readonly truncated: string }
  /** Hangs up without a word. */
  | "reset"
  /** Takes the request and never says anything. */
  | "silence"
  /** Sends the head and the beginning of a body, and then nothing. */
  | { readonly stalled: string }
  /** Server-sent events; the connection stays open unless it `ends`. */
  | { readonly events: ReadonlyArray<string>; readonly ends?: boolean }

export type Script = (url: URL, request: IncomingMessage) => Reply

export interface ScriptedHorizon {
  readonly url: URL
  readonly requests: Array<URL>
  /** Replaces the script. */
  answer(script: Script): void
  /** Sends more to every open event stream. */
  send(event: string): void
  close(): Promise<void>
}

export const problem = (
  status: number,
  title: string,
  extras: Readonly<Record<string, unknown>> = {}
): Reply => ({
  status,
  headers: { "content-type": "application/problem+json; charset=utf-8" },
  json: { type: "https://stellar.org/horizon-errors/x", title, status, extras }
})

const reply = (answer: Reply, response: ServerResponse, streams: Set<ServerResponse>): void => {
  if (answer === "silence") return
  if (answer === "reset") response.destroy()
  else if ("events" in answer) {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" })
    for (const event of answer.events) response.write(event)
    if (answer.ends === true) response.end()
    else streams.add(response)
  } else if ("truncated" in answer) {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": answer.truncated.length + 1_000
    })
    response.write(answer.truncated, () => response.destroy())
  } else if ("stalled" in answer) {
    response.writeHead(200, { "content-type": "application/json" })
    response.write(answer.stalled)
  } else {
    const text = "json" in answer ? JSON.stringify(answer.json) : answer.text
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers })
    response.end(text)
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  })

export const startScriptedHorizon = async (first: Script): Promise<ScriptedHorizon> => {
  let script = first
  const requests: Array<URL> = []
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1")
    requests.push(url)
    response.on("close", () => streams.delete(response))
    reply(script(url, request), response, streams)
  })
  const port = await listen(server)
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    answer: (next) => {
      script = next
    },
    send: (event) => {
      for (const stream of streams) stream.write(event)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

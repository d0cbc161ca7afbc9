// The little HTTP that Horizon and rail share: reading a bounded body, answering JSON.

import { Buffer } from "node:buffer"
import type { IncomingMessage, ServerResponse } from "node:http"

const BODY_BYTES_MAX = 1_048_576

export class BodyTooLarge extends Error {}

export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<string> = []
  let size = 0
  request.setEncoding("utf8")
  for await (const chunk of request as AsyncIterable<Buffer | string>) {
    const text = String(chunk)
    size += text.length
    if (size > BODY_BYTES_MAX) throw new BodyTooLarge(`a body may have ${BODY_BYTES_MAX} bytes`)
    chunks.push(text)
  }
  return chunks.join("")
}

/** The body as JSON; `undefined` when it is not. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const body = await readBody(request)
  try {
    return body === "" ? {} : (JSON.parse(body) as unknown)
  } catch {
    return undefined
  }
}

const replyless = new WeakSet<ServerResponse>()

/** Cuts the line instead of sending the answer, when it comes to that. */
export const loseReply = (response: ServerResponse): void => {
  replyless.add(response)
}

/** The path's part as it was before it was percent-encoded; `undefined` when it was not. */
export const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

export const send = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): void => {
  // The client may have left while the answer was made.
  if (response.destroyed || response.headersSent) return
  if (replyless.has(response)) {
    response.destroy()
    return
  }
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    ...headers
  })
  response.end(body)
}

export const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, JSON.stringify(body))

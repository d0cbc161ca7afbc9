/**
 * The node:http server under a public listener: limits on headers and slow clients, and a JSON answer where Node itself
 * refuses a request before any of our code sees it (431, 414, 408, 400).
 *
 * Gotcha: at that point there is no request object, so no CORS header, no request id and no language but English.
 */
import { createServer, type Server } from "node:http"
import type { Socket } from "node:net"

export interface PublicServerOptions {
  /** Seconds a client has to send the whole request; the envelope's own timeout covers the answer. */
  readonly requestTimeout: number
  /** Bytes of the request line and all headers. */
  readonly headersMax?: number
  /** Connections at once; the next one is closed as it comes, so that those who hold many take no file from our own work. */
  readonly connectionsMax?: number
}

const refusals: Readonly<Record<string, readonly [status: string, error: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "the headers of the request are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "the request took too long to arrive"]
}
const malformed = ["400 Bad Request", "the request is not valid HTTP"] as const
const longUrl = ["414 URI Too Long", "the URL is too long"] as const

type Fault = Error & { readonly code?: string; readonly rawPacket?: Uint8Array }

/** Far more than the URL of any request to us; the envelope has the same limit. */
const urlMax = 8192

/** The parser counts the request line as a header. Gotcha: of a URL that comes in several packets only the last is known here. */
const isWithinUrl = ({ rawPacket }: Fault): boolean => {
  if (rawPacket === undefined) return false
  const [line = ""] = Buffer.from(rawPacket).toString("latin1").split("\r\n", 1)
  return line.length > urlMax && /^[A-Z]+ \S/.test(line)
}

const refusalOf = (fault: Fault): readonly [status: string, error: string] =>
  fault.code === "HPE_HEADER_OVERFLOW" && isWithinUrl(fault)
    ? longUrl
    : (refusals[fault.code ?? ""] ?? malformed)

const refuse = (fault: Fault, socket: Socket): void => {
  if (fault.code === "ECONNRESET" || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, error] = refusalOf(fault)
  const body = JSON.stringify({ error })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-content-type-options: nosniff\r\nconnection: close\r\n\r\n${body}`
  )
}

/** A server for `NodeHttpServer.layer`; it does not listen yet. */
export const createPublicServer = ({
  requestTimeout,
  headersMax = 16_384,
  connectionsMax = 10_000
}: PublicServerOptions): Server => {
  const server = createServer({
    maxHeaderSize: headersMax,
    requestTimeout: requestTimeout * 1000,
    headersTimeout: Math.min(requestTimeout, 10) * 1000,
    // How often Node looks for connections past their time: by default 30 s, which would make short limits long.
    connectionsCheckingInterval: 1000
  })
  server.maxConnections = connectionsMax
  server.on("clientError", (fault, socket) => refuse(fault, socket as Socket))
  return server
}

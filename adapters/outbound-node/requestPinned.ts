/**
 * One request over a connection to addresses that were checked, and to no other: the name stays in Host, SNI and certificate,
 * while the look-up that Node would make is answered from what was checked (SEC-02).
 *
 * No agent of the process is used, so there is no shared connection, no proxy from the environment and nothing of another
 * call (SEC-07). Gotcha: nothing is ever decompressed; an answer that comes encoded all the same has a status and no body.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http"
import { Agent as TlsAgent, request as httpsRequest } from "node:https"
import { isIPv6, type LookupFunction } from "node:net"
import { rootCertificates } from "node:tls"
import { Effect } from "effect"
import { type OutboundAnswer, outboundHeaders, type OutboundRequest } from "../../src/ports/Outbound.ts"

export interface PinnedRequest {
  readonly url: URL
  /** Checked; at least one. */
  readonly addresses: ReadonlyArray<string>
  readonly request: OutboundRequest
  readonly connectSeconds: number
  /** Certificates to trust besides the usual ones, in PEM. */
  readonly trust?: ReadonlyArray<string>
}

const headersMax = 16_384

/** A connection of its own. A far-away address gets more than Node's quarter of a second before the next one is tried. */
const freshConnection = { keepAlive: false, autoSelectFamilyAttemptTimeout: 1_500 }

/** Answers Node's question for the address with what was checked. */
const pinnedTo =
  (addresses: ReadonlyArray<string>): LookupFunction =>
  (_, options, done) => {
    const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
    if (options.all === true) return done(null, found)
    const [first = { address: "", family: 4 }] = found
    done(null, first.address, first.family)
  }

const headersOf = ({ headers, body }: OutboundRequest): Record<string, string> => {
  const given = outboundHeaders.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(given),
    "User-Agent": "kedge",
    "Accept-Encoding": "identity",
    Connection: "close",
    ...(body === undefined ? {} : { "Content-Length": String(body.byteLength) })
  }
}

const isEncoded = ({ headers }: IncomingMessage): boolean => {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
  return encoding !== "" && encoding !== "identity"
}

/** Reads up to `maxBytes` and hangs up on the rest. */
const readAnswer = (
  response: IncomingMessage,
  maxBytes: number,
  done: (answer: OutboundAnswer) => void,
  failed: (error: Error) => void
): void => {
  const status = response.statusCode ?? 0
  if (isEncoded(response)) {
    done({ status, body: new Uint8Array(), whole: false })
    response.destroy()
    return
  }
  const chunks: Array<Buffer> = []
  let size = 0
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size <= maxBytes) return
    done({ status, body: new Uint8Array(Buffer.concat(chunks).subarray(0, maxBytes)), whole: false })
    response.destroy()
  })
  response.on("end", () => done({ status, body: new Uint8Array(Buffer.concat(chunks)), whole: true }))
  response.on("error", failed)
}

const begin = (
  { url, addresses, request, trust }: PinnedRequest,
  onAnswer: (response: IncomingMessage) => void
): ClientRequest => {
  const options = {
    method: request.method,
    headers: headersOf(request),
    lookup: pinnedTo(addresses),
    maxHeaderSize: headersMax
  }
  if (url.protocol === "http:") {
    return httpRequest(url, { ...options, agent: new Agent(freshConnection) }, onAnswer)
  }
  const agent = new TlsAgent({
    ...freshConnection,
    maxCachedSessions: 0,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(trust === undefined ? {} : { ca: [...rootCertificates, ...trust] })
  })
  return httpsRequest(url, { ...options, agent }, onAnswer)
}

/** Fails with a reason for the log alone. Interruption cuts the line. */
export const requestPinned = (pinned: PinnedRequest): Effect.Effect<OutboundAnswer, Error> =>
  Effect.callback((resume) => {
    const { request, connectSeconds, url } = pinned
    const failed = (error: Error) => resume(Effect.fail(error))
    const sent = begin(pinned, (response) =>
      readAnswer(response, request.maxBytes, (answer) => resume(Effect.succeed(answer)), failed)
    )
    const tooLong = setTimeout(
      () => sent.destroy(new Error(`no connection within ${connectSeconds} s`)),
      connectSeconds * 1_000
    )
    sent.on("socket", (socket) => {
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => clearTimeout(tooLong))
    })
    sent.on("error", failed)
    sent.on("close", () => {
      clearTimeout(tooLong)
      failed(new Error("the connection was closed without a whole answer"))
    })
    sent.end(request.body)
    return Effect.sync(() => sent.destroy())
  })

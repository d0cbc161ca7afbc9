// A server of a stranger on this machine: it keeps every request as it came, byte for byte, and answers as the test says.
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import type { TLSSocket } from "node:tls"
import { Keypair } from "@stellar/stellar-sdk"
import { Effect } from "effect"

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Names as they stood on the wire. */
  readonly names: ReadonlyArray<string>
  readonly body: Buffer
  /** By which name the TLS handshake asked for it; null on plain http. */
  readonly sni: string | null
}

export type Reply = (response: ServerResponse, request: Received) => void

const fixture = (name: string) => readFileSync(`test/fixtures/tls/${name}`, "utf8")

/** The authority behind the certificate of `receiver.example`. */
export const testAuthority = fixture("ca.pem")

const sniOf = (socket: Socket): string | null => {
  const name = (socket as Partial<TLSSocket>).servername
  return typeof name === "string" ? name : null
}

const receive = (request: IncomingMessage, done: (received: Received) => void) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () =>
    done({
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers as Readonly<Record<string, string>>,
      names: request.rawHeaders.filter((_, at) => at % 2 === 0),
      body: Buffer.concat(chunks),
      sni: sniOf(request.socket)
    })
  )
}

export interface Receiver {
  readonly port: number
  readonly received: ReadonlyArray<Received>
  /** Connections made to it, whether or not a request came over them. */
  readonly connections: () => number
  /** How the next requests are answered; by default 200 and nothing. */
  reply: Reply
}

export interface ReceiverOptions {
  readonly tls?: boolean
  readonly host?: string
  readonly port?: number
}

/** Listens on loopback until the scope closes. */
export const startReceiver = ({ tls = false, host = "127.0.0.1", port = 0 }: ReceiverOptions = {}) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const received: Array<Received> = []
        const sockets = new Set<Socket>()
        let connections = 0
        const state: { reply: Reply } = { reply: (response) => response.end() }
        const onRequest = (request: IncomingMessage, response: ServerResponse) =>
          receive(request, (each) => {
            received.push(each)
            state.reply(response, each)
          })
        const server: Server = tls
          ? createTlsServer({ key: fixture("receiver.key.pem"), cert: fixture("receiver.pem") }, onRequest)
          : createServer(onRequest)
        server.on("connection", (socket: Socket) => {
          connections += 1
          sockets.add(socket)
        })
        await new Promise<void>((resolve) => server.listen(port, host, resolve))
        const receiver: Receiver = Object.assign(state, {
          port: (server.address() as AddressInfo).port,
          received,
          connections: () => connections
        })
        return { receiver, server, sockets }
      }),
      ({ server, sockets }) =>
        Effect.promise(async () => {
          for (const socket of sockets) socket.destroy()
          await new Promise((resolve) => server.close(resolve))
        })
    ),
    ({ receiver }) => receiver
  )

/** What SEP-31 §Callback has a receiver check: the header's form, and the signature over time, own host and body. */
export const readSignature = (
  { headers, body }: Pick<Received, "headers" | "body">,
  publicKey: string,
  host: string,
  header = "signature"
): { readonly seconds: number; readonly isGood: boolean } => {
  const match = /^t=([0-9]+), s=([A-Za-z0-9+/]+=*)$/.exec(headers[header] ?? "")
  if (match === null) throw new Error(`the header ${header} is ${JSON.stringify(headers[header])}`)
  const [, t = "", s = ""] = match
  const signed = Buffer.concat([Buffer.from(`${t}.${host}.`), body])
  return {
    seconds: Number(t),
    isGood: Keypair.fromPublicKey(publicKey).verify(signed, Buffer.from(s, "base64"))
  }
}

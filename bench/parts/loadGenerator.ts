/**
 * Sends HTTP requests from a process of its own, over kept connections, one request at a time on each.
 *
 * `closed`: every connection sends its next request when it has its answer; it finds the most a server takes. `open`: requests
 * are due at fixed times whatever the server does, and each latency counts from the time it was due, so that a stall is felt by
 * all who would have come during it. Gotcha: written on sockets, because node's own client costs more than the server measured.
 */
import { connect, type Socket } from "node:net"
import { performance } from "node:perf_hooks"
import { answerStarter } from "../Program.ts"
import { percentile } from "../Report.ts"

export interface Load {
  readonly port: number
  /** Whole requests as text, taken in turn. */
  readonly requests: ReadonlyArray<string>
  readonly connections: number
  readonly count: number
  /** Requests a second, due evenly; null for the closed loop. */
  readonly rate: number | null
}

export interface LoadResult {
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>
  /** An answer that was not 2xx, for whoever has to find out why. */
  readonly strange: string | null
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true })
    socket.once("connect", () => resolve(socket))
    socket.once("error", reject)
  })

/** A server that answers nobody for so long will not answer any more. */
const stallMillis = 40_000

/** Calls back with status and text of each answer; every answer must say its length. */
const onAnswers = (socket: Socket, take: (status: number, text: string) => void): void => {
  let text = ""
  socket.setEncoding("latin1")
  socket.on("data", (chunk: string) => {
    text += chunk
    for (;;) {
      const end = text.indexOf("\r\n\r\n")
      if (end < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
      if (length === undefined) throw new Error(`an answer without its length: ${text.slice(0, end)}`)
      const whole = end + 4 + Number(length)
      if (text.length < whole) return
      const answer = text.slice(0, whole)
      text = text.slice(whole)
      take(Number(answer.slice(9, 12)), answer)
    }
  })
}

const run = async ({ connections, count, port, rate, requests }: Load): Promise<LoadResult> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const latencies: Array<number> = []
  const statuses: Record<string, number> = {}
  const done = Promise.withResolvers<void>()
  const idle = [...sockets]
  const sentAt = new Map<Socket, number>()
  /** When each request that nobody has sent yet was due. */
  const due: Array<number> = []
  let strange: string | null = null
  let sent = 0
  let answeredBefore = -1
  const stall = setInterval(() => {
    if (latencies.length === answeredBefore) {
      done.reject(
        new Error(`no answer for ${stallMillis} ms: ${latencies.length} of ${sent} sent, ${count} to send`)
      )
    }
    answeredBefore = latencies.length
  }, stallMillis)
  const send = (socket: Socket, from: number): void => {
    sentAt.set(socket, from)
    socket.write(requests[sent % requests.length] ?? "")
    sent += 1
  }
  const next = (socket: Socket): void => {
    const from = rate === null ? performance.now() : due.shift()
    if (sent < count && from !== undefined) send(socket, from)
    else idle.push(socket)
  }
  for (const socket of sockets) {
    socket.once("error", done.reject)
    socket.once("end", () => done.reject(new Error("the server has closed a connection")))
    onAnswers(socket, (status, text) => {
      latencies.push(performance.now() - (sentAt.get(socket) ?? 0))
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status >= 300) strange ??= text
      if (latencies.length === count) done.resolve()
      else next(socket)
    })
  }
  const startedAt = performance.now()
  const wakeIdle = (): void => {
    for (let waiting = Math.min(idle.length, due.length); waiting > 0; waiting--) {
      // The one that has been idle longest: a server closes connections that say nothing.
      const socket = idle.shift()
      if (socket !== undefined) next(socket)
    }
  }
  let announced = 0
  const announce = (perSecond: number): void => {
    const now = performance.now()
    for (; announced < count && startedAt + (announced * 1000) / perSecond <= now; announced++) {
      due.push(startedAt + (announced * 1000) / perSecond)
    }
    wakeIdle()
    if (announced < count) setTimeout(() => announce(perSecond), 1)
  }
  if (rate === null) for (const socket of idle.splice(0)) next(socket)
  else announce(rate)
  await done.promise.finally(() => clearInterval(stall))
  const seconds = (performance.now() - startedAt) / 1000
  for (const socket of sockets) socket.destroy()
  latencies.sort((a, b) => a - b)
  return {
    seconds,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    max: percentile(latencies, 100),
    statuses,
    strange
  }
}

answerStarter({ run })

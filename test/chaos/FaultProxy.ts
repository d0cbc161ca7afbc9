/**
 * A TCP proxy that does to a line what networks do: cuts it, holds it, slows it, swallows it, writes nonsense into it, or
 * cuts it just as certain bytes pass.
 *
 * Gotcha: a held line loses nothing, its bytes arrive late; a swallowed one stays open and is of no use ever again, as after a
 * router has forgotten it. Only its own client can find out.
 */
import { createServer, createConnection, type Server, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

/** `up` is from the client to the server. */
export type Direction = "up" | "down"

export interface Line {
  /** The first bytes the client sent: PostgreSQL's startup packet, the first request. */
  greeting: string
  readonly client: Socket
  readonly server: Socket
  isSwallowed: boolean
  /** Cut as soon as the server answers, its answer unread. */
  isCutOnAnswer: boolean
}

export type Passes = (bytes: Buffer, line: Line) => boolean

/** `half`: half of the bytes arrive. `sent`: all arrive, no answer does. `answered`: they were answered, and nobody hears it. */
export type CutHow = "half" | "sent" | "answered"

interface Watch {
  readonly direction: Direction
  readonly passes: Passes
  readonly cut: CutHow | null
  readonly done: () => void
}

export class FaultProxy {
  /** Ports on this machine, taken in turn by new lines; none: every new line is refused. */
  targets: ReadonlyArray<number> = []
  delayMillis = 0
  bytesPerSecond: number | null = null
  private readonly lines = new Set<Line>()
  private readonly watches = new Set<Watch>()
  private readonly listener: Server
  private held: PromiseWithResolvers<void> | null = null
  private swallows = false
  private turn = 0

  private constructor(listener: Server) {
    this.listener = listener
    listener.on("connection", (client) => this.open(client))
  }

  static async start(targets: ReadonlyArray<number> = []): Promise<FaultProxy> {
    const listener = createServer({ pauseOnConnect: true, noDelay: true })
    const proxy = new FaultProxy(listener)
    proxy.targets = targets
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject)
      listener.listen(0, "127.0.0.1", resolve)
    })
    return proxy
  }

  get port(): number {
    const address = this.listener.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  get openLines(): number {
    return this.lines.size
  }

  /** Resets every line; answers how many there were. */
  cut(): number {
    const { size } = this.lines
    for (const line of this.lines) this.end(line)
    return size
  }

  /** Holds all bytes until `release`; then they go on in order. */
  hold(): void {
    this.held ??= Promise.withResolvers<void>()
  }

  release(): void {
    this.held?.resolve()
    this.held = null
  }

  /** Every line there is, and every new one until `heal`, becomes half-open: the server is gone and the client is not told. */
  swallow(): void {
    this.swallows = true
    for (const line of this.lines) {
      line.isSwallowed = true
      line.server.destroy()
    }
  }

  /** Writes bytes that mean nothing to both ends of every line, and cuts it. */
  garble(noise: Buffer): void {
    for (const line of this.lines) {
      line.client.write(noise, () => this.end(line))
      line.server.write(noise)
    }
  }

  /** Everything is as it should be again, except for lines that were lost. */
  heal(): void {
    this.delayMillis = 0
    this.bytesPerSecond = null
    this.swallows = false
    for (const watch of this.watches) if (watch.cut !== null) this.watches.delete(watch)
    this.release()
  }

  /** Resolves when bytes that `passes` accepts have gone through. */
  passing(direction: Direction, passes: Passes): Promise<void> {
    return new Promise((done) => this.watches.add({ direction, passes, cut: null, done }))
  }

  /** Cuts the line on which bytes that `passes` accepts go up next; resolves when it has. `heal` takes the order back. */
  cutAt(passes: Passes, cut: CutHow): Promise<void> {
    return new Promise((done) => this.watches.add({ direction: "up", passes, cut, done }))
  }

  async close(): Promise<void> {
    this.heal()
    this.cut()
    await new Promise<void>((resolve) => this.listener.close(() => resolve()))
  }

  private end(line: Line): void {
    this.lines.delete(line)
    line.client.resetAndDestroy()
    line.server.resetAndDestroy()
  }

  private open(client: Socket): void {
    const target = this.targets[this.turn++ % Math.max(1, this.targets.length)]
    if (target === undefined) {
      client.resetAndDestroy()
      return
    }
    const server = createConnection({ port: target, host: "127.0.0.1", noDelay: true })
    const line: Line = { greeting: "", client, server, isSwallowed: this.swallows, isCutOnAnswer: false }
    this.lines.add(line)
    if (this.swallows) server.destroy()
    this.pump(line, "up")
    this.pump(line, "down")
    client.resume()
  }

  private pump(line: Line, direction: Direction): void {
    const [from, to] = direction === "up" ? [line.client, line.server] : [line.server, line.client]
    // One after the other: a socket gives its next bytes when these have been passed on.
    from.on("data", (bytes: Buffer) => {
      from.pause()
      void this.pass(line, direction, bytes, to).then(() => from.resume())
    })
    from.on("end", () => {
      if (!line.isSwallowed) to.end()
    })
    from.on("error", () => this.lost(line, direction))
    from.on("close", () => this.lost(line, direction))
  }

  /** One end is gone. The other hears of it, unless the line is half-open and it was the server's end. */
  private lost(line: Line, direction: Direction): void {
    if (line.isSwallowed && direction === "down") return
    this.lines.delete(line)
    line.client.destroy()
    line.server.destroy()
  }

  private async pass(line: Line, direction: Direction, bytes: Buffer, to: Socket): Promise<void> {
    if (direction === "up" && line.greeting === "") line.greeting = bytes.toString("latin1")
    if (this.held !== null) await this.held.promise
    if (this.delayMillis > 0) await pause(this.delayMillis)
    if (this.bytesPerSecond !== null) await pause((bytes.length * 1000) / this.bytesPerSecond)
    if (line.isSwallowed) return
    if (direction === "down" && line.isCutOnAnswer) return this.end(line)
    const met = [...this.watches].filter((each) => each.direction === direction && each.passes(bytes, line))
    const cutting = met.find(({ cut }) => cut !== null)
    const taken = cutting?.cut === "half" ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes
    if (cutting?.cut === "answered") line.isCutOnAnswer = true
    await new Promise<void>((written) => to.write(taken, () => written()))
    if (cutting?.cut === "half" || cutting?.cut === "sent") this.end(line)
    for (const watch of met) {
      // One line is cut by one order: any other waits for the next.
      if (watch.cut !== null && watch !== cutting) continue
      this.watches.delete(watch)
      watch.done()
    }
  }
}

const sync = Buffer.from([0x53, 0, 0, 0, 4])

/** The last bytes of Kedge's one commit statement, or of a COMMIT. */
export const isCommit: Passes = (bytes, line) => {
  if (line.greeting.includes("kedge-commit\0")) return bytes.subarray(-sync.length).equals(sync)
  return /Q....commit/is.test(bytes.toString("latin1"))
}
/** An answer of the database to a commit. */
export const isCommitted: Passes = (bytes, line) =>
  line.greeting.includes("kedge-commit\0") && bytes.toString("latin1").includes("INSERT 0 1")

/** An order to the sandbox rail. */
export const isPayout: Passes = (bytes) => bytes.subarray(0, 18).toString("latin1") === "POST /rail/payouts"
/** An answer of the sandbox rail that says what became of a payout. */
export const isPaidOut: Passes = (bytes) => bytes.toString("latin1").includes('"outcome"')

/** A refund on its way to the ledger. */
export const isRefund: Passes = (bytes) => bytes.subarray(0, 18).toString("latin1") === "POST /transactions"

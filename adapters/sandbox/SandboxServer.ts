// A country in a box: a Stellar ledger behind Horizon's interface and a payment rail with a book of its own, in one
// HTTP server on loopback. For demo, tests and benchmarks, embedded in another process or alone.
// Gotcha: a directory belongs to one process at a time; a second one is refused while the first lives.

import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { Context, Effect, Layer, Schema } from "effect"
import type { Scope } from "effect"
import type { Rate } from "./AppliedOperation.ts"
import { claimDirectory } from "./claimDirectory.ts"
import { ControlServer } from "./ControlServer.ts"
import { Disturbances } from "./Disturbances.ts"
import { Faucet } from "./Faucet.ts"
import type { SandboxAsset } from "./Faucet.ts"
import { HorizonServer } from "./HorizonServer.ts"
import { BodyTooLarge, sendJson } from "./httpAnswers.ts"
import { Ledger } from "./Ledger.ts"
import { openLedgerJournal } from "./ledgerJournal.ts"
import { defaultMarketRates, MovingRates } from "./MovingRates.ts"
import { startPacemaker } from "./pacemaker.ts"
import { Rail } from "./Rail.ts"
import { RailBook } from "./RailBook.ts"
import { RailServer } from "./RailServer.ts"
import { rateTable } from "./rateTable.ts"

export interface SandboxOptions {
  /** Where ledger and book are kept; absent: in memory only. */
  readonly directory?: string
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Made at random at the first start unless given; a kept ledger has its own. */
  readonly passphrase?: string
  /** Default 1; `null`: a ledger closes only when asked, or by `closeWhenPendingMs`. */
  readonly closeEverySeconds?: number | null
  /** Closes a ledger so long after a transaction begins to wait; default `null`, off. */
  readonly closeWhenPendingMs?: number | null
  /** Assets the sandbox issues; default USDC and EURC. */
  readonly assetCodes?: ReadonlyArray<string>
  /**
   * What path payments exchange at: "FROM/TO" to a decimal string, by asset code (XLM for native). 1 where absent.
   * Part of the rules a kept ledger is replayed by: keep it the same for the life of a directory.
   */
  readonly rates?: Readonly<Record<string, string>>
  /** What GET /rates swings around: "FROM/TO" to a decimal string, by code. Default some of USDC and EURC. */
  readonly marketRates?: Readonly<Record<string, string>>
  /** How long a payout travels to the rail, in milliseconds; default 0. */
  readonly railLatencyMs?: number
  /** After how long a payout to 0001 is delivered, in milliseconds; default 2000. */
  readonly railSettleAfterMs?: number
  /** How often a silent stream is kept alive, in milliseconds; default 10,000. */
  readonly keepAliveMs?: number
  /** How long POST /transactions waits for a ledger, in milliseconds; default 30,000. */
  readonly submitTimeoutMs?: number
  /** The time in milliseconds since 1970, for ledgers and book; default the system's clock. */
  readonly now?: () => number
  /** Hears of what should not happen: a ledger that could not be written, a request that threw. */
  readonly onFailure?: (error: unknown) => void
}

export interface Sandbox {
  /** Of Horizon, rail and all; without a slash at the end. */
  readonly url: string
  readonly passphrase: string
  readonly assets: ReadonlyArray<SandboxAsset>
  readonly ledger: Ledger
  readonly faucet: Faucet
  readonly rail: Rail
  readonly disturbances: Disturbances
  /** Ends streams and open requests, finishes what is being written, frees port and directory. */
  readonly close: () => Promise<void>
}

export class SandboxUnavailable extends Schema.TaggedError<SandboxUnavailable>()("SandboxUnavailable", {
  message: Schema.String,
  cause: Schema.Defect()
}) {}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      const address = server.address()
      if (address === null || typeof address === "string") reject(new Error("the sandbox has no port"))
      else resolve(address.port)
    })
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const KEEP_ALIVE_MS = 75_000

const ignore = (): void => {}

const rateOf = (options: SandboxOptions): ((from: string, to: string) => Rate) =>
  rateTable(options.rates ?? {})

/** One rate, `?from=USDC&to=BRL`, or all of them. */
const sendRates = (market: MovingRates, asked: URL, response: ServerResponse): void => {
  const [from, to] = [asked.searchParams.get("from"), asked.searchParams.get("to")]
  if (from === null || to === null) return sendJson(response, 200, { rates: market.all })
  const rate = market.of(from, to)
  return rate === undefined
    ? sendJson(response, 404, { error: `the sandbox has no rate from ${from} to ${to}` })
    : sendJson(response, 200, { rate })
}

const start = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const now = options.now ?? Date.now
  const seconds = (): number => now() / 1000
  const onFailure = options.onFailure ?? ignore
  const { directory, passphrase } = options
  const release = directory === undefined ? async () => {} : await claimDirectory(directory)
  const undo: Array<() => Promise<void>> = [release]
  const unwind = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    const journal = await openLedgerJournal({
      now: Math.floor(seconds()),
      ...(directory === undefined ? {} : { directory }),
      ...(passphrase === undefined ? {} : { passphrase })
    })
    undo.push(() => journal.close())
    const ledger = new Ledger({ journal, now: seconds, rate: rateOf(options) })
    const book = await RailBook.open(directory, ledger.passphrase)
    undo.push(() => book.close())
    const faucet = new Faucet(ledger, options.assetCodes ?? ["USDC", "EURC"])
    await faucet.open()
    const settings = {
      latencyMs: options.railLatencyMs ?? 0,
      settleAfterMs: options.railSettleAfterMs ?? 2000
    }
    const rail = new Rail(book, settings, now)

    let url = ""
    const horizon = new HorizonServer({
      ledger,
      base: () => url,
      keepAliveMs: options.keepAliveMs ?? 10_000,
      submitTimeoutMs: options.submitTimeoutMs ?? 30_000
    })
    const railServer = new RailServer(rail)
    const market = new MovingRates(options.marketRates ?? defaultMarketRates, seconds)
    const disturbances = new Disturbances()
    const control = new ControlServer(ledger, faucet, disturbances, () => url)
    const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const asked = new URL(`http://sandbox${request.url ?? "/"}`)
      const room = asked.pathname.split("/")[1]
      if (room === "sandbox") return control.handle(request, response, asked)
      if (!(await disturbances.isServed(request.method ?? "", asked.pathname, response))) return
      if (room === "friendbot") return control.handle(request, response, asked)
      if (room === "rates") return sendRates(market, asked, response)
      if (room === "rail") return railServer.handle(request, response, asked)
      return horizon.handle(request, response, asked)
    }
    const server = createServer((request, response) => {
      route(request, response).catch((error: unknown) => {
        if (error instanceof BodyTooLarge) return sendJson(response, 413, { error: error.message })
        onFailure(error)
        sendJson(response, 500, { error: "the sandbox failed" })
      })
    })
    // Longer than clients keep a silent line, so that none is cut just as an order for a payout is sent on it.
    server.keepAliveTimeout = KEEP_ALIVE_MS
    const port = await listen(server, options.port ?? 0)
    url = `http://127.0.0.1:${port}`
    const stopPacemaker = startPacemaker(
      ledger,
      {
        everySeconds: options.closeEverySeconds === undefined ? 1 : options.closeEverySeconds,
        whenPendingMs: options.closeWhenPendingMs ?? null
      },
      onFailure
    )
    undo.push(async () => {
      stopPacemaker()
      horizon.close()
      railServer.close()
      disturbances.close()
      await closeServer(server)
    })
    let closed: Promise<void> | undefined
    return {
      url,
      passphrase: ledger.passphrase,
      assets: faucet.assets,
      ledger,
      faucet,
      rail,
      disturbances,
      close: () => (closed ??= unwind())
    }
  } catch (error) {
    await unwind()
    throw error
  }
}

const scoped = (options: SandboxOptions = {}): Effect.Effect<Sandbox, SandboxUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => start(options),
      catch: (cause) =>
        new SandboxUnavailable({ message: cause instanceof Error ? cause.message : String(cause), cause })
    }),
    (sandbox) => Effect.promise(() => sandbox.close())
  )

export class SandboxServer extends Context.Service<SandboxServer, Sandbox>()("kedge/sandbox/SandboxServer") {
  /** Starts a sandbox; the caller closes it. */
  static readonly start = start

  /** A sandbox that lives as long as the scope. */
  static readonly scoped = scoped

  static readonly layer = (options: SandboxOptions = {}): Layer.Layer<SandboxServer, SandboxUnavailable> =>
    Layer.effect(SandboxServer, scoped(options))
}

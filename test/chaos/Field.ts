/**
 * The field: a private PostgreSQL, the sandbox's ledger and rail, two seats for Kedge, and a fault proxy on every line between
 * them: clients to Kedge, Kedge to its database, Kedge to ledger and rail.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Keypair } from "@stellar/stellar-sdk"
import { KedgeProcess, freePort } from "../e2e/KedgeProcess.ts"
import { type PostgresCluster, startCluster } from "../support/PostgresCluster.ts"
import { mainFile } from "../support/spawnKedge.ts"
import { FaultProxy } from "./FaultProxy.ts"
import { Seat } from "./Seat.ts"

/** Of every account that receives: 0.5 and one percent, as test/e2e/KedgeProcess.ts configures it. */
export const fee = { fixed: 5_000_000n, percent: 1n }
export const limits = { minimum: "1", maximum: "100" }

/** Each makes one refund at a time, and a killed process leaves some under way. */
const channelCount = 8

export interface Field {
  readonly cluster: PostgresCluster
  readonly kedge: KedgeProcess
  readonly seats: readonly [Seat, Seat]
  /** Clients come through it; it leads to the seats that are named to it. */
  readonly front: FaultProxy
  readonly database: FaultProxy
  /** Ledger and rail. */
  readonly sandbox: FaultProxy
  readonly frontUrl: string
  /** Operations of the ledger that were there before Kedge looked for the first time. */
  readonly before: ReadonlySet<string>
  readonly dispose: () => Promise<void>
}

export interface LedgerRecord {
  readonly id: string
  readonly paging_token: string
  readonly type: string
  readonly transaction_hash: string
  readonly transaction_successful: boolean
  readonly from?: string
  readonly to?: string
  readonly account?: string
  readonly amount?: string
  readonly asset_code?: string
  readonly asset_issuer?: string
}

/** All that the ledger has of payments of an account, oldest first. */
export const ledgerOf = async (sandboxUrl: string, account: string): Promise<ReadonlyArray<LedgerRecord>> => {
  const all: Array<LedgerRecord> = []
  let cursor = "0"
  for (;;) {
    const answer = await fetch(
      `${sandboxUrl}/accounts/${account}/payments?limit=200&order=asc&cursor=${cursor}`
    )
    const page = (await answer.json()) as { _embedded: { records: ReadonlyArray<LedgerRecord> } }
    const { records } = page._embedded
    all.push(...records)
    const last = records.at(-1)
    if (last === undefined) return all
    cursor = last.paging_token
  }
}

/** For the fees of refunds. */
const giveLumens = async (sandboxUrl: string, account: string): Promise<void> => {
  const answer = await fetch(`${sandboxUrl}/sandbox/fund`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ account, asset_code: "XLM", amount: "1000" })
  })
  if (!answer.ok) throw new Error(`the faucet answered ${answer.status}: ${await answer.text()}`)
}

const requireBuild = (): void => {
  if (!existsSync(mainFile)) throw new Error(`${mainFile} is not there: run \`npm run build\` first`)
}

/** Everything is up but Kedge, whose schema is there. */
export const openField = async (): Promise<Field> => {
  requireBuild()
  const cluster = await startCluster({ settings: { max_connections: "60" } })
  const undo: Array<() => Promise<void>> = [() => cluster.dispose()]
  const dispose = async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    const [front, database, sandbox] = [
      await FaultProxy.start(),
      await FaultProxy.start([cluster.port]),
      await FaultProxy.start()
    ]
    undo.push(async () => {
      for (const proxy of [front, database, sandbox]) await proxy.close()
    })
    const frontUrl = `http://127.0.0.1:${front.port}`
    const databaseUrl = `postgresql://postgres@127.0.0.1:${database.port}/postgres`
    const kedge = await KedgeProcess.prepare(
      databaseUrl,
      {
        KEDGE_BASE_URL: frontUrl,
        KEDGE_SANDBOX_URL: `http://127.0.0.1:${sandbox.port}`,
        KEDGE_RETRY_MAX_SECONDS: "1",
        KEDGE_WAITING_PAYMENT_SECONDS: "1",
        KEDGE_EXPIRY_INTERVAL_SECONDS: "2",
        KEDGE_REFUND_INTERVAL_SECONDS: "0.3",
        KEDGE_REFUND_LEASE_SECONDS: "2"
      },
      { asset: limits }
    )
    undo.push(() => kedge.dispose())
    sandbox.targets = [Number(new URL(kedge.sandboxUrl).port)]
    const channels = Array.from({ length: channelCount }, () => Keypair.random())
    for (const account of [kedge.receiver, ...channels.map((key) => key.publicKey())])
      await giveLumens(kedge.sandboxUrl, account)
    await kedge.command("migrate")
    const before = new Set((await ledgerOf(kedge.sandboxUrl, kedge.receiver)).map(({ id }) => id))
    const seatOf = async (name: string, port: number, operatorPort: number) =>
      new Seat(
        port,
        {
          ...kedge.environment,
          KEDGE_PORT: String(port),
          KEDGE_OPERATOR_PORT: String(operatorPort),
          KEDGE_REFUND_SEED: kedge.receiverSeed,
          KEDGE_REFUND_CHANNEL_SEEDS: channels.map((key) => key.secret()).join(",")
        },
        join(kedge.directory, `${name}.log`)
      )
    const seats = [
      await seatOf("first", await freePort(), await freePort()),
      await seatOf("second", await freePort(), await freePort())
    ] as const
    undo.push(async () => {
      for (const seat of seats) await seat.end("SIGKILL")
    })
    return { cluster, kedge, seats, front, database, sandbox, frontUrl, before, dispose }
  } catch (cause) {
    await dispose()
    throw cause
  }
}

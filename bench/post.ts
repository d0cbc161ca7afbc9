/**
 * How many POST /sep31/transactions a second are answered, each durable on PostgreSQL with fsync on?
 *
 * Kedge serves from a process of its own with every role running; requests come from another over 64 kept connections, from
 * 100 Sending Anchors whose tokens are known. `post` is what SEP-31 asks for today: both customers named and ACCEPTED, known to
 * the embedded KYC store, with three values of `fields`. `post-no-kyc` is the same for an asset that wants no customers.
 */
import type { PostgresCluster } from "../test/support/PostgresCluster.ts"
import type { BareOpening } from "./limits/bareHttp.ts"
import { startProgram, type Program } from "./Program.ts"
import type { Opened, Opening } from "./parts/kedgeServer.ts"
import type { Load, LoadResult } from "./parts/loadGenerator.ts"
import { type Amounts, best, type Report } from "./Report.ts"
import { cpuOfServer, newDatabase, query } from "./world.ts"

const countDefault = 20_000
const connections = 64
const sendingAnchors = 100
/** As many payments a second as the whole Stellar network carries today. */
const steadyRate = 200
const steadySeconds = 10

type Caller = Opened["tokens"][number]

interface Customers {
  readonly sender_id: string
  readonly receiver_id: string
}

const put = async (port: number, token: string, body: unknown): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/sep12/customer`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body)
  })
  const text = await response.text()
  if (response.status !== 202) throw new Error(`a customer was not registered: ${response.status} ${text}`)
  return (JSON.parse(text) as { readonly id: string }).id
}

/** A sender and a receiver of this Sending Anchor, by the endpoint it would use. */
const register = async (port: number, { token }: Caller): Promise<Customers> => ({
  sender_id: await put(port, token, {
    type: "sep31-sender",
    memo: "1",
    memo_type: "id",
    first_name: "Ada",
    last_name: "Sender",
    email_address: "ada@example.com"
  }),
  receiver_id: await put(port, token, {
    type: "sep31-receiver",
    memo: "2",
    memo_type: "id",
    first_name: "Bob",
    last_name: "Receiver",
    bank_account_number: "DE02120300000000202051",
    bank_number: "BYLADEM1001"
  })
})

const requestOf = ({ token }: Caller, assetCode: string, customers: Customers | null): string => {
  const body = JSON.stringify({
    amount: "100.25",
    asset_code: assetCode,
    funding_method: "SEPA",
    ...customers,
    fields: { transaction: { routing_number: "021000021", account_number: "1234567890", type: "SEPA" } }
  })
  return (
    `POST /sep31/transactions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

interface Round {
  readonly perSecond: number
  readonly cpu: number
  readonly serverCpu: number
  readonly result: LoadResult
}

/** A server under load: what it answered and what it cost. */
const measure = async (
  cluster: PostgresCluster,
  server: Program,
  generator: Program,
  load: Load
): Promise<Round> => {
  const [cpu, serverCpu] = [await server.ask<number>("cpu"), cpuOfServer(cluster)]
  const result = await generator.ask<LoadResult>("run", load)
  if (result.statuses["201"] !== load.count) {
    throw new Error(`not every request was answered with 201: ${JSON.stringify(result)}`)
  }
  return {
    perSecond: load.count / result.seconds,
    cpu: ((await server.ask<number>("cpu")) - cpu) / load.count,
    serverCpu: (cpuOfServer(cluster) - serverCpu) / load.count,
    result
  }
}

export const post = async (cluster: PostgresCluster, amounts: Amounts): Promise<ReadonlyArray<Report>> => {
  const count = amounts.count ?? countDefault
  const databaseUrl = await newDatabase(cluster)
  const kedge = startProgram("./parts/kedgeServer.ts")
  const bare = startProgram("./limits/bareHttp.ts")
  const generator = startProgram("./parts/loadGenerator.ts")
  try {
    const opening: Opening = { databaseUrl, sendingAnchors }
    const { port, tokens } = await kedge.ask<Opened>("open", opening)
    const customers = await Promise.all(tokens.map((caller) => register(port, caller)))
    const bareOpening: BareOpening = { databaseUrl, tokens }
    const { port: barePort } = await bare.ask<{ readonly port: number }>("open", bareOpening)
    let expected = 0
    const run = (server: Program, load: Omit<Load, "connections">): Promise<Round> => {
      expected += load.count
      return measure(cluster, server, generator, { ...load, connections })
    }

    const compare = async (name: string, requests: ReadonlyArray<string>): Promise<Report> => {
      const closed = { requests, rate: null }
      await run(kedge, { ...closed, port, count: Math.ceil(count / 4) })
      await run(bare, { ...closed, port: barePort, count: Math.ceil(count / 4) })
      const ours: Array<Round> = []
      const limits: Array<Round> = []
      for (let round = 0; round < amounts.rounds; round++) {
        ours.push(await run(kedge, { ...closed, port, count }))
        limits.push(await run(bare, { ...closed, port: barePort, count }))
      }
      const steady = await run(kedge, {
        requests,
        port,
        rate: steadyRate,
        count: steadyRate * steadySeconds
      })
      const figure = best(ours, ({ perSecond }) => perSecond)
      const limit = best(limits, ({ perSecond }) => perSecond)
      const least = (rounds: ReadonlyArray<Round>, of: (round: Round) => number) =>
        Math.min(...rounds.map(of))
      return {
        name,
        unit: "requests/s",
        figure: figure.perSecond,
        limit: { what: "bare node:http with the same grouped insert", figure: limit.perSecond },
        beside: {
          requests: count,
          "ms p50, 64 connections": figure.result.p50,
          "ms p99, 64 connections": figure.result.p99,
          [`ms p50 at ${steadyRate}/s`]: steady.result.p50,
          [`ms p99 at ${steadyRate}/s`]: steady.result.p99,
          "Node CPU us a request": least(ours, ({ cpu }) => cpu),
          "Node CPU us a request, limit": least(limits, ({ cpu }) => cpu),
          "PostgreSQL CPU us a request": least(ours, ({ serverCpu }) => serverCpu),
          "PostgreSQL CPU us a request, limit": least(limits, ({ serverCpu }) => serverCpu)
        }
      }
    }

    const reports = [
      await compare(
        "post",
        tokens.map((caller, index) => requestOf(caller, "USDC", customers[index] ?? null))
      ),
      await compare(
        "post-no-kyc",
        tokens.map((caller) => requestOf(caller, "EURC", null))
      )
    ]
    const [stored] = await query<{ count: string }>(databaseUrl, 'select count(*) from "transaction"')
    if (stored?.count !== String(expected)) {
      throw new Error(`${expected} requests were answered with 201, and ${stored?.count} rows are stored`)
    }
    return reports
  } finally {
    await Promise.all([kedge.stop(), bare.stop(), generator.stop()])
  }
}

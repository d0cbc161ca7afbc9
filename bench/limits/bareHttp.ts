/**
 * The limit of POST /transactions: bare node:http, JSON.parse, a token looked up in a map, and the storage's own statement for
 * whatever waits, at most 256 rows, over two bare connections. No check, no hook, no cipher, no Effect.
 *
 * The rows are those Kedge writes for the same request: transaction, audit, the versions of both customers, a sealed row.
 */
import { randomBytes, randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Client } from "pg"
import { encodeGroup } from "../../adapters/storage-mikro-orm/encodeGroup.ts"
import { amount } from "../../machines/domain/Amount.ts"
import { deliverAsReceived } from "../../machines/transaction/context.ts"
import type { CustomerId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Birth, RequiredCustomer } from "../../src/ports/rows.ts"
import { answerStarter } from "../Program.ts"
import { cpuSince, query } from "../world.ts"
import { commitSession } from "./commitSession.ts"

export interface BareOpening {
  readonly databaseUrl: string
  readonly tokens: ReadonlyArray<{ readonly account: string; readonly token: string }>
}

interface Body {
  readonly amount: string
  readonly asset_code: string
  readonly funding_method: string
  readonly sender_id?: string
  readonly receiver_id?: string
}

interface Waiting {
  readonly birth: Birth
  readonly response: ServerResponse
}

const lanes = 2
const groupMax = 256
const terms = {
  minimum: amount("1"),
  maximum: amount("10000"),
  fee: { fixed: amount("1"), percent: amount("1") },
  ...deliverAsReceived
}
/** As large as a sealed destination of six values. */
const sealedBytes = new Uint8Array(randomBytes(240))
const receivingAccount = `G${"A".repeat(55)}`

/** Time before randomness, as our own ids are, for the indexes' sake. */
const newId = (): string => {
  const time = Date.now().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

const birthOf = (body: Body, account: string, versions: ReadonlyMap<string, number>): Birth => {
  const requires = [body.sender_id, body.receiver_id].flatMap((id): ReadonlyArray<RequiredCustomer> => {
    const version = id === undefined ? undefined : versions.get(id)
    return version === undefined ? [] : [{ id: id as CustomerId, version }]
  })
  return {
    id: newId() as TransactionId,
    terms: { ...terms, expected: amount(body.amount), expiresAtMillis: Date.now() + 86_400_000 },
    leaf: "pending_sender.awaitingPayment",
    quoteId: null,
    repeat: null,
    clientDomain: null,
    dueInSeconds: null,
    context: { v: 1 },
    asset: `stellar:${body.asset_code}:${receivingAccount}`,
    account: receivingAccount,
    memo: { type: "id", value: randomBytes(8).readBigUInt64BE().toString() },
    fundingMethod: body.funding_method,
    senderId: (body.sender_id ?? null) as CustomerId | null,
    receiverId: (body.receiver_id ?? null) as CustomerId | null,
    senderType: requires.length > 0 ? "sep31-sender" : null,
    receiverType: requires.length > 0 ? "sep31-receiver" : null,
    destination: { id: newId() as SealedId, keyId: "00000000", bytes: sealedBytes },
    sendingAnchor: account,
    creator: account,
    reference: null,
    metadata: {},
    lang: "en",
    refundMemo: null,
    requires
  }
}

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString })
  await client.connect()
  await client.query(commitSession)
  return client
}

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text)
  })
  response.end(text)
}

const open = async ({ databaseUrl, tokens }: BareOpening): Promise<{ readonly port: number }> => {
  const customers = await query<{ id: string; version: number }>(
    databaseUrl,
    "select id, version from customer"
  )
  const versions = new Map(customers.map(({ id, version }) => [id, version]))
  const callers = new Map(tokens.map(({ account, token }) => [`Bearer ${token}`, account]))
  const free = await Promise.all(Array.from({ length: lanes }, () => connect(databaseUrl)))
  let waiting: Array<Waiting> = []

  const commit = async (client: Client): Promise<void> => {
    const group = waiting.slice(0, groupMax)
    waiting = waiting.slice(groupMax)
    const { name, text, values } = encodeGroup({
      id: randomUUID(),
      births: group.map(({ birth }) => birth),
      steps: [],
      payments: [],
      pages: [],
      refusals: [],
      owner: "bare",
      leaseSeconds: 60
    })
    const { rows } = await client.query<{ result: { unborn: ReadonlyArray<{ id: string }> } }>({
      name,
      text,
      values: [...values]
    })
    const unborn = new Set(rows[0]?.result.unborn.map(({ id }) => id))
    for (const { birth, response } of group) {
      if (unborn.has(birth.id)) answer(response, 500, { error: "not written" })
      else
        answer(response, 201, {
          id: birth.id,
          stellar_account_id: birth.account,
          stellar_memo_type: birth.memo.type,
          stellar_memo: birth.memo.value
        })
    }
  }
  const flush = (): void => {
    while (waiting.length > 0) {
      const client = free.pop()
      if (client === undefined) return
      void commit(client).finally(() => {
        free.push(client)
        setImmediate(flush)
      })
    }
  }
  const take = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const account = callers.get(request.headers.authorization ?? "")
    if (account === undefined) return answer(response, 403, { error: "no token" })
    waiting.push({ birth: birthOf(JSON.parse(text) as Body, account, versions), response })
    if (waiting.length === 1) setImmediate(flush)
  }
  const server = createServer((request, response) => {
    let text = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (text += chunk))
    request.on("end", () => take(request, response, text))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { port: (server.address() as AddressInfo).port }
}

answerStarter({ open, cpu: () => cpuSince() })

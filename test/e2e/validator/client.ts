// What the validator does to an anchor, and nothing it would not: look up the endpoints, sign in, ask.
import { FeeBumpTransaction, type Keypair, type Transaction, TransactionBuilder } from "@stellar/stellar-sdk"
import { expect } from "vitest"
import type { Anchor } from "./anchor.ts"

export type Members = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body's members; none where it is no JSON object. */
  readonly body: Members
}

export interface Asked {
  readonly token?: string
  /** Text goes as it is and without a content type; anything else as JSON. */
  readonly body?: unknown
}

const membersOf = (text: string): Members => {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === "object" && read !== null ? (read as Members) : {}
  } catch {
    return {}
  }
}

export const ask = async (method: string, url: string, { body, token }: Asked = {}): Promise<Answer> => {
  const isText = typeof body === "string"
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isText ? {} : { "content-type": "application/json" })
    },
    // Bytes, so that fetch adds no content type of its own.
    ...(body === undefined ? {} : { body: new TextEncoder().encode(isText ? body : JSON.stringify(body)) })
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: membersOf(text) }
}

/** The entries of stellar.toml above its first table. */
export const homeOf = async ({ home }: Anchor): Promise<Readonly<Record<string, string>>> => {
  const { text } = await ask("GET", `${home}/.well-known/stellar.toml`)
  const [head = ""] = text.split(/^\[/m)
  return Object.fromEntries(
    [...head.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = "", value = ""]) => [name, value])
  )
}

export const addressOf = async (anchor: Anchor, entry: string): Promise<string> => {
  const address = (await homeOf(anchor))[entry]
  if (address === undefined) throw new Error(`stellar.toml has no ${entry}`)
  return address
}

export const readEnvelope = (envelope: unknown, passphrase: string): Transaction => {
  const read = TransactionBuilder.fromXdr(String(envelope), passphrase)
  if (read instanceof FeeBumpTransaction) throw new Error("a challenge is no fee bump")
  return read
}

/** A challenge, as it comes. */
export const challengeFor = async (anchor: Anchor, query: Readonly<Record<string, string>>) => {
  const address = await addressOf(anchor, "WEB_AUTH_ENDPOINT")
  return ask("GET", `${address}?${new URLSearchParams(query).toString()}`)
}

/** The answer to a challenge that these keys have signed. */
export const answerSigned = async (
  anchor: Anchor,
  query: Readonly<Record<string, string>>,
  keys: ReadonlyArray<Keypair>
): Promise<Answer> => {
  const { NETWORK_PASSPHRASE: passphrase = "", WEB_AUTH_ENDPOINT: address = "" } = await homeOf(anchor)
  const challenge = readEnvelope((await challengeFor(anchor, query)).body["transaction"], passphrase)
  for (const key of keys) challenge.sign(key)
  return ask("POST", address, { body: { transaction: challenge.toXdr() } })
}

/** A token for the key's account, or for one of its users by memo. */
export const signIn = async (anchor: Anchor, key: Keypair, memo?: string): Promise<string> => {
  const query = { account: key.publicKey(), ...(memo === undefined ? {} : { memo }) }
  const { body, status } = await answerSigned(anchor, query, [key])
  expect(status).toBe(200)
  return String(body["token"])
}

/** JSON with the status wanted; the body. */
export const answered = (answer: Answer, status: number): Members => {
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status })
  expect(answer.headers.get("content-type")).toContain("application/json")
  return answer.body
}

/** JSON with the status wanted and the one member `error`, a text. */
export const refused = (answer: Answer, status: number): string => {
  const { error, ...rest } = answered(answer, status)
  expect([typeof error, rest]).toEqual(["string", {}])
  return String(error)
}

/** These members and no others, and none of them null: the validator's schemas are closed. */
export const isClosed = (
  body: Members,
  needed: ReadonlyArray<string>,
  allowed: ReadonlyArray<string> = []
): void => {
  expect(Object.keys(body)).toEqual(expect.arrayContaining([...needed]))
  expect(Object.keys(body).filter((name) => !needed.includes(name) && !allowed.includes(name))).toEqual([])
  expect(Object.entries(body).filter(([, value]) => value === null)).toEqual([])
}

/** Two customers of the Sending Anchor, registered as the validator does: each by a token with its own memo. */
export const registerBoth = async (
  anchor: Anchor,
  values: { readonly sender: Members; readonly receiver: Members }
) => {
  const kyc = await addressOf(anchor, "KYC_SERVER")
  const register = async (memo: string, type: string, given: Members) => {
    const token = await signIn(anchor, anchor.sendingAnchor, memo)
    const body = { memo, memo_type: "id", type, ...given }
    const { id } = answered(await ask("PUT", `${kyc}/customer`, { token, body }), 202)
    expect(typeof id).toBe("string")
    const seen = answered(
      await ask("GET", `${kyc}/customer?${new URLSearchParams({ id: String(id), type }).toString()}`, {
        token
      }),
      200
    )
    return { id: String(id), token, status: seen["status"] }
  }
  return {
    sender: await register("1", "sep31-sender", values.sender),
    receiver: await register("2", "sep31-receiver", values.receiver)
  }
}

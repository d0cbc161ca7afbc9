// The sandbox's own endpoints: what it is, money for the asking, the hand that closes a ledger, and trouble on order.
// /friendbot answers as the test network's does; the rest is ours.

import type { IncomingMessage, ServerResponse } from "node:http"
import { Result, Schema } from "effect"
import { parseAmount } from "./amounts.ts"
import type { Disturbances } from "./Disturbances.ts"
import { isAccountAddress } from "./Envelope.ts"
import type { Faucet, Funding } from "./Faucet.ts"
import { transactionJson } from "./horizonHistory.ts"
import { readBody, readJson, send, sendJson } from "./httpAnswers.ts"
import type { Ledger } from "./Ledger.ts"

const Fund = Schema.Struct({
  account: Schema.String,
  asset_code: Schema.String,
  amount: Schema.String
})
const decodeFund = Schema.decodeUnknownResult(Fund)

const problem = (response: ServerResponse, detail: string): void =>
  sendJson(response, 400, {
    type: "https://stellar.org/horizon-errors/bad_request",
    title: "Bad Request",
    status: 400,
    detail
  })

export class ControlServer {
  readonly #ledger: Ledger
  readonly #faucet: Faucet
  readonly #disturbances: Disturbances
  readonly #base: () => string

  constructor(ledger: Ledger, faucet: Faucet, disturbances: Disturbances, base: () => string) {
    this.#ledger = ledger
    this.#faucet = faucet
    this.#disturbances = disturbances
    this.#base = base
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    switch (`${request.method ?? ""} ${url.pathname}`) {
      case "GET /sandbox":
        return sendJson(response, 200, this.#description())
      case "POST /sandbox/close":
        await this.#ledger.close()
        return sendJson(response, 200, this.#description())
      case "POST /sandbox/fund":
        return this.#fund(request, response)
      case "GET /friendbot":
        return this.#friendbot(url.searchParams.get("addr") ?? "", response)
      case "POST /friendbot": {
        const body = new URLSearchParams(await readBody(request))
        return this.#friendbot(body.get("addr") ?? url.searchParams.get("addr") ?? "", response)
      }
      case "POST /sandbox/disturb": {
        const reason = this.#disturbances.addUnknown(await readJson(request))
        return reason === undefined ? sendJson(response, 200, { disturbed: true }) : problem(response, reason)
      }
      case "DELETE /sandbox/disturb":
        this.#disturbances.clear()
        return sendJson(response, 200, { disturbed: false })
      default:
        return sendJson(response, 404, {
          error: `the sandbox has no ${request.method ?? ""} ${url.pathname}`
        })
    }
  }

  #description(): object {
    const { tip, passphrase, root } = this.#ledger
    return {
      network_passphrase: passphrase,
      horizon_url: this.#base(),
      rail_url: `${this.#base()}/rail`,
      friendbot_url: `${this.#base()}/friendbot`,
      assets: this.#faucet.assets,
      root: root.publicKey(),
      friendbot: this.#faucet.friendbot.publicKey(),
      latest_ledger: tip.sequence,
      latest_ledger_hash: tip.hash
    }
  }

  async #friendbot(address: string, response: ServerResponse): Promise<void> {
    if (!isAccountAddress(address)) return problem(response, `addr is not a G… account: "${address}"`)
    this.#answer(await this.#faucet.openAccount(address), response)
  }

  async #fund(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = decodeFund(await readJson(request))
    if (Result.isFailure(asked)) return problem(response, asked.failure.message)
    const { account, asset_code: code, amount } = asked.success
    if (!isAccountAddress(account)) return problem(response, `account is not a G… account: "${account}"`)
    const stroops = parseAmount(amount)
    if (stroops === undefined || stroops === 0n) {
      return problem(response, `amount must be positive with at most seven places: "${amount}"`)
    }
    this.#answer(await this.#faucet.fund(account, code, stroops), response)
  }

  #answer(funding: Funding, response: ServerResponse): void {
    if (!funding.isDone) return problem(response, funding.reason)
    send(response, 200, transactionJson(funding.transaction, this.#base()))
  }
}

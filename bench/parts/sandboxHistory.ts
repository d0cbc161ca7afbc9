/** The sandbox's Horizon in a process of its own, with as much history of one account as is asked for. */
import { Keypair } from "@stellar/stellar-sdk/base"
import { type Sandbox, SandboxServer } from "../../adapters/sandbox/SandboxServer.ts"
import type { SyntheticPayment } from "../../adapters/sandbox/SyntheticPayment.ts"
import { answerStarter } from "../Program.ts"

export interface HistoryOpened {
  readonly url: string
  readonly passphrase: string
  readonly issuer: string
  readonly account: string
}

export interface HistoryWish {
  readonly count: number
  /** Every so manieth record is a payment to the account, with the memos 1, 2, 3, …; the others are payments by it. */
  readonly every: number
}

const account = Keypair.random().publicKey()
const other = Keypair.random().publicKey()
const injectionSize = 10_000

let sandbox: Sandbox | undefined

const opened = async (): Promise<Sandbox> =>
  (sandbox ??= await SandboxServer.start({ closeEverySeconds: null }))

const usdcOf = ({ assets }: Sandbox): string => {
  const issuer = assets.find(({ code }) => code === "USDC")?.issuer
  if (issuer === undefined) throw new Error("the sandbox issues no USDC")
  return issuer
}

const open = async (): Promise<HistoryOpened> => {
  const started = await opened()
  return { url: started.url, passphrase: started.passphrase, issuer: usdcOf(started), account }
}

/** Answers the position of the last record. */
const inject = async ({ count, every }: HistoryWish): Promise<string> => {
  const { ledger, ...rest } = await opened()
  const asset = `USDC:${usdcOf({ ledger, ...rest })}`
  for (let from = 0; from < count; from += injectionSize) {
    const payments = Array.from(
      { length: Math.min(injectionSize, count - from) },
      (_, at): SyntheticPayment => {
        const ordinal = from + at + 1
        const isOurs = ordinal % every === 0
        return {
          from: isOurs ? other : account,
          to: isOurs ? account : other,
          asset,
          amount: 1_000_000_000n,
          memo: { type: "id", value: String(isOurs ? ordinal / every : ordinal) }
        }
      }
    )
    await ledger.injectPayments(payments)
  }
  return String(ledger.history.ofAccount(account)?.payments.last?.position)
}

answerStarter({ open, inject }, async () => sandbox?.close())

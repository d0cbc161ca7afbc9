/**
 * `kedge pay`: the Sending Anchor of the running demo once more, from a second terminal; or its answer to a transaction that
 * asks for corrected data.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Clock, Console, Effect, Redacted } from "effect"
import { isFinal } from "../../../machines/domain/Sep31Status.ts"
import {
  readHome,
  type SeenTransaction,
  signChallenge,
  signedIn,
  signIn
} from "../../client/SendingAnchor.ts"
import { CommandFailed, exitCodes } from "../../cli/CommandFailed.ts"
import { follow, playPayment, type Step } from "../../cli/playPayment.ts"
import type { PayOptions } from "../../cli/Programs.ts"
import { asCommandFailed } from "../asCommandFailed.ts"
import {
  type DemoPaths,
  demoPaths,
  findPayment,
  findRunning,
  rememberPayment,
  type Running
} from "./DemoFiles.ts"

const column = (text: string): string => text.padStart(10)

/** Tells steps with the time since the beginning, and from the payment on since that. */
const teller = Effect.fnUntraced(function* (
  onCreated: (created: Extract<Step, { readonly _tag: "Created" }>) => void
) {
  const begun = yield* Clock.currentTimeMillis
  let paid: number | null = null
  return Effect.fnUntraced(function* (step: Step) {
    const now = yield* Clock.currentTimeMillis
    if (step._tag === "Created") onCreated(step)
    const millis = paid === null ? now - begun : now - paid
    const time = paid === null ? `${(millis / 1000).toString()} s` : `+${millis} ms`
    if (step._tag === "Paid") paid = now
    yield* Console.log(`${column(time)}  ${step.text}`)
  })
})

/** What a person may want to do next. */
const whatNext = ({ id, status }: SeenTransaction, flag: string): string | null => {
  if (status === "pending_transaction_info_update" || status === "pending_customer_info_update") {
    return `It asks for a corrected account number. To give one:\n  npm run pay -- --correct ${id} --account 5678${flag}`
  }
  return isFinal(status) ? null : `It is still ${status}. Why: node dist/main.js tx show ${id}`
}

const finish = Effect.fnUntraced(function* (seen: SeenTransaction | null, paths: DemoPaths) {
  if (seen === null) {
    return yield* Console.log(
      "Nothing was announced or paid: a transaction for this customer would be refused."
    )
  }
  const next = whatNext(seen, paths.directory === ".kedge" ? "" : ` --directory ${paths.directory}`)
  if (next !== null) yield* Console.log(next)
})

const payOnce = Effect.fnUntraced(function* (options: PayOptions, paths: DemoPaths, running: Running) {
  const asset = running.assets.find(({ code }) => code === options.asset)
  if (asset === undefined) {
    const codes = running.assets.map(({ code }) => code).join(", ")
    return yield* new CommandFailed({
      message: `kedge: the demo has no ${options.asset}; it has ${codes}`,
      exitCode: exitCodes.usage
    })
  }
  const say = yield* teller(({ id, receiver }) => rememberPayment(paths, { id, ...receiver }))
  return yield* playPayment(
    {
      home: new URL(running.home),
      horizon: new URL(running.sandbox),
      seed: Redacted.make(running.senderSeed),
      amount: options.amount,
      asset,
      account: options.account,
      name: options.name,
      withoutMemo: options.withoutMemo,
      followSeconds: options.follow
    },
    say
  )
})

const correct = Effect.fnUntraced(function* (
  id: string,
  options: PayOptions,
  paths: DemoPaths,
  running: Running
) {
  const made = yield* findPayment(paths, id)
  const who = { home: new URL(running.home), seed: Redacted.make(running.senderSeed) }
  const toml = yield* readHome(who.home)
  const anchor = signedIn(toml, yield* signIn(toml, yield* signChallenge(who, toml)))
  const say = yield* teller(() => undefined)
  const asked = yield* anchor.transaction(id)
  switch (asked.status) {
    case "pending_transaction_info_update": {
      const wanted = Object.keys(asked.required_info_updates?.transaction ?? {})
      yield* anchor.correct(id, Object.fromEntries(wanted.map((field) => [field, options.account])))
      yield* say({ _tag: "Done", text: `${wanted.join(", ")} corrected by PATCH` })
      break
    }
    case "pending_customer_info_update":
      yield* anchor.putCustomer({
        type: made.type,
        memo: made.memo,
        values: { bank_account_number: options.account }
      })
      yield* say({ _tag: "Done", text: "bank_account_number corrected by PUT /customer" })
      break
    default:
      return yield* new CommandFailed({
        message: `kedge: the transaction asks for nothing; it is ${asked.status}`,
        exitCode: exitCodes.usage
      })
  }
  return yield* follow(anchor, id, options.follow, say)
})

/** Plays one payment, or corrects one, against the running demo. */
export const pay = Effect.fnUntraced(
  function* (options: PayOptions) {
    const paths = demoPaths(options.directory)
    const running = yield* findRunning(paths)
    const seen = yield* options.correct === null
      ? payOnce(options, paths, running)
      : correct(options.correct, options, paths, running)
    yield* finish(seen, paths)
  },
  Effect.provide(NodeHttpClient.layerUndici),
  Effect.mapError(asCommandFailed)
)

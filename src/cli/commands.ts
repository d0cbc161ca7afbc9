/**
 * The command line: names, flags and their help. `kedge` alone is `kedge serve`.
 *
 * The three workers keep the names and flags of the seed, for those who want them in processes of their own.
 */
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { sep31Statuses } from "../../machines/domain/Sep31Status.ts"
import { configPage, configSchema } from "./configPage.ts"
import { parked } from "./parkedCommands.ts"
import { Programs } from "./Programs.ts"
import { callbackStates } from "./Questions.ts"

const directory = Flag.String("directory").pipe(
  Flag.withDescription("Where the demo keeps its ledger, database and keys"),
  Flag.withDefault(".kedge")
)
const json = Flag.Boolean("json").pipe(Flag.withDescription("As JSON"), Flag.withDefault(false))
const flag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

const serve = Command.make("serve", {}, () => Effect.flatMap(Programs, (programs) => programs.serve)).pipe(
  Command.withDescription("Serve Sending Anchors, watch the ledger and pay out: everything in one process")
)

const sandbox = Command.make(
  "sandbox",
  {
    port: Flag.Int("port").pipe(Flag.withDescription("0 takes any free port"), Flag.withDefault(8002)),
    directory: Flag.String("directory").pipe(
      Flag.withDescription("Where ledger and book are kept; without it, in memory only"),
      Flag.optional
    ),
    passphrase: Flag.String("passphrase").pipe(
      Flag.withDescription("Of the network; without it, made at random at the first start"),
      Flag.optional
    ),
    closeEvery: Flag.Finite("close-every").pipe(
      Flag.withDescription("Seconds between two ledgers"),
      Flag.withDefault(1)
    )
  },
  ({ closeEvery, directory: kept, passphrase, port }) =>
    Effect.flatMap(Programs, (programs) =>
      programs.sandbox({
        port,
        directory: Option.getOrNull(kept),
        passphrase: Option.getOrNull(passphrase),
        closeEvery
      })
    )
).pipe(
  Command.withDescription(
    "A Stellar ledger behind Horizon's interface, and a payment rail with a book of its own"
  )
)

const migrate = Command.make("migrate", {}, () =>
  Effect.flatMap(Programs, (programs) => programs.migrate)
).pipe(Command.withDescription("Bring the database's schema up to date"))

const doctor = Command.make("doctor", {}, () => Effect.flatMap(Programs, (programs) => programs.doctor)).pipe(
  Command.withDescription("Check the configuration, and on the ledger the receiving accounts; change nothing")
)

const watch = Command.make("watch", {}, () => Effect.flatMap(Programs, (programs) => programs.watch)).pipe(
  Command.withDescription("Only watch the ledger for payments to the receiving accounts")
)

const loopFlags = (seconds: number) => ({
  loop: flag("loop", "For ever; without it, one pass"),
  interval: Flag.Finite("interval").pipe(
    Flag.withDescription(`Seconds between two passes; without it, as configured (${seconds})`),
    Flag.optional
  )
})

const executeOutgoing = Command.make("execute-outgoing", loopFlags(10), ({ interval, loop }) =>
  Effect.flatMap(Programs, (programs) =>
    programs.executeOutgoing({ loop, interval: Option.getOrNull(interval) })
  )
).pipe(Command.withDescription("Only make the payouts that are due"))

const pollOutgoing = Command.make("poll-outgoing", loopFlags(60), ({ interval, loop }) =>
  Effect.flatMap(Programs, (programs) =>
    programs.pollOutgoing({ loop, interval: Option.getOrNull(interval) })
  )
).pipe(Command.withDescription("Only ask the rails about payouts that are not confirmed"))

const txList = Command.make(
  "list",
  {
    status: Flag.Literals("status", sep31Statuses).pipe(
      Flag.withDescription("Only those in this status"),
      Flag.optional
    ),
    before: Flag.String("before").pipe(Flag.withDescription("Only those older than this id"), Flag.optional),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(20)),
    json
  },
  (flags) =>
    Effect.flatMap(Programs, (programs) =>
      programs.listTransactions({
        status: Option.getOrNull(flags.status),
        before: Option.getOrNull(flags.before),
        limit: flags.limit,
        json: flags.json
      })
    )
).pipe(Command.withDescription("Transactions, newest first"))

const txShow = Command.make(
  "show",
  { id: Argument.String("id").pipe(Argument.withDescription("Of the transaction")), json },
  (given) => Effect.flatMap(Programs, (programs) => programs.showTransaction(given.id, given.json))
).pipe(Command.withDescription("One transaction with all that happened to it"))

const tx = Command.make("tx").pipe(
  Command.withDescription("Look at transactions"),
  Command.withSubcommands([txList, txShow])
)

const inboxList = Command.make("list", { json }, (given) =>
  Effect.flatMap(Programs, (programs) => programs.listInbox(given.json))
).pipe(Command.withDescription("Payments that match no transaction, and records that could not be read"))

const inboxReplay = Command.make("replay", {}, () =>
  Effect.flatMap(Programs, (programs) => programs.replayInbox)
).pipe(Command.withDescription("Read the records again that could not be read"))

const inbox = Command.make("inbox").pipe(
  Command.withDescription("Look at what came from the ledger and is with no transaction"),
  Command.withSubcommands([inboxList, inboxReplay])
)

const callbacksList = Command.make(
  "list",
  {
    state: Flag.Literals("state", callbackStates).pipe(
      Flag.withDescription("pending: waits or is tried again; dead: given up; delivered"),
      Flag.withDefault("dead" as const)
    ),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(50)),
    json
  },
  (flags) => Effect.flatMap(Programs, (programs) => programs.listCallbacks(flags))
).pipe(Command.withDescription("Status callbacks, newest first; without --state the ones given up"))

const callbacksReplay = Command.make(
  "replay",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("Of the transaction; without it, every one"),
      Argument.optional
    )
  },
  ({ id }) => Effect.flatMap(Programs, (programs) => programs.replayCallbacks(Option.getOrNull(id)))
).pipe(Command.withDescription("Send the newest status again where its callback was given up"))

const callbacks = Command.make("callbacks").pipe(
  Command.withDescription("Look at what Sending Anchors are told, and tell them again"),
  Command.withSubcommands([callbacksList, callbacksReplay])
)

const demo = Command.make(
  "demo",
  {
    directory,
    once: flag("once", "Play one payment and end"),
    fresh: flag("fresh", "Begin anew: delete the demo's ledger and database together")
  },
  (options) => Effect.flatMap(Programs, (programs) => programs.demo(options))
).pipe(
  Command.withDescription("Sandbox, Kedge and a Sending Anchor in one process: what `npm start` runs"),
  Command.withExamples([{ command: "kedge demo --once", description: "Play one payment and end" }])
)

const pay = Command.make(
  "pay",
  {
    directory,
    amount: Flag.String("amount").pipe(Flag.withDescription("A decimal"), Flag.withDefault("25")),
    asset: Flag.String("asset").pipe(Flag.withDescription("Its code"), Flag.withDefault("USDC")),
    account: Flag.String("account").pipe(
      Flag.withDescription("The receiver's account number; its last four digits choose what the rail does"),
      Flag.withDefault("1234")
    ),
    name: Flag.String("name").pipe(
      Flag.withDescription("The receiver's last name; REJECTED, PROCESSING and NEEDSINFO are triggers"),
      Flag.withDefault("Receiver")
    ),
    withoutMemo: flag("without-memo", "Pay without the memo, so that nobody can tell what for"),
    correct: Flag.String("correct").pipe(
      Flag.withDescription("Give --account to this transaction, which asked for it, and pay nothing"),
      Flag.optional
    ),
    follow: Flag.Finite("follow").pipe(Flag.withDescription("Seconds to follow it"), Flag.withDefault(60))
  },
  (flags) =>
    Effect.flatMap(Programs, (programs) =>
      programs.pay({ ...flags, correct: Option.getOrNull(flags.correct) })
    )
).pipe(
  Command.withDescription("Play the Sending Anchor of the running demo once more"),
  Command.withExamples([
    { command: "kedge pay --amount 25 --account 0001", description: "The rail delivers later" },
    { command: "kedge pay --account 0002", description: "The rail asks for a corrected account number" }
  ])
)

const config = Command.make(
  "config",
  { schema: flag("schema", "The JSON Schema of the file that KEDGE_CONFIG names") },
  ({ schema }) => Console.log((schema ? configSchema() : configPage()).trimEnd())
).pipe(Command.withDescription("Print the reference of the configuration"))

const refundsList = Command.make(
  "list",
  { limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(50)), json },
  (flags) => Effect.flatMap(Programs, (programs) => programs.listRefunds(flags))
).pipe(Command.withDescription("Refunds that are not over: planned, on their way, or held for a person"))
const refundsRetry = Command.make(
  "retry",
  { id: Argument.String("id").pipe(Argument.withDescription("Of the refund, as `refunds list` shows it")) },
  ({ id }) => Effect.flatMap(Programs, (programs) => programs.retryRefund(id))
).pipe(Command.withDescription("Try a held refund again, once what was in its way is gone"))
const refunds = Command.make("refunds").pipe(
  Command.withDescription("Look at money that goes back on Stellar"),
  Command.withSubcommands([refundsList, refundsRetry])
)

const auditVerify = Command.make("verify", {}, () =>
  Effect.flatMap(Programs, (programs) => programs.verifyAudit)
).pipe(
  Command.withDescription(
    "Read every sealed row of the audit again; exits with 65 where one does not fit its seal"
  )
)
const audit = Command.make("audit").pipe(
  Command.withDescription("Prove that nobody changed what was written to the audit"),
  Command.withSubcommands([auditVerify])
)
const reconcile = Command.make("reconcile", { json }, (given) =>
  Effect.flatMap(Programs, (programs) => programs.reconcile(given.json))
).pipe(
  Command.withDescription(
    "Hold the books against inbox, payouts, refunds and ledger; exits with 65 where a sum drifts"
  )
)

/** The whole command line. */
export const kedge = Command.make("kedge", {}, () =>
  Effect.flatMap(Programs, (programs) => programs.serve)
).pipe(
  Command.withDescription(
    "The receiving side of SEP-31: matches Stellar payments and delivers the money off-chain, once"
  ),
  Command.withSubcommands([
    serve,
    sandbox,
    migrate,
    doctor,
    watch,
    executeOutgoing,
    pollOutgoing,
    tx,
    inbox,
    callbacks,
    refunds,
    parked,
    audit,
    reconcile,
    demo,
    pay,
    config
  ])
)

/** `kedge parked`: what an operator says to decide about money that matched nothing. Nothing is decided without a reason. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Programs } from "./Programs.ts"

const payment = Argument.String("payment").pipe(
  Argument.withDescription("Id of the payment, as `parked list` shows it")
)
const decision = {
  why: Flag.String("why").pipe(Flag.withDescription("The reason; kept for good, so without customer data")),
  by: Flag.String("by").pipe(
    Flag.withDescription("Who decides; without it, the user of the operating system"),
    Flag.optional
  )
}

const list = Command.make(
  "list",
  {
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(50)),
    decided: Flag.Boolean("decided").pipe(
      Flag.withDescription("Those too that are being returned or are kept"),
      Flag.withDefault(false)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("As JSON"), Flag.withDefault(false))
  },
  (flags) => Effect.flatMap(Programs, (programs) => programs.listParked(flags))
).pipe(Command.withDescription("Parked payments, newest first, with what was decided about them"))

const match = Command.make(
  "match",
  {
    payment,
    transaction: Argument.String("transaction").pipe(
      Argument.withDescription("Id of the transaction it is for")
    ),
    ...decision
  },
  (given) =>
    Effect.flatMap(Programs, (programs) => programs.matchParked({ ...given, by: Option.getOrNull(given.by) }))
).pipe(Command.withDescription("Give a parked payment to a transaction in its asset, whatever its memo says"))

const refund = Command.make("refund", { payment, ...decision }, (given) =>
  Effect.flatMap(Programs, (programs) => programs.refundParked({ ...given, by: Option.getOrNull(given.by) }))
).pipe(Command.withDescription("Return a parked payment to whoever paid it, whole"))

const keep = Command.make("keep", { payment, ...decision }, (given) =>
  Effect.flatMap(Programs, (programs) => programs.keepParked({ ...given, by: Option.getOrNull(given.by) }))
).pipe(Command.withDescription("Keep a parked payment: it is booked as fee"))

export const parked = Command.make("parked").pipe(
  Command.withDescription("Decide about money that matched nothing"),
  Command.withSubcommands([list, match, refund, keep])
)

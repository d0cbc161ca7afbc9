/**
 * The `Storage` service over an engine.
 *
 * Gotcha: `outcome` answers null only after it has put a row without an answer in the group's place. A commit that is still on
 * its way somewhere then meets that row's key and is undone as a whole.
 */
import { Effect } from "effect"
import type { Committed, Group } from "../../src/ports/rows.ts"
import { GroupRejected, Storage } from "../../src/ports/Storage.ts"
import { auditStatements } from "./auditStatements.ts"
import { bookStatements } from "./bookStatements.ts"
import { callbackStatements } from "./callbackStatements.ts"
import { customerCallbackStatements } from "./customerCallbackStatements.ts"
import { customerStatements } from "./customerStatements.ts"
import { encodeGroup, faultOf } from "./encodeGroup.ts"
import type { Engine } from "./Engine.ts"
import { erasureStatements } from "./erasureStatements.ts"
import { fileStatements } from "./fileStatements.ts"
import { inboxStatements } from "./inboxStatements.ts"
import { parkedStatements } from "./parkedStatements.ts"
import { payoutStatements } from "./payoutStatements.ts"
import { quoteStatements } from "./quoteStatements.ts"
import { refundStatements } from "./refundStatements.ts"
import { transactionStatements } from "./transactionStatements.ts"
import { upkeepStatements } from "./upkeepStatements.ts"

interface GroupColumns {
  readonly result: Committed | null
}

/** A row that cannot even be written down is one the database would not take: the others of its group are. */
const encoded = (group: Group) =>
  Effect.try({
    try: () => {
      const fault = faultOf(group)
      return fault === null ? encodeGroup(group) : fault
    },
    catch: (error) => new GroupRejected({ message: `the group cannot be written down: ${String(error)}` })
  }).pipe(
    Effect.flatMap((result) =>
      typeof result === "string"
        ? Effect.fail(new GroupRejected({ message: result }))
        : Effect.succeed(result)
    )
  )

export const makeStorage = (engine: Engine): Storage["Service"] =>
  Storage.of({
    kind: engine.kind,
    lanes: engine.lanes,
    ...upkeepStatements(engine),

    commit: (group) =>
      encoded(group).pipe(
        Effect.flatMap((query) => engine.commit<GroupColumns>(query)),
        Effect.flatMap(([row]) =>
          row === undefined || row.result === null
            ? Effect.die("a commit gave no answer")
            : Effect.succeed(row.result)
        )
      ),

    outcome: Effect.fnUntraced(function* (groupId) {
      // Waits for the commit where it has come so far as to write its own row.
      yield* engine.run({
        name: "kedge_fence_group",
        text: `insert into commit_group (id, at, result) values ($1::text::uuid, kedge_now(), null) on conflict (id) do nothing`,
        values: [groupId]
      })
      const [row] = yield* engine.run<GroupColumns>({
        name: "kedge_outcome",
        text: `select result from commit_group where id = $1::text::uuid`,
        values: [groupId]
      })
      return row?.result ?? null
    }),

    ...transactionStatements(engine),
    ...payoutStatements(engine),
    ...inboxStatements(engine),
    ...quoteStatements(engine),
    ...refundStatements(engine),
    ...parkedStatements(engine),
    ...bookStatements(engine),
    ...auditStatements(engine),
    ...callbackStatements(engine),
    ...customerStatements(engine),
    ...customerCallbackStatements(engine),
    ...fileStatements(engine),
    ...erasureStatements(engine)
  })

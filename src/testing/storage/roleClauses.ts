/** What the contract says of groups, leases, cursors, expiry and challenges: what must happen once, or be done by one. */
import { Effect } from "effect"
import type { PaymentFate } from "../../ports/rows.ts"
import { type Draft, draft, failsWith, type Given, holds, same, sameSet } from "./claims.ts"
import { all, fate, page } from "./samples.ts"

/** The watcher of the account has processed a ledger that closed then. */
const processed = ({ rows, storage }: Given, closedAtMillis: number) =>
  Effect.gen(function* () {
    const { position } = yield* storage.openCursor({
      account: rows.account,
      network: "contract",
      tip: "1",
      epoch: 1
    })
    const next = page(rows.account, position, `${position}1`, {
      processedLedger: { sequence: 7, closedAtMillis }
    })
    yield* same("the page", yield* storage.commit(rows.group({ pages: [next] })), all)
  })

export const roleDrafts: ReadonlyArray<Draft> = [
  draft("the outcome of a group is its answer once it was committed", function* ({ rows, storage }) {
    const [birth, twin] = [
      rows.birth({ memo: { type: "id", value: "1" } }),
      rows.birth({ memo: { type: "id", value: "1" } })
    ]
    const group = rows.group({ births: [birth, twin] })
    const answer = yield* storage.commit(group)
    yield* same("the outcome", yield* storage.outcome(group.id), answer)
    yield* same("the outcome asked again", yield* storage.outcome(group.id), answer)
    yield* failsWith("GroupRejected", storage.commit(rows.group({ id: group.id, births: [rows.birth()] })))
    yield* same("the outcome after the id was used again", yield* storage.outcome(group.id), answer)
  }),

  draft("a group whose outcome was null is never committed after that", function* ({ rows, storage }) {
    const birth = rows.birth()
    const group = rows.group({ births: [birth] })
    yield* same("the outcome", yield* storage.outcome(group.id), null)
    yield* failsWith("GroupRejected", storage.commit(group))
    yield* same("what is there of it", yield* storage.actors([birth.id]), [])
    yield* same("the outcome after the late commit", yield* storage.outcome(group.id), null)
    const again = yield* storage.commit({ ...group, id: rows.uuid() })
    yield* same("the same rows under a new id", again, all)
  }),

  draft("groups are forgotten after a day, and not before", function* ({ advance, rows, storage }) {
    const group = rows.group({ births: [rows.birth()] })
    yield* storage.commit(group)
    yield* advance(23 * 3600)
    yield* storage.prune
    yield* same("the outcome within the day", yield* storage.outcome(group.id), all)
    yield* advance(3600 + 1)
    yield* storage.prune
    yield* same("the outcome after the day", yield* storage.outcome(group.id), null)
  }),

  draft(
    "a lease is one owner's until it runs out, and its epoch grows with every change of owner",
    function* ({ advance, rows, storage }) {
      const role = `watcher:${rows.account}`
      const first = yield* storage.lease(role, "a", 10)
      yield* same("another owner", yield* storage.lease(role, "b", 10), null)
      yield* advance(8)
      yield* same("the same owner", yield* storage.lease(role, "a", 10), first)
      yield* advance(8)
      yield* same("another owner within the renewed lease", yield* storage.lease(role, "b", 10), null)
      yield* advance(3)
      const second = yield* storage.lease(role, "b", 10)
      yield* holds("the epoch grew", (second?.epoch ?? 0) > (first?.epoch ?? 0))
      yield* same("the former owner", yield* storage.lease(role, "a", 10), null)
      yield* advance(11)
      const third = yield* storage.lease(role, "a", 10)
      yield* holds("the epoch grew again", (third?.epoch ?? 0) > (second?.epoch ?? 0))
      yield* holds("another role is free", (yield* storage.lease(`${role}-2`, "b", 10)) !== null)
    }
  ),

  draft("of those who ask for a free lease at the same time one gets it", function* ({ rows, storage }) {
    const asked = yield* Effect.all(
      ["a", "b", "c"].map((owner) => storage.lease(`role:${rows.account}`, owner, 60)),
      { concurrency: "unbounded" }
    )
    yield* same("how many got it", asked.filter((lease) => lease !== null).length, 1)
  }),

  draft(
    "a cursor is opened at the tip once, and a higher epoch takes it over where it stands",
    function* ({ rows, storage }) {
      const open = (tip: string, epoch: number, network = "contract") =>
        storage.openCursor({ account: rows.account, network, tip, epoch })
      const fresh = {
        account: rows.account,
        network: "contract",
        position: "10",
        epoch: 1,
        processedLedger: null
      }
      yield* same("a new cursor", yield* open("10", 1), fresh)
      yield* same("the cursor opened at another tip", yield* open("99", 1), fresh)
      yield* same("the cursor taken over", yield* open("99", 3), { ...fresh, epoch: 3 })
      yield* same("the cursor asked for by a lower epoch", yield* open("99", 2), { ...fresh, epoch: 3 })
      yield* same("the cursor opened for another network", yield* open("99", 3, "other"), {
        ...fresh,
        epoch: 3
      })
      const paused = yield* storage.commit(
        rows.group({ pages: [page(rows.account, "10", "11", { epoch: 1 })] })
      )
      yield* same("the page of a process that was paused past its lease", paused.refusedPages, [rows.account])
      const current = yield* storage.commit(
        rows.group({ pages: [page(rows.account, "10", "11", { epoch: 3 })] })
      )
      yield* same("the page of the one that holds it", current, all)
      const stored = (yield* storage.cursors).filter(({ account }) => account === rows.account)
      yield* same("the cursors", stored, [{ ...fresh, position: "11", epoch: 3 }])
    }
  ),

  draft(
    "a transaction may expire once its account's watcher has passed its time, and not before",
    function* (given) {
      const { rows, storage } = given
      const at = 1_700_000_000_000
      const birth = (expiresAtMillis: number) => {
        const made = rows.birth()
        return { ...made, terms: { ...made.terms, expiresAtMillis } }
      }
      const [early, exact, late, funded] = [birth(at - 1), birth(at), birth(at + 1), birth(at - 1)]
      const elsewhere = { ...birth(at - 1), account: `${rows.account}-unwatched` }
      yield* storage.commit(rows.group({ births: [early, exact, late, funded, elsewhere] }))
      yield* storage.commit(rows.group({ steps: [rows.step(funded)] }))
      const mine = Effect.map(storage.expirable({ limit: 10_000 }), (found) =>
        found
          .filter(({ account }) => account.startsWith(rows.account))
          .map(({ id, version }) => [id, version])
      )
      yield* storage.openCursor({ account: rows.account, network: "contract", tip: "1", epoch: 1 })
      yield* same("what may expire before a ledger was processed", yield* mine, [])
      yield* processed(given, at)
      yield* same("what may expire when a ledger closed at the time", yield* mine, [[early.id, 1]])
      yield* processed(given, at + 1)
      yield* sameSet("what may expire a moment later", yield* mine, [
        [early.id, 1],
        [exact.id, 1]
      ])
      yield* same(
        "how many of them when one is asked for",
        (yield* storage.expirable({ limit: 1 })).length,
        1
      )
      yield* storage.commit(rows.group({ steps: [rows.step(early, { leaf: "expired" })] }))
      yield* processed(given, at + 3_600_000)
      yield* sameSet("what may expire an hour later", yield* mine, [
        [exact.id, 1],
        [late.id, 1]
      ])
      yield* storage.commit(
        rows.group({ steps: [rows.step(exact, { leaf: "expired" }), rows.step(late, { leaf: "expired" })] })
      )
      yield* same("what may expire when all has", yield* mine, [])
      const born = birth(at - 100_000)
      yield* storage.commit(rows.group({ births: [born] }))
      yield* same("what may expire of those born past their time", yield* mine, [[born.id, 1]])
    }
  ),

  draft("nothing expires for which a payment waits", function* (given) {
    const { rows, storage } = given
    const made = rows.birth()
    const birth = { ...made, terms: { ...made.terms, expiresAtMillis: 1_700_000_000_000 } }
    yield* storage.commit(rows.group({ births: [birth] }))
    const payment = rows.payment({ memoType: birth.memo.type, memo: birth.memo.value })
    const settle = (kind: PaymentFate["fate"]) =>
      storage.commit(rows.group({ payments: [fate(payment, kind, birth.id)] }))
    yield* settle("waiting")
    yield* processed(given, 1_700_000_600_000)
    const mine = Effect.map(
      storage.expirable({ limit: 10_000 }),
      (found) => found.filter(({ id }) => id === birth.id).length
    )
    yield* same("how many may expire while it waits", yield* mine, 0)
    yield* processed(given, 1_700_009_000_000)
    yield* same("how many may expire while it still waits", yield* mine, 0)
    yield* settle("late")
    yield* same("how many may expire when it is parked", yield* mine, 1)
  }),

  draft("a challenge is used once", function* ({ advance, rows, storage }) {
    const hash = `hash-${rows.account}`
    const expires = (yield* storage.nowMillis) + 60_000
    const used = yield* Effect.all(
      [1, 2, 3].map(() => storage.useChallenge(hash, expires)),
      { concurrency: "unbounded" }
    )
    yield* sameSet("the answers", used, [true, false, false])
    yield* storage.prune
    yield* same("the answer after what is past was pruned", yield* storage.useChallenge(hash, expires), false)
    yield* advance(61)
    yield* storage.prune
    yield* same("another challenge", yield* storage.useChallenge(`${hash}-2`, expires + 120_000), true)
  }),

  draft(
    "the storage answers, its schema is current, and its clock goes forward",
    function* ({ advance, storage }) {
      yield* storage.ping
      yield* storage.checkSchema
      yield* same("what a second migration runs", yield* storage.migrate, [])
      const before = yield* storage.nowMillis
      yield* advance(5)
      const after = yield* storage.nowMillis
      yield* holds("five seconds have passed", after - before >= 5_000 && after - before < 60_000)
      yield* holds("it commits in one lane at least", storage.lanes >= 1 && storage.kind.length > 0)
    }
  )
]

/** What the contract says of telling a customer's changes, and of files. */
import { Effect } from "effect"
import type { CustomerId, FileId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, type Given, same, sameSet } from "./claims.ts"

const url = "https://wallet.example/customers"
const plenty = 10_000

const customerOf = ({ rows, storage }: Given, owner = rows.account) =>
  Effect.gen(function* () {
    const id = rows.customerId()
    yield* storage.createCustomer({ id, owner, account: null, memo: null })
    return id
  })

const judge = ({ storage }: Given, id: CustomerId, status: string, type = "sep31-receiver") =>
  Effect.map(
    storage.recordVerdict({ id, type, status, message: null, askAgainInSeconds: null, put: [] }),
    (row) => row?.version ?? 0
  )

const due = ({ storage }: Given, id: CustomerId, leaseSeconds = 60) =>
  Effect.map(storage.dueCustomerCallbacks({ limit: plenty, leaseSeconds }), (found) =>
    found.flatMap(({ customerId, createdAtMillis: _, ...row }) => (customerId === id ? [row] : []))
  )

export const customerCallbackDrafts: ReadonlyArray<Draft> = [
  draft("a verdict may be recorded over one version only (S12-PUT-17)", function* (given) {
    const { storage } = given
    const id = yield* customerOf(given)
    const version = yield* judge(given, id, "PROCESSING")
    const verdict = {
      id,
      type: "sep31-receiver",
      status: "ACCEPTED",
      message: null,
      askAgainInSeconds: null,
      put: [],
      ifVersion: version
    }
    const answers = yield* Effect.all(
      [1, 2, 3].map(() => storage.recordVerdict(verdict)),
      {
        concurrency: "unbounded"
      }
    )
    yield* sameSet(
      "the versions",
      answers.map((row) => row?.version ?? null),
      [version + 1, null, null]
    )
    yield* same("the version then", (yield* storage.customer(id))?.version, version + 1)
  }),

  draft(
    "data a rail contests is told as NEEDS_INFO, and what is shown again once the last of it was put (S12-CB-03)",
    function* (given) {
      const { rows, storage } = given
      const id = yield* customerOf(given)
      const type = "sep31-receiver"
      yield* judge(given, id, "ACCEPTED")
      yield* judge(given, id, "PROCESSING", "*")
      yield* storage.setCustomerCallback(id, url)
      const birth = rows.birth({ receiverId: id })
      yield* storage.commit(rows.group({ births: [birth] }))
      const leaf = "pending_customer_info_update.awaitingCustomer"
      const attention = {
        kind: "customer-info" as const,
        dueInSeconds: 10,
        customerId: id,
        contested: ["a", "b"]
      }
      yield* storage.commit(rows.group({ steps: [rows.step(birth, { leaf, attention })] }))
      const version = (yield* storage.customer(id))?.version ?? 0
      const told = (at: number, status: string) => [{ version: at, type, status, url, tries: 0 }]
      yield* same("what is told of it", yield* due(given, id), told(version, "NEEDS_INFO"))
      yield* storage.settleCustomerCallback({ customerId: id, version, as: "delivered" })
      const put = (names: ReadonlyArray<string>, under: string, status: string) =>
        Effect.map(
          storage.recordVerdict({
            id,
            type: under,
            status,
            message: null,
            askAgainInSeconds: null,
            put: names
          }),
          (row) => row?.version ?? 0
        )
      yield* put(["a"], "*", "PROCESSING")
      yield* same("what is told while some of it is contested", yield* due(given, id), [])
      const cleared = yield* put(["b"], "*", "PROCESSING")
      yield* same("what is told when it was put", yield* due(given, id), told(cleared, "ACCEPTED"))
      yield* storage.settleCustomerCallback({ customerId: id, version: cleared, as: "dead" })
      yield* put(["b"], type, "ACCEPTED")
      yield* same("what is told of a PUT of what nobody contests", yield* due(given, id), [])
    }
  ),

  draft(
    "each change of a status is told to the newest address, in order, one at a time (S12-CB-02, S12-CB-03)",
    function* (given) {
      const { advance, rows, storage } = given
      const id = yield* customerOf(given)
      yield* judge(given, id, "NEEDS_INFO")
      yield* same("the registration", yield* storage.setCustomerCallback(id, url), true)
      yield* same("what is told of what was before it", yield* due(given, id), [])
      yield* judge(given, id, "NEEDS_INFO")
      yield* same("what is told of a status that stays", yield* due(given, id), [])
      const first = yield* judge(given, id, "PROCESSING")
      const second = yield* judge(given, id, "PROCESSING", "sep31-sender")
      const third = yield* judge(given, id, "NEEDS_INFO")
      yield* storage.setCustomerCallback(id, `${url}/2`)
      const row = (version: number, type: string, status: string, tries = 0) => ({
        version,
        type,
        status,
        url: `${url}/2`,
        tries
      })
      yield* same("the first", yield* due(given, id), [row(first, "sep31-receiver", "PROCESSING")])
      yield* same("what is due while it is sent", yield* due(given, id), [])
      yield* advance(61)
      yield* same("what is due when its lease is over", (yield* due(given, id)).length, 1)
      const settle = (version: number, as: "delivered" | "dead" | { readonly retryInSeconds: number }) =>
        storage.settleCustomerCallback({ customerId: id, version, as })
      yield* settle(first, { retryInSeconds: 10 })
      yield* same("what is due before the next try", yield* due(given, id), [])
      yield* advance(11)
      yield* same("the first again", yield* due(given, id), [row(first, "sep31-receiver", "PROCESSING", 1)])
      yield* settle(first, "delivered")
      yield* same("the second", yield* due(given, id), [row(second, "sep31-sender", "PROCESSING")])
      yield* settle(second, "dead")
      yield* settle(second, { retryInSeconds: 0 })
      yield* same("the third", yield* due(given, id), [row(third, "sep31-receiver", "NEEDS_INFO")])
      yield* settle(third, "delivered")
      yield* same("what is due in the end", yield* due(given, id), [])
      yield* same("nobody's registration", yield* storage.setCustomerCallback(rows.customerId(), url), false)
      yield* same("no id's", yield* storage.setCustomerCallback("no uuid" as CustomerId, url), false)
    }
  ),

  draft(
    "a delivered ACCEPTED or REJECTED ends the registration it was sent to (S12-CB-04)",
    function* (given) {
      const { storage } = given
      for (const status of ["ACCEPTED", "REJECTED"]) {
        const id = yield* customerOf(given)
        yield* storage.setCustomerCallback(id, url)
        const version = yield* judge(given, id, status)
        yield* judge(given, id, "PROCESSING")
        yield* same("how many are due", (yield* due(given, id)).length, 1)
        yield* storage.settleCustomerCallback({ customerId: id, version, as: "delivered" })
        yield* judge(given, id, "NEEDS_INFO")
        yield* same("what is due after the end", yield* due(given, id), [])
        yield* storage.setCustomerCallback(id, url)
        yield* same("what is due of what was before it was asked for again", yield* due(given, id), [])
        yield* judge(given, id, status)
        yield* same("what is due of what came after", (yield* due(given, id)).length, 1)
      }
    }
  ),

  draft("who registers again while ACCEPTED is sent hears more (S12-CB-02, S12-CB-04)", function* (given) {
    const { storage } = given
    const id = yield* customerOf(given)
    yield* storage.setCustomerCallback(id, url)
    const version = yield* judge(given, id, "ACCEPTED")
    yield* same("how many are due", (yield* due(given, id)).length, 1)
    yield* storage.setCustomerCallback(id, url)
    const later = yield* judge(given, id, "NEEDS_INFO")
    yield* storage.settleCustomerCallback({ customerId: id, version, as: "delivered" })
    yield* same(
      "what is due then",
      (yield* due(given, id)).map((row) => row.version),
      [later]
    )
    // What is not the end of it ends nothing, and neither does what was never delivered.
    yield* storage.settleCustomerCallback({ customerId: id, version: later, as: "delivered" })
    const last = yield* judge(given, id, "REJECTED")
    yield* same("how many are due at last", (yield* due(given, id)).length, 1)
    yield* storage.settleCustomerCallback({ customerId: id, version: last, as: "dead" })
    yield* judge(given, id, "PROCESSING")
    yield* same("how many are due after one was given up", (yield* due(given, id)).length, 1)
  }),

  draft(
    "a change that is due is taken once, and nothing is told of an erased customer (S12-CB-03, S12-DEL-04)",
    function* (given) {
      const { storage } = given
      const [kept, erased] = [yield* customerOf(given), yield* customerOf(given)]
      for (const id of [kept, erased]) {
        yield* storage.setCustomerCallback(id, url)
        yield* judge(given, id, "PROCESSING")
      }
      yield* storage.eraseCustomer(erased)
      const taken = yield* Effect.all(
        [1, 2, 3].map(() => due(given, kept, 1_000_000)),
        {
          concurrency: "unbounded"
        }
      )
      yield* same("how often it was taken", taken.flat().length, 1)
      yield* same("what is told of the erased", yield* due(given, erased), [])
      yield* same("a registration of the erased", yield* storage.setCustomerCallback(erased, url), false)
    }
  ),

  draft("delivered changes of a customer are forgotten after a week (S12-CB-03)", function* (given) {
    const { advance, storage } = given
    const id = yield* customerOf(given)
    yield* storage.setCustomerCallback(id, url)
    const version = yield* judge(given, id, "PROCESSING")
    yield* storage.settleCustomerCallback({ customerId: id, version, as: "delivered" })
    const later = yield* judge(given, id, "NEEDS_INFO")
    yield* advance(7 * 86_400 + 1)
    yield* storage.prune
    yield* same(
      "what is due after the week",
      (yield* due(given, id)).map((row) => row.version),
      [later]
    )
  }),

  draft(
    "a file is its owner's alone, and is discarded in time unless a customer refers to it (S12-FILE-04, S12-FILE-05)",
    function* (given) {
      const { advance, rows, storage } = given
      const customer = yield* customerOf(given)
      const until = (yield* storage.nowMillis) + 60_000
      const file = () => rows.file({ expiresAtMillis: until })
      const [loose, tied, foreign] = [file(), file(), { ...file(), owner: `${rows.account}-2` }]
      const bytes = { ...rows.sealed(), bytes: Uint8Array.from({ length: 256 }, (_, at) => 255 - at) }
      for (const row of [loose, foreign]) yield* storage.putFile(row, rows.sealed(row.id))
      yield* storage.putFile(tied, bytes)
      const byId = (id: FileId, owner = rows.account) => storage.files({ owner, id })
      yield* same("a file by its id", yield* byId(loose.id), [loose])
      yield* same("another's file", yield* byId(foreign.id), [])
      yield* same("a file of no id", yield* byId("no uuid" as FileId), [])
      yield* same("the file of nobody", yield* storage.files({ owner: rows.account }), [])
      yield* same("the bytes", yield* storage.fileBytes(tied.id), bytes)
      yield* same("the bytes of none", yield* storage.fileBytes(rows.file().id), null)

      yield* storage.attachFiles(customer, [tied.id, foreign.id, rows.file().id])
      const kept = { ...tied, customerId: customer, expiresAtMillis: null }
      const ofCustomer = storage.files({ owner: rows.account, customerId: customer })
      yield* same("the files of the customer", yield* ofCustomer, [kept])
      yield* same(
        "the customer's file under another id",
        yield* storage.files({ owner: rows.account, customerId: customer, id: loose.id }),
        []
      )
      yield* storage.attachFiles(yield* customerOf(given), [tied.id])
      yield* same("a file that has its customer", yield* byId(tied.id), [kept])

      yield* advance(61)
      yield* same("an expired file", [yield* byId(loose.id), yield* storage.fileBytes(loose.id)], [[], null])
      yield* storage.attachFiles(customer, [loose.id])
      yield* storage.prune
      yield* same("the files of the customer after the expired were dropped", yield* ofCustomer, [kept])
      yield* same("another's file after its time", yield* byId(foreign.id, foreign.owner), [])
    }
  ),

  draft(
    "the files of a customer are erased with its values, and none is tied to the erased (S12-DEL-04)",
    function* (given) {
      const { rows, storage } = given
      const [customer, other] = [yield* customerOf(given), yield* customerOf(given)]
      const [one, two, late] = [rows.file(), rows.file(), rows.file()]
      for (const row of [one, two, late]) yield* storage.putFile(row, rows.sealed(row.id))
      yield* storage.attachFiles(customer, [one.id])
      yield* storage.attachFiles(other, [two.id])
      yield* storage.eraseCustomerValues(customer)
      yield* same(
        "what is left of the file",
        [yield* storage.files({ owner: rows.account, id: one.id }), yield* storage.fileBytes(one.id)],
        [[], null]
      )
      yield* same("the other's", (yield* storage.files({ owner: rows.account, customerId: other })).length, 1)
      yield* storage.eraseCustomer(customer)
      yield* storage.attachFiles(customer, [late.id])
      yield* same("a file that came late", yield* storage.files({ owner: rows.account, id: late.id }), [late])
    }
  ),

  draft(
    "an owner keeps so many files that no customer refers to, and no more (S12-PUT-15)",
    function* (given) {
      const { rows, storage } = given
      const customer = yield* customerOf(given)
      const nowMillis = yield* storage.nowMillis
      const over = rows.file({ expiresAtMillis: nowMillis - 1 })
      const [tied, one, two, three] = [rows.file(), rows.file(), rows.file(), rows.file()]
      const keep = (row: typeof one, most?: number) => storage.putFile(row, rows.sealed(row.id), most)
      yield* keep(over)
      yield* keep(tied)
      yield* storage.attachFiles(customer, [tied.id])
      const kept = []
      for (const row of [one, two, three, two]) kept.push(yield* keep(row, 2))
      yield* same("what was kept", kept, [true, true, false, true])
      yield* same("a file that was not kept", yield* storage.fileBytes(three.id), null)
      yield* same("without a limit", yield* keep(three), true)
      const foreign = rows.file({ owner: `another than ${rows.account}` })
      yield* same("another's", yield* keep(foreign, 1), true)
    }
  )
]

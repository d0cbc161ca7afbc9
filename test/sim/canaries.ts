// Known ways to lose money, switched on one at a time: a simulation that does not catch them proves nothing.
// Each stands in front of a port, or reaches behind it, as the code that has the bug would.
import { Effect } from "effect"
import { NothingAccepted } from "../../src/ports/Rails.ts"
import type { PayoutJob } from "../../src/ports/rows.ts"
import type { Credit } from "../../src/ports/StellarNetwork.ts"
import { issuer } from "./parties.ts"
import type { TrueCredit } from "./Chain.ts"
import type { Canary, NetworkService } from "./World.ts"

const creditsAs = (network: NetworkService, change: (credit: TrueCredit) => Credit): NetworkService => ({
  ...network,
  page: (...asked) =>
    Effect.map(network.page(...asked), (page) => ({
      ...page,
      credits: page.credits.map((credit) => change(credit as TrueCredit))
    }))
})

export const canaries: ReadonlyArray<Canary> = [
  {
    name: "retry-on-exception",
    told: "whatever a rail throws is taken for 'nothing accepted', and the payout is made again (R2)",
    rail: (rail) => ({
      ...rail,
      execute: (payout) =>
        rail
          .execute(payout)
          .pipe(Effect.catchCause(() => Effect.fail(new NothingAccepted({ message: "it threw" }))))
    })
  },
  {
    name: "cursor-in-finally",
    told: "the cursor moves on even where the page could not be stored (I11)",
    storage: (storage, { tables }) => ({
      ...storage,
      commit: (group) =>
        group.pages.length > 0 && group.payments.length > 0 && BigInt(`0x${group.id.slice(0, 8)}`) % 5n === 0n
          ? Effect.flatMap(
              Effect.sync(() => {
                for (const { account, to } of group.pages) {
                  const cursor = tables.cursors.get(account)
                  if (cursor !== undefined) tables.cursors.set(account, { ...cursor, position: to })
                }
              }),
              () => storage.commit({ ...group, payments: [], pages: [], steps: [] })
            )
          : storage.commit(group)
    })
  },
  {
    name: "resume-at-tip",
    told: "after a restart the watcher begins at the newest ledger (I1)",
    storage: (storage, { chain, tables }) => ({
      ...storage,
      openCursor: (asked) =>
        Effect.map(storage.openCursor(asked), (cursor) => {
          const moved = { ...cursor, position: chain.position }
          tables.cursors.set(cursor.account, moved)
          return moved
        })
    })
  },
  {
    name: "sent-amount-credited",
    told: "of a path payment the amount sent counts as received (I13)",
    network: (network) => creditsAs(network, (credit) => ({ ...credit, amount: credit.sent }))
  },
  {
    name: "asset-ignored",
    told: "another issuer's asset of the same code is taken for ours (I12)",
    network: (network) => creditsAs(network, (credit) => ({ ...credit, asset: { code: "USDC", issuer } }))
  },
  {
    name: "memo-type-ignored",
    told: "the text 7 and the id 7 are one memo (I22)",
    network: (network) =>
      creditsAs(network, (credit) => ({
        ...credit,
        memo: credit.memo.type === "text" ? { type: "id", value: credit.memo.value } : credit.memo
      }))
  },
  {
    name: "no-status-guard-in-poll",
    told: "a poll answer completes whatever transaction it names (R11)",
    rail: (rail, { tables }) => {
      const { poll } = rail
      if (poll === undefined) return rail
      return {
        ...rail,
        poll: (payouts) =>
          Effect.tap(poll(payouts), (answers) =>
            Effect.sync(() => {
              for (const { outcome, payoutId } of answers) {
                if (outcome._tag !== "Delivered") continue
                const payout = tables.payouts.get(payoutId)
                const row = payout === undefined ? undefined : tables.transactions.get(payout.transactionId)
                if (row !== undefined && row.status !== "completed")
                  tables.transactions.set(row.id, { ...row, state: "completed", status: "completed" })
              }
            })
          )
      }
    }
  },
  {
    name: "no-lease",
    told: "whoever looks for work takes what another is doing (R6)",
    storage: (storage) => ({
      ...storage,
      claim: (query) =>
        Effect.gen(function* () {
          const claimed = yield* storage.claim(query)
          const others = yield* storage.due({
            rail: query.rail,
            states: ["started"],
            limit: query.limit,
            owner: query.owner,
            againInSeconds: 0
          })
          const known = new Set(claimed.map(({ id }) => id))
          return [...claimed, ...others.filter(({ id }: PayoutJob) => !known.has(id))].slice(0, query.limit)
        })
    })
  },
  {
    name: "blind-resend",
    told: "what a dead process had sent is sent again, without asking whether the rail took it (R1, R7)",
    rail: (rail) => ({ ...rail, repeatable: true })
  },
  {
    name: "unknown-is-no",
    told: "a look-up that finds nothing is taken as proof although the request is still under way (R1)",
    rail: (rail, { bank }) => {
      if (rail.lookUp === undefined) return rail
      return {
        ...rail,
        lookUp: (id) =>
          Effect.sync(() => (bank.book.has(id) ? { _tag: "NeverAccepted" } : { _tag: "NeverAccepted" }))
      }
    }
  },
  {
    name: "envelope-given-up-early",
    told: "a refund is signed anew while its first envelope may still be taken (S1, S5)",
    submission: (submission) => ({
      ...submission,
      transaction: () => Effect.succeed(null),
      newest: Effect.map(submission.newest, (newest) => ({
        ...newest,
        closedAtMillis: newest.closedAtMillis + 3_600_000
      }))
    })
  },
  {
    name: "audit-forgotten",
    told: "a transition is made without its audit row",
    storage: (storage, { tables }) => ({
      ...storage,
      commit: (group) =>
        Effect.tap(storage.commit(group), () =>
          Effect.sync(() => {
            for (const { id, leaf } of group.steps) {
              const audits = tables.audits.get(id)
              if (leaf === "completed" && audits !== undefined) tables.audits.set(id, audits.slice(0, -1))
            }
          })
        )
    })
  }
]

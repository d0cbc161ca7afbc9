/**
 * The ledger as a Horizon server tells it: `StellarNetwork` over its REST pages, with its event stream as a bell.
 *
 * Every page is vouched for by the root document read before it (at most a second old): network, newest ledger, and how far
 * back the history goes. Gotcha: Horizon itself refuses no cursor on an ascending list. Before its history it silently
 * begins at what it has, beyond its tip it answers nothing, so both are checked here.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, Result, Schema } from "effect"
import { type LedgerUnavailable, PositionRefused, StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { type HorizonAnswer, type HorizonClient, makeHorizonClient } from "./HorizonClient.ts"
import { readAccount } from "./readAccount.ts"
import { cut, type Placed, place, readPage } from "./readPage.ts"
import { makeRoot, plain, senseless } from "./readRoot.ts"
import { endOfLedger, ledgerOf, parseToid, startOfTransaction, transactionOf } from "./toid.ts"
import { wakeUps } from "./wakeUps.ts"

export interface HorizonOptions {
  readonly url: URL
  /** The network we are to be on; pages of another are refused. */
  readonly passphrase: string
  /** For one request with its whole answer; 15 where not given. */
  readonly timeoutSeconds?: number
  /** Of one answer; 32 MiB where not given: two hundred records with their transactions' XDR are some 2 MB. */
  readonly bytesMax?: number
  /** After so long without a word an event stream is taken for dead; 75 where not given: Horizon ends its own after 55. */
  readonly streamSilenceSeconds?: number
}

/** A position so many ledgers beyond the newest is no lagging instance (ten minutes), but another ledger. */
const lagMax = 120

/** The history of a network that was kept whole begins here; there is nothing before it to be missed. */
const firstLedger = 2

const decodeList = Schema.decodeUnknownResult(
  Schema.Struct({ _embedded: Schema.Struct({ records: Schema.Array(Schema.Unknown) }) })
)

const refused = (message: string) => new PositionRefused({ message })

/** One client for all that is asked of a server, so that what it says of its patience holds for all. */
export const makeClient = (options: HorizonOptions) =>
  makeHorizonClient({
    url: options.url,
    timeoutSeconds: options.timeoutSeconds ?? 15,
    bytesMax: options.bytesMax ?? 32 * 1024 * 1024
  })

export const make = (options: HorizonOptions, client: HorizonClient) =>
  Effect.gen(function* () {
    const root = yield* makeRoot(client)

    /** The root, once it is clear that the history behind `after` is all there. */
    const rootFor = (after: bigint) =>
      Effect.gen(function* () {
        const state = yield* root
        const { elder, latest, passphrase } = state
        if (passphrase !== options.passphrase) {
          return yield* refused(
            `the ledger at ${options.url.origin} is of the network "${passphrase}", not "${options.passphrase}"`
          )
        }
        if (ledgerOf(after) > latest.sequence + lagMax) {
          return yield* refused(
            `position ${after} is in ledger ${ledgerOf(after)}; the newest ledger is ${latest.sequence}`
          )
        }
        if (elder > firstLedger && after < endOfLedger(elder - 1)) {
          return yield* refused(
            `position ${after} is in ledger ${ledgerOf(after)}; the history kept begins with ledger ${elder}`
          )
        }
        return state
      })

    /** One request's worth of records behind `after`; fewer than asked for where the answer would be too large. */
    const read = (
      account: string,
      after: bigint,
      limit: number
    ): Effect.Effect<
      {
        readonly placed: ReadonlyArray<Placed>
        readonly isFull: boolean
        readonly latestLedger: number | null
      },
      LedgerUnavailable | PositionRefused
    > => {
      const path = `/accounts/${account}/payments`
      return client.get(path, { cursor: after.toString(), order: "asc", limit, join: "transactions" }).pipe(
        Effect.catchTag(
          "HorizonProblem",
          (problem): Effect.Effect<HorizonAnswer, LedgerUnavailable | PositionRefused> => {
            // An account that never was on the ledger has an empty history.
            if (problem.status === 404) return Effect.succeed(emptyList)
            return problem.status === 410 || problem.field === "cursor"
              ? Effect.fail(
                  refused(`Horizon refuses position ${after} (${problem.status}, ${problem.title})`)
                )
              : Effect.fail(plain(`GET ${path}`, problem))
          }
        ),
        Effect.flatMap(({ body, latestLedger }) => {
          const list = decodeList(body)
          const placed = Result.isFailure(list)
            ? Result.fail("the answer is no list of records")
            : place(list.success._embedded.records, after)
          return Result.isFailure(placed)
            ? Effect.fail(senseless(`GET ${path}`, placed.failure))
            : Effect.succeed({ placed: placed.success, isFull: placed.success.length >= limit, latestLedger })
        }),
        Effect.catchTag("AnswerTooLarge", (error) =>
          limit === 1
            ? Effect.fail(plain(`GET ${path}`, error))
            : read(account, after, Math.max(1, limit >> 2))
        )
      )
    }

    /** Reads on while all that was read belongs to one Stellar transaction, whose end is not yet in sight. */
    const readWhole = (account: string, after: bigint, limit: number) =>
      Effect.gen(function* () {
        const first = yield* read(account, after, limit)
        let { isFull, placed } = first
        const begin = placed.at(0)
        let last = placed.at(-1)
        while (
          isFull &&
          begin !== undefined &&
          last !== undefined &&
          transactionOf(begin.toid) === transactionOf(last.toid)
        ) {
          const more = yield* read(account, last.toid, limit)
          placed = [...placed, ...more.placed]
          isFull = more.isFull
          last = placed.at(-1)
        }
        return { ...cut(placed, isFull), latestLedger: first.latestLedger }
      })

    const positionOf = (position: string) => {
      const toid = parseToid(position)
      return toid === null
        ? Effect.fail(refused(`${JSON.stringify(position)} is no position of Horizon's`))
        : Effect.succeed(toid)
    }

    return StellarNetwork.of({
      passphrase: Effect.map(root, ({ passphrase }) => passphrase),
      tip: () => Effect.map(root, ({ latest }) => endOfLedger(latest.sequence).toString()),
      page: (account, position, limit) =>
        Effect.gen(function* () {
          const after = yield* positionOf(position)
          const { latest } = yield* rootFor(after)
          const { latestLedger, nextLedger, whole } = yield* readWhole(account, after, limit)
          // An instance that is behind the one that gave the root cannot be vouched for by it.
          const tip = latestLedger !== null && latestLedger < latest.sequence ? null : latest
          return readPage({ account, position: after, whole, nextLedger, tip })
        }),
      wakeUps: (account, position) => wakeUps(client, account, position, options.streamSilenceSeconds ?? 75),
      signers: (account) =>
        client.get(`/accounts/${account}`).pipe(
          Effect.catchTag("HorizonProblem", (problem) =>
            problem.status === 404 ? Effect.succeed(null) : Effect.fail(plain("GET /accounts", problem))
          ),
          Effect.catchTag("AnswerTooLarge", (error) => Effect.fail(plain("GET /accounts", error))),
          Effect.flatMap((answer) => {
            if (answer === null) return Effect.succeed(null)
            const read = readAccount(answer.body)
            return Result.isFailure(read)
              ? Effect.fail(senseless("GET /accounts", read.failure))
              : Effect.succeed(read.success)
          })
        ),
      reread: (account, position) =>
        Effect.gen(function* () {
          const toid = yield* positionOf(position)
          yield* rootFor(startOfTransaction(toid))
          const { placed } = yield* read(account, startOfTransaction(toid), 200)
          const whole = placed.filter((each) => transactionOf(each.toid) === transactionOf(toid))
          const page = readPage({ account, position: toid, whole, nextLedger: null, tip: null })
          return { ...page, position, processedLedger: null }
        })
    })
  })

const emptyList: HorizonAnswer = { body: { _embedded: { records: [] } }, latestLedger: null }

/** With a client of its own for the given server. */
export const layerWith = (options: HorizonOptions): Layer.Layer<StellarNetwork> =>
  Layer.effect(
    StellarNetwork,
    Effect.flatMap(makeClient(options), (client) => make(options, client))
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

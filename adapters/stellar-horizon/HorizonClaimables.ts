/**
 * What lies for an account to claim, by Horizon's list of claimable balances.
 *
 * Gotcha: the list is asked for one asset at a time: on the public network anybody can leave an account balances of assets
 * of his own making, and many do.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, Result, Schema } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import {
  type ClaimableBalance,
  ClaimableBalances,
  type ListClaimable
} from "../../src/ports/ClaimableBalances.ts"
import { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"
import { makeHorizonClient } from "./HorizonClient.ts"

const path = "/claimable_balances"
const newest = 200

const decodeList = Schema.decodeUnknownResult(
  Schema.Struct({
    _embedded: Schema.Struct({
      records: Schema.Array(
        Schema.Struct({
          id: Schema.String,
          amount: Schema.String,
          sponsor: Schema.optionalKey(Schema.NullOr(Schema.String)),
          last_modified_ledger: Schema.Int
        })
      )
    })
  })
)

const senseless = (why: string) => new LedgerUnavailable({ message: `Horizon, GET ${path}: ${why}` })

/** In Horizon's spelling, which is not that of SEP-38. */
const assetParam = ({ code, issuer }: StellarAsset): string =>
  issuer === null ? "native" : `${code}:${issuer}`

const readList = (body: unknown): Result.Result<ReadonlyArray<ClaimableBalance>, string> => {
  const list = decodeList(body)
  if (Result.isFailure(list)) return Result.fail("the answer is no list of claimable balances")
  const balances: Array<ClaimableBalance> = []
  for (const record of list.success._embedded.records) {
    const amount = parseAmount(record.amount)
    if (Result.isFailure(amount)) return Result.fail(`the amount of ${record.id} cannot be read`)
    balances.push({
      id: record.id,
      amount: amount.success,
      sponsor: record.sponsor ?? null,
      ledger: record.last_modified_ledger
    })
  }
  return Result.succeed(balances)
}

/** By a client of its own for the given server. */
export const layerWith = (url: URL): Layer.Layer<never> =>
  Layer.effect(
    ClaimableBalances,
    Effect.map(
      makeHorizonClient({ url, timeoutSeconds: 15, bytesMax: 4 * 1024 * 1024 }),
      (client): ListClaimable =>
        (account, asset) =>
          client
            .get(path, { claimant: account, asset: assetParam(asset), order: "desc", limit: newest })
            .pipe(
              Effect.catchTags({
                HorizonProblem: ({ status, title }) => Effect.fail(senseless(`answered ${status}, ${title}`)),
                AnswerTooLarge: ({ message }) => Effect.fail(senseless(message))
              }),
              Effect.flatMap(({ body }) => {
                const read = readList(body)
                return Result.isFailure(read)
                  ? Effect.fail(senseless(read.failure))
                  : Effect.succeed(read.success)
              })
            )
    )
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

/** The server of the configuration. */
export const layer: Layer.Layer<never, never, KedgeConfig> = Layer.unwrap(
  Effect.map(KedgeConfig, ({ horizonUrl }) => layerWith(horizonUrl))
)

/** What an account holds and may hold, as Horizon's account record tells it. Shares of liquidity pools are left out. */
import { Result, Schema } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"
import { parseAssetId, type StellarAsset } from "../../machines/domain/Asset.ts"
import type { LedgerAccount, LedgerBalance } from "../../src/ports/StellarSubmission.ts"

const Maybe = Schema.optionalKey(Schema.String)
const Line = Schema.Struct({
  asset_type: Schema.String,
  asset_code: Maybe,
  asset_issuer: Maybe,
  balance: Schema.String,
  limit: Maybe,
  is_authorized: Schema.optionalKey(Schema.Boolean)
})
type Line = typeof Line.Type
const decode = Schema.decodeUnknownResult(
  Schema.Struct({
    sequence: Schema.String.check(Schema.isPattern(/^\d{1,19}$/)),
    balances: Schema.Array(Line),
    data: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
  })
)

/** SEP-29: base64 of "1". */
const isRequired = "MQ=="

const assetOf = (line: Line): Result.Result<StellarAsset, string> =>
  line.asset_type === "native"
    ? Result.succeed({ code: "native", issuer: null })
    : parseAssetId(`stellar:${line.asset_code ?? ""}:${line.asset_issuer ?? ""}`)

const balanceOf = (line: Line): Result.Result<LedgerBalance, string> =>
  Result.gen(function* () {
    return {
      asset: yield* assetOf(line),
      balance: yield* Result.mapError(parseAmount(line.balance), String),
      limit: line.limit === undefined ? null : yield* Result.mapError(parseAmount(line.limit), String),
      isAuthorized: line.is_authorized ?? true
    }
  })

export const readHoldings = (record: unknown, ledger: number | null): Result.Result<LedgerAccount, string> =>
  Result.gen(function* () {
    const account = yield* Result.mapError(
      decode(record),
      () => "the account record has no sequence and balances"
    )
    const lines = account.balances.filter(({ asset_type }) => asset_type !== "liquidity_pool_shares")
    const balances: Array<LedgerBalance> = []
    for (const line of lines) balances.push(yield* balanceOf(line))
    return {
      sequence: account.sequence,
      balances,
      isMemoRequired: account.data?.["config.memo_required"] === isRequired,
      ledger
    }
  })

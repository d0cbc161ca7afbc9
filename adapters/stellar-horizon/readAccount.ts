/** Who may sign for an account, as Horizon's account record tells it. Signers that are no keys (hashes, signed payloads) are left out. */
import { Result, Schema } from "effect"
import type { AccountSigners } from "../../src/ports/StellarNetwork.ts"

const decode = Schema.decodeUnknownResult(
  Schema.Struct({
    signers: Schema.Array(Schema.Struct({ key: Schema.String, weight: Schema.Int, type: Schema.String })),
    thresholds: Schema.Struct({
      low_threshold: Schema.Int,
      med_threshold: Schema.Int,
      high_threshold: Schema.Int
    })
  })
)

export const readAccount = (record: unknown): Result.Result<AccountSigners, string> => {
  const read = decode(record)
  if (Result.isFailure(read)) return Result.fail("the account record has no signers and thresholds")
  const { signers, thresholds } = read.success
  return Result.succeed({
    signers: signers
      .filter(({ type }) => type === "ed25519_public_key")
      .map(({ key, weight }) => ({ key, weight })),
    thresholds: {
      low: thresholds.low_threshold,
      medium: thresholds.med_threshold,
      high: thresholds.high_threshold
    }
  })
}

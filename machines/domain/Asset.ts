/** A Stellar asset in the asset identification format of SEP-38: `stellar:CODE:ISSUER`, or `stellar:native` for lumens. */
import { Result } from "effect"

export type AssetId = string

export interface StellarAsset {
  readonly code: string
  /** Null for the native asset. */
  readonly issuer: string | null
}

export const assetId = (asset: StellarAsset): AssetId =>
  asset.issuer === null ? "stellar:native" : `stellar:${asset.code}:${asset.issuer}`

/** Reads `stellar:CODE:ISSUER` or `stellar:native`; the failure says what would be right. */
export const parseAssetId = (text: string): Result.Result<StellarAsset, string> => {
  if (text === "stellar:native") return Result.succeed({ code: "native", issuer: null })
  const match = /^stellar:([A-Za-z0-9]{1,12}):(G[A-Z2-7]{55})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined
    ? Result.fail(
        `${JSON.stringify(text)} is not a Stellar asset such as "stellar:USDC:G…" or "stellar:native"`
      )
    : Result.succeed({ code: match[1], issuer: match[2] })
}

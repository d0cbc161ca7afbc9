/**
 * The secrets among the settings: each refused where no random generator would have made it, or where it serves two masters.
 *
 * Gotcha: a message says what is wrong with a secret and never repeats any of it.
 */
import { Redacted } from "effect"
import type { Settings } from "../KedgeConfig.ts"
import { isSeed, rootSeedOf, seedBytes } from "../stellar/seeds.ts"
import { noParse, type Reader } from "./Reader.ts"
import { dataKeyBytes, isPatternSeed, textSecretFault } from "./secretFault.ts"
import * as settingText from "./settingText.ts"
import { variables } from "./variables.ts"

export const readSecrets = (from: Reader, network: Settings["network"]) => {
  const seed = from.given(variables.signingSeed)
  const fault = seed === undefined ? null : seedFault(seed, network)
  if (seed === undefined) from.demand(variables.signingSeed, noParse, "")
  else if (fault !== null) from.refuse(variables.signingSeed, `is ${fault}`)

  const jwts = from.given(variables.jwtSecret)?.split(",") ?? []
  if (jwts.length === 0) from.demand(variables.jwtSecret, noParse, "")
  const jwtFault = jwts.map(textSecretFault).find((fault) => fault !== null) ?? null
  if (jwtFault !== null) {
    from.refuse(variables.jwtSecret, `is ${jwts.length === 1 ? "" : "a list, and one of it is "}${jwtFault}`)
  }

  const key = from.given(variables.dataKey)
  const keyBytes = key === undefined ? null : dataKeyBytes(key)
  if (key === undefined) from.demand(variables.dataKey, noParse, "")
  else if (keyBytes?._tag === "Failure") from.refuse(variables.dataKey, `is ${keyBytes.failure}`)
  else if (jwts.includes(key)) from.refuse(variables.dataKey, "is the same as KEDGE_JWT_SECRET")

  return {
    signingSeed: Redacted.make(seed ?? "", { label: variables.signingSeed.name }),
    jwtSecrets: jwts.map((jwt) => Redacted.make(jwt, { label: variables.jwtSecret.name })),
    dataKey: Redacted.make(key ?? "", { label: variables.dataKey.name })
  }
}

/** What is wrong with a seed that moves money, completing "KEDGE_… is"; null when nothing is. */
const seedFault = (seed: string, network: Settings["network"]): string | null => {
  if (!isSeed(seed)) return "no secret seed, or is mistyped"
  if (network.passphrase !== "" && seed === rootSeedOf(network.passphrase))
    return "the network's root account, whose seed everyone knows"
  return isPatternSeed(seedBytes(seed)) ? "a pattern, not random" : null
}

/** Whoever steals the key of challenges must find nothing to take (SEC-13). */
export const readRefunds = (from: Reader, network: Settings["network"]): Settings["refunds"] => {
  const signing = from.given(variables.signingSeed)
  const seed = from.given(variables.refundSeed) ?? null
  const channels =
    from
      .given(variables.refundChannelSeeds)
      ?.split(",")
      .map((each) => each.trim()) ?? []
  const fault = seed === null ? null : seedFault(seed, network)
  if (fault !== null) from.refuse(variables.refundSeed, `is ${fault}`)
  else if (seed !== null && seed === signing)
    from.refuse(variables.refundSeed, "is KEDGE_SIGNING_SEED, which must sign for nothing that holds money")
  const channelFault = channels.map((each) => seedFault(each, network)).find((each) => each !== null) ?? null
  if (channelFault !== null) from.refuse(variables.refundChannelSeeds, `has one that is ${channelFault}`)
  else if (channels.some((each) => each === signing))
    from.refuse(variables.refundChannelSeeds, "has KEDGE_SIGNING_SEED, whose account may hold no money")
  else if (new Set([seed, ...channels]).size <= channels.length)
    from.refuse(variables.refundChannelSeeds, "has a seed twice, or KEDGE_REFUND_SEED itself")
  else if (channels.length > 0 && seed === null && from.isRight(variables.refundSeed))
    from.refuse(variables.refundChannelSeeds, "is set, and KEDGE_REFUND_SEED is not")
  return {
    seed: seed === null ? null : Redacted.make(seed, { label: variables.refundSeed.name }),
    channelSeeds: channels.map((each) => Redacted.make(each, { label: variables.refundChannelSeeds.name })),
    feeMax: from.read(variables.refundFeeMax, settingText.whole(100, 100_000_000), 100_000)
  }
}

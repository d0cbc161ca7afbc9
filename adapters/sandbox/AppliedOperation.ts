// What did an operation do? Its result, what Horizon tells of it, whom it touched and what changed for them.

import type { Party } from "./Envelope.ts"
import type { Draft } from "./LedgerState.ts"
import type { OperationName, OperationResult } from "./resultCodes.ts"

/** A value as JSON prints it; an absent member is left out. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | JsonObject

export interface JsonObject {
  readonly [member: string]: Json | undefined
}

export interface Effect {
  readonly type: string
  /** Horizon's `type_i`. */
  readonly number: number
  readonly account: string
  readonly details: JsonObject
}

export interface AppliedOperation {
  readonly name: OperationName
  readonly source: Party
  readonly result: OperationResult
  /** The members that Horizon's record of this kind has beyond those of all operations. */
  readonly details: JsonObject
  /** The accounts in whose history it stands, the source included. */
  readonly participants: ReadonlySet<string>
  readonly effects: ReadonlyArray<Effect>
}

/** What a rule needs to know of its surroundings. */
export interface OperationContext {
  readonly draft: Draft
  readonly source: Party
  /** Units of the second asset for one of the first, as a fraction. */
  readonly rate: (from: string, to: string) => Rate
  /** The id that the operation's claimable balance gets. */
  readonly claimableBalanceId: () => string
}

export interface Rate {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** What a rule answers: a success word with what changed, or a failure word with nothing. */
export type Ruling =
  | {
      readonly isDone: true
      readonly effects: ReadonlyArray<Effect>
      /** The bytes after the success code in the result XDR, where the kind has any. */
      readonly payload?: Buffer
      /** Members known only after the fact, laid over the details. */
      readonly details?: JsonObject
    }
  | { readonly isDone: false; readonly code: string }

export const failed = (code: string): Ruling => ({ isDone: false, code })

export const done = (effects: ReadonlyArray<Effect>, payload?: Buffer, details?: JsonObject): Ruling => ({
  isDone: true,
  effects,
  ...(payload === undefined ? {} : { payload }),
  ...(details === undefined ? {} : { details })
})

/** `asset_type` and, unless native, `asset_code` and `asset_issuer`, with a prefix where there are two assets. */
export const assetMembers = (asset: string, prefix = ""): JsonObject => {
  if (asset === "native") return { [`${prefix}asset_type`]: "native" }
  const [code = "", issuer = ""] = asset.split(":")
  return {
    [`${prefix}asset_type`]: code.length <= 4 ? "credit_alphanum4" : "credit_alphanum12",
    [`${prefix}asset_code`]: code,
    [`${prefix}asset_issuer`]: issuer
  }
}

/** `<name>`, and `<name>_muxed` with `<name>_muxed_id` where the envelope named an M address. */
export const partyMembers = (name: string, party: Party): JsonObject => ({
  [name]: party.id,
  ...(party.muxed === undefined
    ? {}
    : { [`${name}_muxed`]: party.muxed.address, [`${name}_muxed_id`]: party.muxed.id })
})

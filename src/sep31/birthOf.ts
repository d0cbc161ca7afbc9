/**
 * The row of a new transaction, from everything the checks let through: its terms are frozen here and never change.
 *
 * Ready for funds when both customers are accepted; else it waits for them in `pending_receiver` with its memo drawn and not told
 * (S31-RESP-04, S31-RESP-08). Gotcha: with a quote its life is the quote's (S31-ST-10), whatever the settings say.
 */
import type { FeeTerms } from "../../machines/domain/Fee.ts"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import { initialContext, type Terms } from "../../machines/transaction/context.ts"
import { storedContext } from "../../machines/transaction/snapshot.ts"
import { mismatchDefault } from "../KedgeConfig.ts"
import type { ActorRow, Birth, RepeatKey, SealedRow } from "../ports/rows.ts"
import type { Parties } from "./checkCustomers.ts"
import type { CheckedRequest } from "./checkRequest.ts"
import type { ValidationAnswer } from "./hookAnswers.ts"
import type { ReceivedAsset } from "./Info.ts"

/** Who posts: the Sending Anchor's base account, and for the audit how the token named it (S31-AUTH-08). */
export interface Creator {
  readonly account: string
  readonly subject: string
  readonly clientDomain: string | null
}

export type Accepted = Extract<ValidationAnswer, { readonly _tag: "Accepted" }>

/** What every check let through. */
export interface Admitted {
  readonly asset: ReceivedAsset
  readonly request: CheckedRequest
  readonly parties: Parties
  readonly fields: Readonly<Record<string, string>>
  readonly accepted: Accepted
  readonly fee: FeeTerms
}

/** The customers are asked for right after the birth; should the process die before that, again after so many seconds. */
const askedWithin = 15

interface Parts {
  readonly id: TransactionId
  readonly creator: Creator
  readonly admitted: Admitted
  readonly repeat: RepeatKey | null
  /** ISO 639-1. */
  readonly lang: string
  readonly memo: Memo
  readonly destination: SealedRow | null
  /** A quote's life is its own; else what the settings give. */
  readonly expiresAtMillis: number
}

export const birthOf = (parts: Parts): Birth => {
  const { admitted, creator, expiresAtMillis, id } = parts
  const { accepted, asset, fee, request } = admitted
  const { areAccepted, ...parties } = admitted.parties
  const terms: Terms = {
    expected: request.amount,
    minimum: asset.config.minimum,
    maximum: asset.config.maximum,
    fee,
    expiresAtMillis,
    conversion: request.conversion,
    mismatch: asset.config.mismatch ?? mismatchDefault
  }
  return {
    id,
    leaf: areAccepted ? "pending_sender.awaitingPayment" : "pending_receiver.checking",
    quoteId: request.quote?.id ?? null,
    repeat: parts.repeat,
    clientDomain: creator.clientDomain,
    dueInSeconds: areAccepted ? null : askedWithin,
    terms,
    context: storedContext(initialContext({ id, terms, ready: areAccepted })),
    asset: asset.id,
    account: asset.config.account,
    memo: parts.memo,
    fundingMethod: request.fundingMethod,
    ...parties,
    destination: parts.destination,
    sendingAnchor: creator.account,
    creator: creator.subject,
    reference: accepted.reference ?? null,
    metadata: accepted.metadata ?? {},
    lang: parts.lang,
    refundMemo: request.refundMemo
  }
}

/** It may be paid from its first moment. */
export const isReady = ({ leaf }: Pick<Birth, "leaf">): boolean => leaf === "pending_sender.awaitingPayment"

/** As it is read right after its birth. */
export const actorOf = (birth: Birth): ActorRow => ({
  id: birth.id,
  version: 1,
  state: birth.leaf,
  terms: birth.terms,
  amounts: { received: null, accepted: null, fee: null, delivered: null },
  context: birth.context,
  asset: birth.asset,
  account: birth.account,
  memo: birth.memo,
  fundingMethod: birth.fundingMethod,
  senderId: birth.senderId,
  receiverId: birth.receiverId,
  fundedBy: null,
  destination: birth.destination?.id ?? null
})

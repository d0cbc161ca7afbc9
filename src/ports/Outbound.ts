/**
 * HTTP to addresses that strangers name: callback URLs, client domains. The one way there; everything else Kedge calls is
 * named by its operator.
 *
 * Gotcha: `words` of an error may be told to the stranger and say nothing of our network (SEC-06); `detail` is for the log
 * alone.
 */
import { Context, Data, type Effect } from "effect"
import type { Words } from "../http/Sentence.ts"

/** The URL breaks the rules, or its name leads to an address that is never called. Nothing was sent. */
export class OutboundRefused extends Data.TaggedError("OutboundRefused")<{
  /** For the stranger: a clause about the URL, beginning with "it" or "its". */
  readonly words: Words
  readonly detail: string
  /** True where the URL itself is at fault, which no other try will change; false for what its name leads to at the moment. */
  readonly lasting: boolean
}> {
  override get message(): string {
    return String(this.words)
  }
}

/** No answer: the name is not known, nobody listens, the time was over, or too much waits for this host or owner. */
export class OutboundUnavailable extends Data.TaggedError("OutboundUnavailable")<{
  readonly words: Words
  readonly detail: string
}> {
  override get message(): string {
    return String(this.words)
  }
}

/** The headers a caller may set; no credentials, cookies or internal headers among them (SEC-07). */
export const outboundHeaders = ["Accept", "Content-Type", "Signature", "X-Stellar-Signature"] as const
export type OutboundHeader = (typeof outboundHeaders)[number]

export interface OutboundRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Partial<Record<OutboundHeader, string>>>
  readonly body?: Uint8Array
  /** On whose behalf: calls are limited by owner (SEC-08). A Stellar account, or what else tells callers apart. */
  readonly owner: string
  /** For everything: name, connection, request and answer. */
  readonly timeoutSeconds: number
  /** Bytes of the answer's body that are read; the rest is cut off. */
  readonly maxBytes: number
}

export interface OutboundAnswer {
  /** Any status; a redirect is a status like any other and is not followed. */
  readonly status: number
  readonly body: Uint8Array
  /** False where the body was cut at `maxBytes`, or came in an encoding that is not read: then it is no document. */
  readonly whole: boolean
}

/**
 * Failure and persistence: nothing is kept. A request may have arrived although `OutboundUnavailable` says it failed, so what
 * is sent must bear arriving twice. Nothing is retried here. Interruption cuts the line.
 */
export class Outbound extends Context.Service<
  Outbound,
  {
    /**
     * Whether the URL may be named at all, by its text: for the moment it is registered. Resolves no name, so its answer tells
     * nothing of our network; `send` judges the addresses each time (SEC-05).
     */
    readonly check: (url: string) => Effect.Effect<URL, OutboundRefused>
    /** One request to an address that was checked, and no other. */
    readonly send: (
      request: OutboundRequest
    ) => Effect.Effect<OutboundAnswer, OutboundRefused | OutboundUnavailable>
  }
>()("kedge/ports/Outbound") {}

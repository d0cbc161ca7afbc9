// The Sending Anchor's client before an anchor that says later where to pay.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Schedule } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { signedIn } from "../../../src/client/SendingAnchor.ts"

const account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
const trio = { stellar_account_id: account, stellar_memo_type: "id", stellar_memo: "7" }
const anchor = signedIn(
  {
    NETWORK_PASSPHRASE: "p",
    SIGNING_KEY: account,
    WEB_AUTH_ENDPOINT: "https://anchor.example/auth",
    DIRECT_PAYMENT_SERVER: "https://anchor.example/sep31"
  },
  Redacted.make("token")
)
const everySecond = Schedule.max([Schedule.spaced("1 second"), Schedule.recurs(5)])

/** Announces to an anchor whose POST answers so, and whose GETs answer one after the other; the last stays. */
const announced = (created: object, seen: ReadonlyArray<object>) => {
  let looks = 0
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      if (request.method === "GET") looks += 1
      const body =
        request.method === "POST"
          ? { id: "t", ...created }
          : { transaction: { id: "t", ...seen[Math.min(looks, seen.length) - 1] } }
      return HttpClientResponse.fromWeb(request, Response.json(body))
    })
  )
  return Effect.gen(function* () {
    const fiber = yield* anchor.announce({ amount: "1", assetCode: "USDC" }).pipe(
      Effect.flatMap((answer) => anchor.awaitReady(answer, everySecond)),
      Effect.result,
      Effect.forkChild
    )
    yield* TestClock.adjust("1 minute")
    return { result: yield* Fiber.join(fiber), looks }
  }).pipe(Effect.provideService(HttpClient.HttpClient, client))
}

describe("awaitReady", () => {
  const where = { _tag: "Success", success: { account, memo: { type: "id", value: "7" } } }

  it.effect("asks for nothing where the POST says where to pay (S31-RESP-05)", () =>
    Effect.gen(function* () {
      const { looks, result } = yield* announced(trio, [])

      expect(result).toMatchObject(where)
      expect(looks).toBe(0)
    })
  )

  it.effect(
    "asks by GET until it is told, after a POST that answers an id alone (S31-RESP-08, S31-KYC-04)",
    () =>
      Effect.gen(function* () {
        const { looks, result } = yield* announced({}, [
          { status: "pending_customer_info_update" },
          { status: "pending_receiver", stellar_account_id: account },
          { status: "pending_sender", ...trio }
        ])

        expect(result).toMatchObject(where)
        expect(looks).toBe(3)
      })
  )

  it.effect("gives up where the transaction has ended, with its words (S31-KYC-07)", () =>
    Effect.gen(function* () {
      const ended = { status: "error", status_message: "do not pay", ...trio }
      const { looks, result } = yield* announced({}, [{ status: "pending_receiver" }, ended])

      expect(result).toMatchObject({
        _tag: "Failure",
        failure: { message: "transaction t is error and does not say where to pay: do not pay" }
      })
      expect(looks).toBe(2)
    })
  )

  it.effect("gives up when its schedule ends", () =>
    Effect.gen(function* () {
      const { looks, result } = yield* announced({}, [{ status: "pending_receiver" }])

      expect(result).toMatchObject({
        _tag: "Failure",
        failure: { message: "transaction t is pending_receiver and does not say where to pay" }
      })
      expect(looks).toBe(6)
    })
  )
})

// The embedded provider over the memory storage and the real vault: what it keeps, how it seals, how it judges.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { type EmbeddedKycOptions, layer as embeddedKyc } from "../../../adapters/kyc-embedded/EmbeddedKyc.ts"
import { layerOver } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables, type Tables } from "../../../adapters/storage-memory/tables.ts"
import { layer as localVault } from "../../../adapters/vault-local/LocalVault.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import type { CustomerId, TransactionId } from "../../../machines/domain/Ids.ts"
import { KedgeConfig, type Settings } from "../../../src/KedgeConfig.ts"
import {
  type AboutTransaction,
  type CustomerValue,
  KycProvider,
  type Verdict
} from "../../../src/ports/KycProvider.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { anchorA, sep12Settings } from "../../support/sep12World.ts"

const id = "0190a000-0000-7000-8000-00000000c001" as CustomerId
const type = "sep31-receiver"
const complete = { first_name: "Ada", last_name: "Okafor", bank_account_number: "12345" }

const world = (
  options: EmbeddedKycOptions = {},
  tables: Tables = emptyTables(),
  customerTypes: Settings["customerTypes"] = sep12Settings.customerTypes
) =>
  embeddedKyc(options).pipe(
    Layer.provideMerge(localVault),
    Layer.provideMerge(
      Layer.mergeAll(
        layerOver(tables),
        nodeEntropy,
        Layer.succeed(KedgeConfig, {
          ...sep12Settings,
          customerTypes,
          dataKey: Redacted.make("07".repeat(32))
        })
      )
    )
  )

const created = Effect.gen(function* () {
  const storage = yield* Storage
  yield* storage.createCustomer({ id, owner: anchorA, account: anchorA, memo: null })
})
const put = Effect.fnUntraced(function* (
  values: Readonly<Record<string, CustomerValue>>,
  wanted: string = type
) {
  const kyc = yield* KycProvider
  return yield* kyc.put({ customerId: id, type: wanted, values, lang: "en" })
})
const verdict = Effect.flatMap(KycProvider, (kyc) => kyc.verdict(id, type, "en"))
const record = Effect.fnUntraced(function* (status: string, message: string | null = null) {
  const storage = yield* Storage
  yield* storage.recordVerdict({ id, type, status, message, askAgainInSeconds: null, put: [] })
})
const statusOf = ({ status }: Verdict) => status

describe("kyc-embedded verdicts", () => {
  it.effect(
    "are NEEDS_INFO while something required is missing, and ACCEPTED at once when nothing is (S12-GET-09)",
    () =>
      Effect.gen(function* () {
        yield* created
        const first = yield* put({ first_name: "Ada" })
        expect(first.status).toBe("NEEDS_INFO")
        expect(Object.keys(first.fields)).toContain("bank_account_number")
        expect(statusOf(yield* put(complete))).toBe("ACCEPTED")
        expect(statusOf(yield* verdict)).toBe("ACCEPTED")
      }).pipe(Effect.provide(world()))
  )

  it.effect("reported REJECTED or PROCESSING stands, with its words, whatever is complete", () =>
    Effect.gen(function* () {
      yield* created
      yield* put(complete)
      yield* record("PROCESSING", "two days")
      expect(yield* verdict).toMatchObject({ status: "PROCESSING", message: "two days" })
      expect(statusOf(yield* put({ first_name: "Eve" }))).toBe("PROCESSING")
      yield* record("REJECTED", "no")
      expect(yield* verdict).toMatchObject({ status: "REJECTED", message: "no" })
    }).pipe(Effect.provide(world()))
  )

  it.effect("REJECTED refuses new data and keeps none of it (S12-PUT-16)", () =>
    Effect.gen(function* () {
      yield* created
      yield* record("REJECTED")
      const failure = yield* Effect.flip(put(complete))
      expect(failure._tag).toBe("CustomerRefused")
      const storage = yield* Storage
      expect(yield* storage.customerValues(id)).toEqual([])
    }).pipe(Effect.provide(world()))
  )

  it.effect("a customer scripted PROCESSING is accepted after the time set, and not before", () =>
    Effect.gen(function* () {
      yield* created
      expect(yield* put({ ...complete, last_name: "processing" })).toMatchObject({
        status: "PROCESSING",
        askAgainSeconds: 30
      })
      yield* record("PROCESSING")
      yield* TestClock.adjust("29 seconds")
      expect(yield* verdict).toMatchObject({ status: "PROCESSING", askAgainSeconds: 1 })
      yield* TestClock.adjust("1 seconds")
      expect(statusOf(yield* verdict)).toBe("ACCEPTED")
    }).pipe(Effect.provide(world({ scripted: true, processingSeconds: 30 })))
  )

  it.effect("the script is silent where it was not asked for", () =>
    Effect.gen(function* () {
      yield* created
      for (const last_name of ["REJECTED", "PROCESSING", "NEEDSINFO"]) {
        expect(statusOf(yield* put({ ...complete, last_name }))).toBe("ACCEPTED")
      }
    }).pipe(Effect.provide(world()))
  )

  it.effect("NEEDS_INFO always names a field, whatever the type wants (S12-GET-01)", () =>
    Effect.gen(function* () {
      yield* created
      const judged = yield* put({ ...complete, last_name: "NEEDSINFO" }, "sep31-unknown")
      expect(judged.status).toBe("NEEDS_INFO")
      expect(Object.keys(judged.fields)).toEqual(["last_name"])
    }).pipe(Effect.provide(world({ scripted: true })))
  )
})

describe("kyc-embedded tiers", () => {
  const [from500, from1000] = [amount("500"), amount("1000")]
  const tiers = {
    [type]: {
      description: "a person who receives money",
      fields: {
        first_name: { description: "given name", optional: false, choices: null },
        tax_id: { description: "tax identifier", optional: false, choices: null, fromAmount: from500 },
        id_number: { description: "document", optional: false, choices: null, fromAmount: from1000 }
      }
    }
  }
  const about = (value: string): AboutTransaction => ({
    transactionId: "0190a000-0000-7000-8000-000000000001" as TransactionId,
    amount: amount(value),
    asset: "stellar:native",
    fundingMethod: "SEPA",
    destinationAsset: null
  })
  const tierOf = (value: string) =>
    Effect.flatMap(KycProvider, (kyc) => kyc.tierOf?.(type, about(value)) ?? Effect.succeed("none"))

  it.effect("are the highest amount a transaction reaches, and none below the lowest (S31-KYC-05)", () =>
    Effect.gen(function* () {
      expect(yield* tierOf("499.9999999")).toBeNull()
      expect(yield* tierOf("500")).toBe("500")
      expect(yield* tierOf("999")).toBe("500")
      expect(yield* tierOf("1000000")).toBe("1000")
    }).pipe(Effect.provide(world({}, emptyTables(), tiers)))
  )

  it.effect("want what all lower ones want, and keep what any of them wants (S31-KYC-05, S12-PUT-10)", () =>
    Effect.gen(function* () {
      yield* created
      const kyc = yield* KycProvider
      const wanted = (tier?: string) => Effect.map(kyc.fields(type, "en", tier), Object.keys)
      expect(yield* wanted()).toEqual(["first_name"])
      expect(yield* wanted("500")).toEqual(["first_name", "tax_id"])
      expect(yield* wanted("1000")).toEqual(["first_name", "tax_id", "id_number"])
      yield* put({ first_name: "Ada", tax_id: "DE1" })
      expect(statusOf(yield* kyc.verdict(id, type, "en"))).toBe("ACCEPTED")
      expect(statusOf(yield* kyc.verdict(id, type, "en", "500"))).toBe("ACCEPTED")
      expect(statusOf(yield* kyc.verdict(id, type, "en", "1000"))).toBe("NEEDS_INFO")
    }).pipe(Effect.provide(world({}, emptyTables(), tiers)))
  )

  it.effect("are rejected with their type, and one of them alone (S31-KYC-07)", () =>
    Effect.gen(function* () {
      yield* created
      const kyc = yield* KycProvider
      const storage = yield* Storage
      yield* put({ first_name: "Ada", tax_id: "DE1" })
      const about500 = { id, type: `${type}@500`, message: null, askAgainInSeconds: null, put: [] }
      yield* storage.recordVerdict({ ...about500, status: "REJECTED" })
      expect(statusOf(yield* kyc.verdict(id, type, "en"))).toBe("ACCEPTED")
      expect(statusOf(yield* kyc.verdict(id, type, "en", "500"))).toBe("REJECTED")
      yield* storage.recordVerdict({ ...about500, status: "ACCEPTED" })
      yield* record("REJECTED")
      expect(statusOf(yield* kyc.verdict(id, type, "en", "500"))).toBe("REJECTED")
    }).pipe(Effect.provide(world({}, emptyTables(), tiers)))
  )
})

describe("kyc-embedded codes", () => {
  const proven = {
    [type]: {
      description: "a person who receives money",
      fields: {
        mobile_number: { description: "phone", optional: false, choices: null, verify: true }
      }
    }
  }
  const sending = (sent: Array<string>) =>
    Effect.fnUntraced(function* (mobile_number: string) {
      const kyc = yield* KycProvider
      return yield* kyc.put({
        customerId: id,
        type,
        values: { mobile_number },
        lang: "en",
        sendCode: ({ code }) => Effect.sync(() => void sent.push(code))
      })
    })
  const verify = (code: string) =>
    Effect.flatMap(
      KycProvider,
      (kyc) =>
        kyc.verify?.({ customerId: id, type, codes: { mobile_number: code }, lang: "en" }) ??
        Effect.die(new Error("nothing is verified"))
    )

  it.effect(
    "are good for their time and not longer; then the value put again brings another (S12-PUT-06)",
    () => {
      const sent: Array<string> = []
      return Effect.gen(function* () {
        yield* created
        const send = sending(sent)
        expect(statusOf(yield* send("+14155550100"))).toBe("NEEDS_INFO")
        yield* TestClock.adjust("900 seconds")
        const late = yield* Effect.flip(verify(sent[0] ?? ""))
        expect(late.message).toContain("has expired")
        yield* send("+14155550100")
        yield* TestClock.adjust("899 seconds")
        expect(statusOf(yield* verify(sent[1] ?? ""))).toBe("ACCEPTED")
        expect(sent).toHaveLength(2)
      }).pipe(Effect.provide(world({}, emptyTables(), proven)))
    }
  )

  it.effect(
    "are sent again with the same value, and are no value of the customer (S12-PUT-02, SEC-21)",
    () => {
      const sent: Array<string> = []
      return Effect.gen(function* () {
        yield* created
        const send = sending(sent)
        const kyc = yield* KycProvider
        yield* send("+14155550100")
        yield* send("+14155550100")
        expect(sent[1]).toBe(sent[0])
        expect(yield* kyc.values(id)).toEqual({ mobile_number: "+14155550100" })
        yield* verify(sent[0] ?? "")
        yield* Effect.flip(verify(sent[0] ?? ""))
      }).pipe(Effect.provide(world({}, emptyTables(), proven)))
    }
  )

  it.effect("that nothing can send are a failure, and the value waits (S12-PUT-06)", () =>
    Effect.gen(function* () {
      yield* created
      const failure = yield* Effect.flip(put({ mobile_number: "+14155550100" }))
      expect(failure._tag).toBe("KycUnavailable")
      expect(statusOf(yield* verdict)).toBe("NEEDS_INFO")
    }).pipe(Effect.provide(world({}, emptyTables(), proven)))
  )
})

describe("kyc-embedded values", () => {
  it.effect("are sealed, one row each, files too (SEC-21)", () => {
    const tables = emptyTables()
    const photo = { contentType: "image/jpeg", bytes: new TextEncoder().encode("jpeg Okafor-canary") }
    return Effect.gen(function* () {
      yield* created
      yield* put({ ...complete, last_name: "Okafor-canary", photo_id_front: photo })
      const rows = [...(tables.customerValues.get(id) ?? [])]
      expect(rows.map(([name]) => name).toSorted()).toEqual([
        "bank_account_number",
        "first_name",
        "last_name",
        "photo_id_front"
      ])
      for (const [, { bytes }] of rows) {
        expect(Buffer.from(bytes).includes("Okafor")).toBe(false)
        expect(Buffer.from(bytes).includes(Buffer.from("Okafor-canary").toString("base64").slice(0, 8))).toBe(
          false
        )
      }
    }).pipe(Effect.provide(world({}, tables)))
  })

  it.effect("are read as text by canonical name, without files", () =>
    Effect.gen(function* () {
      yield* created
      yield* put({
        given_name: "Ada",
        family_name: "Okafor",
        photo_id_front: { contentType: "image/jpeg", bytes: new Uint8Array([1]) }
      })
      const kyc = yield* KycProvider
      expect(yield* kyc.values(id)).toEqual({ first_name: "Ada", last_name: "Okafor" })
    }).pipe(Effect.provide(world()))
  )

  it.effect("that no type wants are not kept, unless a rail contests them (S12-PUT-10)", () => {
    const tables = emptyTables()
    return Effect.gen(function* () {
      yield* created
      yield* put({ ...complete, bank_branch_number: "1" })
      expect(tables.customerValues.get(id)?.has("bank_branch_number")).toBe(false)
      const row = tables.customers.get(id)
      if (row !== undefined) tables.customers.set(id, { ...row, contested: ["bank_branch_number"] })
      yield* put({ bank_branch_number: "2" })
      const kyc = yield* KycProvider
      expect(yield* kyc.values(id)).toMatchObject({ bank_branch_number: "2" })
    }).pipe(Effect.provide(world({}, tables)))
  })

  it.effect("that are no choice are refused together with all beside them (S12-PUT-08)", () =>
    Effect.gen(function* () {
      yield* created
      const failure = yield* Effect.flip(put({ ...complete, bank_name: "Third" }))
      expect(failure.message).toBe("bank_name must be one of First, Second")
      const kyc = yield* KycProvider
      expect(yield* kyc.values(id)).toEqual({})
    }).pipe(Effect.provide(world()))
  )

  it.effect("are gone after erasure, which may be repeated (S12-DEL-04)", () =>
    Effect.gen(function* () {
      yield* created
      yield* put(complete)
      const kyc = yield* KycProvider
      yield* kyc.erase(id)
      yield* kyc.erase(id)
      expect(yield* kyc.values(id)).toEqual({})
      expect(statusOf(yield* verdict)).toBe("NEEDS_INFO")
    }).pipe(Effect.provide(world()))
  )

  it.effect("that do not open are a failure that names the row and no more (SEC-21)", () => {
    const tables = emptyTables()
    return Effect.gen(function* () {
      yield* created
      yield* put(complete)
      const rows = tables.customerValues.get(id) ?? []
      const spoilt = new Map(
        [...rows].map(([name, row]) => [name, { ...row, bytes: row.bytes.map((byte) => byte ^ 1) }])
      )
      tables.customerValues.set(id, spoilt)
      const kyc = yield* KycProvider
      const failure = yield* Effect.flip(kyc.values(id))
      expect(failure._tag).toBe("KycUnavailable")
      expect(failure.message).not.toContain("Okafor")
    }).pipe(Effect.provide(world({}, tables)))
  })
})

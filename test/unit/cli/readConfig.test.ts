import { describe, expect, it } from "@effect/vitest"
import { inspect } from "node:util"
import { Keypair, Networks } from "@stellar/stellar-sdk"
import { Effect, Redacted } from "effect"
import { getErrorExitCode } from "effect/Runtime"
import { defaultTiming } from "../../../src/KedgeConfig.ts"
import { readDatabaseUrl } from "../../../src/cli/readConfig.ts"
import {
  configFile,
  databaseUrl,
  dataKey,
  fileProblems,
  filesOf,
  issuer,
  jwtSecret,
  problemsOf,
  read,
  receiving,
  rightEnvironment,
  sender,
  signing
} from "../../support/configEnvironment.ts"

const asset = (change: object) => ({ assets: [{ ...configFile.assets[0], ...change }] })

describe("readConfig", () => {
  it.effect("a right environment becomes settings, and what is not said has its default", () =>
    Effect.gen(function* () {
      const settings = yield* read({})

      expect(settings.network).toEqual({ id: "testnet", passphrase: Networks.TESTNET, isPublic: false })
      expect(settings.horizonUrl.href).toBe("https://horizon-testnet.stellar.org/")
      expect(settings.homeDomain).toBe("anchor.example.org")
      expect([settings.host, settings.port]).toEqual(["127.0.0.1", 8000])
      expect([settings.operatorHost, settings.operatorPort]).toEqual(["127.0.0.1", 8001])
      expect(settings.activeSeps).toEqual(["sep-1", "sep-10", "sep-12", "sep-31"])
      expect(settings.migrate).toBe(false)
      expect(settings.timing).toEqual(defaultTiming)
      expect(settings.assets[0]).toMatchObject({
        code: "USDC",
        fee: { fixed: "0.5", percent: "1" },
        senderTypes: []
      })
      expect(settings.customerTypes["sep31-receiver"]?.fields["last_name"]).toEqual({
        description: "Family name",
        optional: false,
        choices: null
      })
    })
  )

  it.effect("every setting can be given", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        KEDGE_NETWORK: "",
        KEDGE_NETWORK_PASSPHRASE: "Standalone Network ; February 2017",
        KEDGE_HORIZON_URL: "http://127.0.0.1:8000",
        KEDGE_ALLOW_LOCAL: "true",
        KEDGE_BASE_URL: "http://127.0.0.1:8080/anchor",
        KEDGE_HOME_DOMAIN: "example.org:8080",
        KEDGE_PORT: "8080",
        KEDGE_DATABASE_URL: "pglite:.kedge/database",
        KEDGE_ACTIVE_SEPS: "sep-10, sep-12,sep-31",
        KEDGE_SENDING_ANCHORS: `Acme=${issuer.publicKey()},${receiving.publicKey()}`,
        KEDGE_RAIL: "sandbox",
        KEDGE_SANDBOX_URL: "http://127.0.0.1:8002",
        KEDGE_ROLES: "http,watch",
        KEDGE_MIGRATE: "false",
        KEDGE_POLL_INTERVAL_SECONDS: "0.5",
        KEDGE_LOG_LEVEL: "debug"
      })

      expect(settings.network.id).toBe("baefd734")
      expect(settings.homeDomain).toBe("example.org:8080")
      expect(settings.activeSeps).toEqual(["sep-10", "sep-12", "sep-31"])
      expect(settings.sendingAnchors).toEqual([
        { account: sender.publicKey(), name: "Sender" },
        { account: issuer.publicKey(), name: "Acme" },
        { account: receiving.publicKey(), name: `${receiving.publicKey().slice(0, 8)}…` }
      ])
      expect(settings.roles).toEqual({ http: true, watch: true, execute: false, poll: false })
      expect(settings.migrate).toBe(false)
      expect(settings.timing.pollInterval).toBe(0.5)
    })
  )

  it.effect("the sandbox brings its own Horizon and lets serve migrate", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        KEDGE_NETWORK: "",
        KEDGE_NETWORK_PASSPHRASE: "Kedge sandbox",
        KEDGE_RAIL: "sandbox",
        KEDGE_SANDBOX_URL: "http://127.0.0.1:8002"
      })

      expect(settings.horizonUrl.href).toBe("http://127.0.0.1:8002/")
      expect(settings.migrate).toBe(true)
    })
  )

  it.effect("an empty environment is told all it lacks at once, and exits with 78", () =>
    Effect.gen(function* () {
      const nothing = Object.fromEntries(Object.keys(rightEnvironment).map((name) => [name, ""]))

      const error = yield* Effect.flip(read(nothing))

      expect(error.problems.map(({ name }) => name).sort()).toEqual([
        "KEDGE_BASE_URL",
        "KEDGE_CONFIG",
        "KEDGE_DATABASE_URL",
        "KEDGE_DATA_KEY",
        "KEDGE_INTEGRATION",
        "KEDGE_JWT_SECRET",
        "KEDGE_NETWORK",
        "KEDGE_SIGNING_SEED"
      ])
      for (const { message } of error.problems) expect(message).toContain("; give ")
      expect(error.message).toContain("8 settings are wrong")
      expect(getErrorExitCode(error)).toBe(78)
    })
  )

  it.effect("wrong values of every kind are told together, each with what would be right", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({
        KEDGE_NETWORK: "mainnet",
        KEDGE_BASE_URL: "http://anchor.example.org",
        KEDGE_HOME_DOMAIN: "https://example.org",
        KEDGE_PORT: "0",
        KEDGE_ACTIVE_SEPS: "sep-31,sep-6",
        KEDGE_POLL_INTERVAL_SECONDS: "-1",
        KEDGE_DATABASE_URL: "mysql://x",
        KEDGE_ROLES: "watch,sing",
        KEDGE_SENDING_ANCHORS: "Acme=GABC"
      })

      expect(problems).toEqual([
        'KEDGE_NETWORK: is "mainnet"; give testnet or pubnet',
        'KEDGE_BASE_URL: is "http://anchor.example.org", which is not https (plain http needs KEDGE_ALLOW_LOCAL=true); give an https URL, such as https://anchor.example.org',
        "KEDGE_DATABASE_URL: is no address of a database; give postgres://user:password@host:5432/database, pglite:DIRECTORY or memory:",
        'KEDGE_ROLES: names "sing"; give names separated by commas: http, watch, execute, poll',
        'KEDGE_HOME_DOMAIN: holds "https://example.org"; give host names separated by commas, such as example.org',
        'KEDGE_PORT: is "0"; give a port from 1 to 65535',
        'KEDGE_ACTIVE_SEPS: names "sep-6"; give names separated by commas: sep-1, sep-10, sep-12, sep-31, sep-38',
        'KEDGE_SENDING_ANCHORS: holds "GABC"; give accounts (G…), separated by commas, each with an optional name: `Acme=G…,G…`',
        'KEDGE_POLL_INTERVAL_SECONDS: is "-1"; give seconds, from 0.05 to 31536000'
      ])
    })
  )

  it.effect("a mistyped name is refused with the name that was meant", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({
        KEDGE_HORIZON_ULR: "https://x.example",
        KEDGE_COLOUR: "red",
        KEDGE_SERVICE_HOST: "10.0.0.1",
        KEDGE_PORT_8000_TCP_ADDR: "10.0.0.1"
      })

      expect(problems).toEqual([
        "KEDGE_COLOUR: is no setting of Kedge; take it away",
        "KEDGE_HORIZON_ULR: is no setting of Kedge; did you mean KEDGE_HORIZON_URL?"
      ])
    })
  )

  it.effect("a URL with a password in it is refused", () =>
    Effect.gen(function* () {
      expect(yield* problemsOf({ KEDGE_BASE_URL: "https://me:hush@x.example" })).toEqual([
        "KEDGE_BASE_URL: holds a user or password; give an https URL, such as https://anchor.example.org"
      ])
    })
  )

  it.effect("a name and a passphrase that contradict each other are refused", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({ KEDGE_NETWORK_PASSPHRASE: Networks.PUBLIC })

      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain("is not that of KEDGE_NETWORK=testnet")
    })
  )

  it.effect("the public network refuses what is for trying out, however its passphrase was given", () =>
    Effect.gen(function* () {
      const trial = {
        KEDGE_ALLOW_LOCAL: "true",
        KEDGE_RAIL: "sandbox",
        KEDGE_SANDBOX_URL: "http://127.0.0.1:8002",
        KEDGE_DATABASE_URL: "pglite:data"
      }
      const byName = yield* problemsOf({ ...trial, KEDGE_NETWORK: "pubnet" })
      const byPhrase = yield* problemsOf({
        ...trial,
        KEDGE_NETWORK: "",
        KEDGE_NETWORK_PASSPHRASE: Networks.PUBLIC
      })

      expect(byPhrase).toEqual(byName)
      expect(byName.map((line) => line.split(":")[0])).toEqual([
        "KEDGE_ALLOW_LOCAL",
        "KEDGE_RAIL",
        "KEDGE_DATABASE_URL"
      ])
      expect((yield* read({ KEDGE_NETWORK: "pubnet" })).network.isPublic).toBe(true)
    })
  )

  it.effect("settings that only together are wrong are refused", () =>
    Effect.gen(function* () {
      expect(yield* problemsOf({ KEDGE_RAIL_TIMEOUT_SECONDS: "120" })).toEqual([
        expect.stringContaining(
          "KEDGE_PAYOUT_LEASE_SECONDS: is 120, not more than KEDGE_RAIL_TIMEOUT_SECONDS"
        )
      ])
      expect(yield* problemsOf({ KEDGE_OPERATOR_PORT: "8000" })).toEqual([
        expect.stringContaining("KEDGE_OPERATOR_PORT: is 8000, as KEDGE_PORT is")
      ])
      expect(yield* problemsOf({ KEDGE_ACTIVE_SEPS: "sep-1,sep-31" })).toEqual([
        expect.stringContaining("KEDGE_ACTIVE_SEPS: lacks sep-10"),
        expect.stringContaining("KEDGE_ACTIVE_SEPS: lacks sep-12")
      ])
      expect(yield* problemsOf({ KEDGE_RAIL: "sandbox" })).toEqual([
        expect.stringContaining("KEDGE_SANDBOX_URL: is not set")
      ])
    })
  )
})

describe("readConfig: secrets (SEC-10, A21)", () => {
  it.effect("can be read from files, without the newline that ends them", () =>
    Effect.gen(function* () {
      const settings = yield* read(
        { KEDGE_JWT_SECRET: "", KEDGE_JWT_SECRET_FILE: "secrets/jwt" },
        { "secrets/jwt": `${jwtSecret}\n` }
      )

      expect(Redacted.value(settings.jwtSecret)).toBe(jwtSecret)
    })
  )

  it.effect("a file that is missing, empty or given besides the value is refused", () =>
    Effect.gen(function* () {
      expect(yield* problemsOf({ KEDGE_DATA_KEY: "", KEDGE_DATA_KEY_FILE: "nowhere" })).toEqual([
        expect.stringContaining("KEDGE_DATA_KEY_FILE: names nowhere, which cannot be read")
      ])
      expect(
        yield* problemsOf({ KEDGE_DATA_KEY: "", KEDGE_DATA_KEY_FILE: "empty" }, { empty: "\n" })
      ).toEqual([expect.stringContaining("KEDGE_DATA_KEY_FILE: names empty, which is empty")])
      expect(yield* problemsOf({ KEDGE_DATA_KEY_FILE: "key" }, { key: dataKey })).toEqual([
        expect.stringContaining("KEDGE_DATA_KEY: is given, and so is KEDGE_DATA_KEY_FILE")
      ])
    })
  )

  it.effect("never show, in settings or in what is said of them", () =>
    Effect.gen(function* () {
      const settings = yield* read({})
      const shown = JSON.stringify(settings) + inspect(settings, { depth: 9 })
      for (const value of [signing.secret(), jwtSecret, dataKey, databaseUrl])
        expect(shown).not.toContain(value)

      const planted = "Spl4nt3d-Canary-Value"
      const error = yield* Effect.flip(
        read({
          KEDGE_SIGNING_SEED: planted,
          KEDGE_JWT_SECRET: planted,
          KEDGE_DATA_KEY: planted,
          KEDGE_DATABASE_URL: planted
        })
      )
      expect(error.problems).toHaveLength(4)
      expect(error.message).not.toContain(planted)
    })
  )

  const seedOf = (byte: number) => Keypair.fromRawEd25519Seed(Buffer.alloc(32, byte)).secret()
  it.effect.each([
    ["KEDGE_JWT_SECRET", "short-but-random-9Zq", "is only 20 characters long"],
    ["KEDGE_JWT_SECRET", "change-me-change-me-change-me-now-please", "is a placeholder"],
    ["KEDGE_JWT_SECRET", "a".repeat(64), "is a pattern"],
    ["KEDGE_JWT_SECRET", "Zq8Xv1Lm".repeat(5), "is a pattern"],
    ["KEDGE_DATA_KEY", Buffer.alloc(32, 7).toString("base64"), "is a pattern"],
    ["KEDGE_DATA_KEY", Buffer.from([...Array(32).keys()]).toString("hex"), "is a pattern"],
    ["KEDGE_DATA_KEY", Buffer.from("only sixteen byt").toString("base64"), "is 16 bytes long"],
    ["KEDGE_DATA_KEY", "not base64 at all!", "is neither base64 nor hex"],
    ["KEDGE_DATA_KEY", jwtSecret, "is the same as KEDGE_JWT_SECRET"],
    ["KEDGE_SIGNING_SEED", seedOf(0), "is a pattern"],
    [
      "KEDGE_SIGNING_SEED",
      Keypair.master(Networks.TESTNET).secret(),
      "is the network's root account, whose seed everyone knows"
    ],
    ["KEDGE_SIGNING_SEED", signing.publicKey(), "is no secret seed"]
  ] as const)("%s is refused when it is weak: %#", ([name, value, said]) =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({ [name]: value })

      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(`${name}: ${said}`)
    })
  )

  it.effect("the key that signs challenges must not be one that receives money (SEC-13)", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({ KEDGE_SIGNING_SEED: receiving.secret() })

      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain("KEDGE_SIGNING_SEED: is that of a receiving account")
    })
  )

  it.effect("random ones are taken", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 200; n++) {
        const bytes = (size: number) => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(size)))
        yield* read({
          KEDGE_SIGNING_SEED: Keypair.random().secret(),
          KEDGE_JWT_SECRET: bytes(32).toString(n % 2 === 0 ? "base64" : "hex"),
          KEDGE_DATA_KEY: bytes(32).toString(n % 2 === 0 ? "hex" : "base64")
        })
      }
    })
  )
})

describe("readConfig: the file", () => {
  it.effect("faults are told with their paths and the values that stand there", () =>
    Effect.gen(function* () {
      const problems = yield* fileProblems({
        assets: [{ ...configFile.assets[0], code: "U$DC", minimum: 5, colour: "red", fundingMethods: [] }],
        customerTypes: { "sep31-receiver": { fields: { last_name: {} } } }
      })

      expect(problems).toEqual([
        "KEDGE_CONFIG assets[0].colour: is no setting that Kedge knows here",
        'KEDGE_CONFIG assets[0].code: expected 1 to 12 letters and digits, and it is "U$DC"',
        "KEDGE_CONFIG assets[0].minimum: expected a string, and it is 5",
        "KEDGE_CONFIG assets[0].fundingMethods: expected at least one funding method, and it is []",
        "KEDGE_CONFIG customerTypes.sep31-receiver.description: is not set",
        "KEDGE_CONFIG customerTypes.sep31-receiver.fields.last_name.description: is not set"
      ])
    })
  )

  it.effect("two assets of one code are refused (S31-INFO-07)", () =>
    Effect.gen(function* () {
      const [first] = configFile.assets
      const problems = yield* fileProblems({ assets: [first, { ...first, issuer: sender.publicKey() }] })

      expect(problems).toEqual([
        expect.stringContaining("KEDGE_CONFIG assets[1].code: is USDC, as assets[0] is")
      ])
    })
  )

  it.effect.each([
    [asset({ minimum: "10", maximum: "9" }), "assets[0].minimum: is 10, more than the maximum of 9"],
    [asset({ fee: { fixed: "1" } }), "assets[0].fee: takes all of the minimum of 1"],
    [asset({ fee: { percent: "100.5" } }), "assets[0].fee: takes 100.5 %"],
    [asset({ issuer: undefined }), "assets[0].issuer: is not set; USDC needs"],
    [asset({ code: "native" }), "assets[0].issuer: lumens have no issuer"],
    [asset({ account: `${receiving.publicKey().slice(0, -1)}A` }), "has a wrong checksum"],
    [asset({ account: issuer.publicKey() }), "assets[0].account: is the issuer"],
    [asset({ senderTypes: ["sep31-sender"] }), "assets[0].senderTypes: names sep31-sender"],
    [asset({ rails: { WIRE: "bank" } }), "assets[0].rails: names WIRE"],
    [asset({ maximum: "999999999999.9" }), "assets[0].maximum: more than Stellar can carry"]
  ] as const)("what only shows between values is refused: %#", ([change, said]) =>
    Effect.gen(function* () {
      const problems = yield* fileProblems(change)

      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(said)
    })
  )

  it.effect("a file that is not JSON is refused without showing what is in it", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf({}, { "kedge.json": signing.secret() })

      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain("KEDGE_CONFIG: is not JSON")
      expect(problems[0]).not.toContain(signing.secret().slice(0, 6))
    })
  )
})

describe("readDatabaseUrl", () => {
  it.effect("needs nothing but where the database is", () =>
    Effect.gen(function* () {
      const database = yield* readDatabaseUrl({ KEDGE_DATABASE_URL: databaseUrl })

      expect(database.kind).toBe("postgresql")
      expect(inspect(database)).not.toContain("hush")
    }).pipe(Effect.provide(filesOf({})))
  )
})

/** The configuration of the demo: a file like an operator's, and an environment like an operator's, read by the same reader. */
import type { SandboxAsset } from "../../../adapters/sandbox/Faucet.ts"
import type { ConfigFile } from "../../cli/configFile.ts"
import type { Environment } from "../../cli/Environment.ts"
import { accountOfSeed } from "../../stellar/seeds.ts"
import { type DemoPaths, type Keys, refundSeedOf } from "./DemoFiles.ts"

/** The asset that firm quotes are given for; nobody has to ask for one. */
const quoted = "USDC"

/** Quotes at the sandbox's moving rate, with a spread and a fee, so that every member of SEP-38 has something to show. */
const demoQuotes = (assets: ReadonlyArray<SandboxAsset>): Pick<typeof ConfigFile.Encoded, "quotes"> => {
  const sold = assets.find(({ code }) => code === quoted)
  if (sold === undefined) return {}
  return {
    quotes: {
      offChain: [
        {
          asset: "iso4217:BRL",
          countryCodes: ["BR"],
          buyDeliveryMethods: [{ name: "bank_account", description: "To a bank account in the sandbox" }],
          capacity: "1000000"
        }
      ],
      pairs: [
        {
          sell: `stellar:${sold.code}:${sold.issuer}`,
          buy: "iso4217:BRL",
          spread: "0.5",
          fee: { fixed: "0.5", percent: "1" }
        }
      ]
    }
  }
}

/** What is received, with KYC on both sides and an optional field, so that every trigger of the sandbox can be tried. */
export const demoConfig = (keys: Keys, assets: ReadonlyArray<SandboxAsset>): typeof ConfigFile.Encoded => ({
  organization: { ORG_NAME: "Kedge demo", ORG_DESCRIPTION: "Pays out play money in a country in a box." },
  assets: assets.flatMap(({ code, issuer }) => {
    const seed = keys.receivingSeeds[code]
    return seed === undefined
      ? []
      : [
          {
            code,
            issuer,
            account: accountOfSeed(seed),
            minimum: "1",
            maximum: "10000",
            fee: { fixed: "0.5", percent: "1" },
            fundingMethods: ["bank_account"],
            fields: {
              account_number: {
                description:
                  "Number of the Receiving Client's bank account, where it is not the customer's own",
                optional: true
              }
            },
            senderTypes: ["sep31-sender"],
            receiverTypes: ["sep31-receiver"],
            quotes: code === quoted ? "supported" : "off"
          }
        ]
  }),
  ...demoQuotes(assets),
  customerTypes: {
    "sep31-sender": {
      description: "A person who sends money",
      fields: { first_name: { description: "Given name" }, last_name: { description: "Family name" } }
    },
    "sep31-receiver": {
      description: "A person who receives money",
      fields: {
        first_name: { description: "Given name" },
        last_name: { description: "Family name" },
        bank_account_number: { description: "Number of the bank account to be paid" }
      }
    }
  },
  sendingAnchors: [{ account: accountOfSeed(keys.senderSeed), name: "Demo Sending Anchor" }]
})

export interface Addresses {
  readonly port: number
  readonly operatorPort: number
  readonly sandbox: string
  readonly passphrase: string
}

/** Short times, so that whoever tries a trigger sees what becomes of it. */
const quick = {
  KEDGE_POLL_INTERVAL_SECONDS: "2",
  KEDGE_LOOK_UP_INTERVAL_SECONDS: "1",
  KEDGE_RAIL_TIMEOUT_SECONDS: "3",
  KEDGE_PAYOUT_LEASE_SECONDS: "20",
  KEDGE_ATTENTION_INTERVAL_SECONDS: "60",
  KEDGE_REFUND_INTERVAL_SECONDS: "0.5",
  KEDGE_WATCHER_LEASE_SECONDS: "5",
  KEDGE_SHUTDOWN_GRACE_SECONDS: "5"
}

/** The variables of the demo. `given` may set others; what the demo decides itself stays. */
export const demoEnvironment = (
  given: Environment,
  paths: DemoPaths,
  keys: Keys,
  { operatorPort, passphrase, port, sandbox }: Addresses
): Environment => ({
  ...quick,
  ...Object.fromEntries(
    Object.entries(given).filter(([name]) => /^KEDGE_.*_SECONDS$|^KEDGE_LOG_LEVEL$/.test(name))
  ),
  KEDGE_NETWORK_PASSPHRASE: passphrase,
  KEDGE_BASE_URL: `http://127.0.0.1:${port}`,
  KEDGE_PORT: String(port),
  KEDGE_OPERATOR_PORT: String(operatorPort),
  KEDGE_SIGNING_SEED: keys.signingSeed,
  KEDGE_JWT_SECRET: keys.jwtSecret,
  KEDGE_DATA_KEY: keys.dataKey,
  KEDGE_REFUND_SEED: refundSeedOf(keys),
  KEDGE_DATABASE_URL: `pglite:${paths.database}`,
  KEDGE_CONFIG: paths.config,
  KEDGE_RAIL: "sandbox",
  KEDGE_SANDBOX_URL: sandbox,
  KEDGE_RATES: "sandbox",
  KEDGE_ALLOW_LOCAL: "true"
})

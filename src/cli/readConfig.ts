/**
 * The environment to `Settings`, or every problem in it at once, each by name with what would be right.
 *
 * Gotcha: a value that is wrong is replaced by a harmless one while reading goes on, so checks between values look only at
 * those that are right; nothing of it survives, because one problem is enough to refuse the whole.
 */
import { Effect, FileSystem, Redacted } from "effect"
import { defaultTiming, type Sep, type Settings, type Timing } from "../KedgeConfig.ts"
import {
  accountOfSeed,
  isSeed,
  publicPassphrase,
  shortNetworkId,
  testnetPassphrase
} from "../stellar/seeds.ts"
import { isAccount } from "../stellar/strkeys.ts"
import { ConfigProblems } from "./ConfigProblems.ts"
import { type Environment, gather } from "./Environment.ts"
import { type FileSettings, readConfigFile } from "./readConfigFile.ts"
import { noParse, type Reader, reader } from "./Reader.ts"
import { readRefunds, readSecrets } from "./readSecrets.ts"
import * as settingText from "./settingText.ts"
import { timingKeys, timingVariable, variables } from "./variables.ts"

const seps = ["sep-1", "sep-10", "sep-12", "sep-31", "sep-38"] as const satisfies ReadonlyArray<Sep>
const roles = ["http", "watch", "execute", "poll"] as const
const noUrl = new URL("https://unset.invalid")
/** Https's own, and those no service of the system has (SEC-01). */
const defaultOutboundPorts = [
  { first: 443, last: 443 },
  { first: 1024, last: 65_535 }
]

const readNetwork = (from: Reader): Settings["network"] => {
  const named = from.read<"testnet" | "pubnet" | null>(
    variables.network,
    settingText.oneOf(["testnet", "pubnet"]),
    null
  )
  const phrase = from.given(variables.passphrase)
  const ofName = { testnet: testnetPassphrase, pubnet: publicPassphrase }
  if (named === null && phrase === undefined && from.isRight(variables.network)) {
    from.refuse(variables.network, "is not set, and neither is KEDGE_NETWORK_PASSPHRASE")
  }
  if (named !== null && phrase !== undefined && phrase !== ofName[named]) {
    from.refuse(variables.passphrase, `is not that of KEDGE_NETWORK=${named}`)
  }
  const passphrase = phrase ?? (named === null ? "" : ofName[named])
  const isPublic = passphrase === publicPassphrase
  const id = isPublic ? "public" : passphrase === testnetPassphrase ? "testnet" : shortNetworkId(passphrase)
  return { id, passphrase, isPublic }
}

const readTiming = (from: Reader): Timing => {
  const entries = timingKeys.map((key) => {
    const variable = timingVariable(key)
    return [key, from.read(variable, settingText.seconds, defaultTiming[key])] as const
  })
  const timing: Timing = { ...defaultTiming, ...Object.fromEntries(entries) }
  const ordered = (less: keyof Timing, more: keyof Timing, why: string) => {
    const [low, high] = [timingVariable(less), timingVariable(more)]
    if (from.isRight(low, high) && timing[less] >= timing[more]) {
      from.refuse(high, `is ${timing[more]}, not more than ${low.name}, which is ${timing[less]}: ${why}`)
    }
  }
  ordered("railTimeout", "payoutLease", "a payout would be taken over while its call still runs")
  ordered("hookTimeout", "requestTimeout", "a request would be over before its hook")
  ordered("rateTimeout", "requestTimeout", "a request would be over before its rate")
  if (
    timing.retryFirst > timing.retryMax &&
    from.isRight(timingVariable("retryFirst"), timingVariable("retryMax"))
  ) {
    from.refuse(
      timingVariable("retryMax"),
      `is ${timing.retryMax}, less than the first pause of ${timing.retryFirst}`
    )
  }
  return timing
}

/** What is for trying out is refused where the passphrase is the public network's, however it was given. */
const refuseOnPublic = (from: Reader, settings: Settings, database: settingText.DatabaseUrl) => {
  if (!settings.network.isPublic) return
  if (settings.allowLocal) from.refuse(variables.allowLocal, "is true on the public network")
  if (settings.rail === "sandbox") {
    from.refuse(variables.rail, "is the sandbox's, on the public network, where it would deliver nothing")
  }
  if (settings.rates === "sandbox") {
    from.refuse(variables.rates, "is the sandbox's, on the public network, where its rates mean nothing")
  }
  if (database.kind !== "postgresql") {
    from.refuse(
      variables.databaseUrl,
      `is ${database.kind}, on the public network, where a power cut must lose nothing`
    )
  }
}

/** What SEP-38 offers is offered in whole: the protocol, its rates, and the tokens its firm quotes belong to. */
const checkQuotes = (from: Reader, settings: Settings, missingSep: (sep: Sep, because: string) => void) => {
  const isActive = settings.activeSeps.includes("sep-38")
  if (isActive) missingSep("sep-10", "SEP-38 needs its tokens")
  if (isActive && settings.quotes === null && from.isRight(variables.config)) {
    from.refuse(variables.activeSeps, "names sep-38, but the file has no `quotes`")
  }
  if (settings.assets.some(({ quotes }) => quotes !== "off")) missingSep("sep-38", "the assets offer quotes")
  const movesBy = settings.quotes?.pairs.find(({ rate }) => rate === null)
  if (movesBy !== undefined && settings.rates === null && settings.integration === null) {
    from.refuse(
      variables.rates,
      `is not set, and neither is KEDGE_INTEGRATION nor a rate in the file for ${movesBy.sell} to ${movesBy.buy}`
    )
  }
  if (settings.rates === "sandbox" && settings.sandboxUrl === null) {
    from.refuse(variables.sandboxUrl, "is not set, and KEDGE_RATES=sandbox asks there")
  }
}

const checkTogether = (from: Reader, settings: Settings) => {
  const missingSep = (sep: Sep, because: string) => {
    if (!settings.activeSeps.includes(sep)) from.refuse(variables.activeSeps, `lacks ${sep}, but ${because}`)
  }
  const has31 = settings.activeSeps.includes("sep-31")
  if (has31 || settings.activeSeps.includes("sep-12"))
    missingSep("sep-10", "SEP-12 and SEP-31 need its tokens")
  if (has31 && settings.assets.some((asset) => asset.senderTypes.length + asset.receiverTypes.length > 0)) {
    missingSep("sep-12", "the assets name customer types")
  }
  checkQuotes(from, settings, missingSep)
  if (settings.host === settings.operatorHost && settings.port === settings.operatorPort) {
    from.refuse(variables.operatorPort, `is ${settings.operatorPort}, as KEDGE_PORT is`)
  }
  if (
    settings.rail === null &&
    settings.integration === null &&
    from.isRight(variables.rail, variables.integration)
  ) {
    from.refuse(variables.integration, "is not set, and without it there is no rail to pay by")
  }
  const seed = from.given(variables.signingSeed)
  const account = seed !== undefined && isSeed(seed) ? accountOfSeed(seed) : undefined
  if (settings.assets.some((asset) => asset.account === account)) {
    from.refuse(
      variables.signingSeed,
      "is that of a receiving account, so that signing a challenge puts money at risk"
    )
  }
}

const settingsOf = (from: Reader, file: FileSettings): Settings => {
  const network = readNetwork(from)
  const allowLocal = from.read(variables.allowLocal, settingText.boolean, false)
  const rail = from.read<"sandbox" | null>(variables.rail, settingText.oneOf(["sandbox"]), null)
  const sandboxUrl =
    rail === "sandbox"
      ? from.demand(variables.sandboxUrl, settingText.url({ plainHttp: true, path: false }), noUrl)
      : from.read<URL | null>(variables.sandboxUrl, settingText.url({ plainHttp: true, path: false }), null)
  const knownHorizon = network.isPublic
    ? new URL("https://horizon.stellar.org")
    : network.passphrase === testnetPassphrase
      ? new URL("https://horizon-testnet.stellar.org")
      : null
  const horizonText = settingText.url({ plainHttp: allowLocal, path: true })
  const ownHorizon = sandboxUrl ?? knownHorizon
  const baseUrl = from.demand(
    variables.baseUrl,
    settingText.url({ plainHttp: allowLocal, path: true }),
    noUrl
  )
  const database = from.demand<settingText.DatabaseUrl>(variables.databaseUrl, settingText.databaseUrl, {
    kind: "postgresql",
    url: ""
  })
  const rolesGiven = from.read(variables.roles, settingText.someOf(roles), roles)
  const secrets = readSecrets(from, network)
  const [jwtSecret = Redacted.make(""), ...formerJwtSecrets] = secrets.jwtSecrets
  const [homeDomain = baseUrl.host, ...otherHomeDomains] = from.read<ReadonlyArray<string>>(
    variables.homeDomain,
    settingText.domains,
    []
  )
  const settings: Settings = {
    network,
    horizonUrl:
      ownHorizon === null && from.isRight(variables.network, variables.passphrase)
        ? from.demand(variables.horizonUrl, horizonText, noUrl)
        : from.read(variables.horizonUrl, horizonText, ownHorizon ?? noUrl),
    baseUrl,
    homeDomain,
    host: from.read(variables.host, settingText.host, "127.0.0.1"),
    port: from.read(variables.port, settingText.port, 8000),
    operatorHost: from.read(variables.operatorHost, settingText.host, "127.0.0.1"),
    operatorPort: from.read(variables.operatorPort, settingText.port, 8001),
    signingSeed: secrets.signingSeed,
    jwtSecret,
    dataKey: secrets.dataKey,
    signIn: {
      otherHomeDomains,
      formerJwtSecrets,
      clientDomains: from.read<Settings["signIn"]["clientDomains"]>(
        variables.clientDomains,
        settingText.oneOf(["off", "optional", "required"]),
        "optional"
      ),
      allowedClientDomains: from.read<ReadonlyArray<string> | null>(
        variables.clientDomainsAllowed,
        settingText.domains,
        null
      ),
      signedRequests: from.read(variables.signedChallengeRequests, settingText.boolean, false)
    },
    databaseUrl: Redacted.make(database.url, { label: variables.databaseUrl.name }),
    migrate: from.read(variables.migrate, settingText.boolean, rail === "sandbox"),
    activeSeps: from.read<ReadonlyArray<Sep>>(
      variables.activeSeps,
      settingText.someOf(seps),
      seps.filter((sep) => sep !== "sep-38" || file.quotes !== null)
    ),
    assets: file.assets,
    customerTypes: file.customerTypes,
    customers: {
      clients: from.read<"sending-anchors" | "authenticated">(
        variables.customerClients,
        settingText.oneOf(["sending-anchors", "authenticated"]),
        "authenticated"
      ),
      fileMax: from.read(variables.customerFileMax, settingText.whole(1024, 104_857_600), 10_485_760)
    },
    sendingAnchors: [
      ...file.sendingAnchors,
      ...from.read(variables.sendingAnchors, settingText.namedAccounts(isAccount), [])
    ],
    quotes: file.quotes,
    organization: file.organization,
    stellarToml: file.stellarToml,
    integration: from.given(variables.integration) ?? null,
    rail,
    sandboxUrl,
    rates: from.read<"sandbox" | null>(variables.rates, settingText.oneOf(["sandbox"]), null),
    railConcurrency: from.read(variables.railConcurrency, settingText.whole(1, 1000), 16),
    allowLocal,
    refunds: readRefunds(from, network),
    callbacks: from.read(variables.callbacks, settingText.boolean, true),
    outbound: {
      ports: from.read(variables.outboundPorts, settingText.portRanges, defaultOutboundPorts),
      perHost: from.read(variables.outboundPerHost, settingText.whole(1, 1000), 16),
      perOwner: from.read(variables.outboundPerOwner, settingText.whole(1, 100_000), 100)
    },
    roles: {
      http: rolesGiven.includes("http"),
      watch: rolesGiven.includes("watch"),
      execute: rolesGiven.includes("execute"),
      poll: rolesGiven.includes("poll")
    },
    mailboxCapacity: from.read(variables.mailboxCapacity, settingText.whole(16, 1_000_000), 4096),
    bodyMax: from.read(variables.bodyMax, settingText.whole(1024, 104_857_600), 1_048_576),
    fairness: {
      account: {
        perSecond: from.read(variables.ratePerSecond, settingText.whole(0, 1_000_000), 200),
        burst: from.read(variables.rateBurst, settingText.whole(1, 1_000_000), 400)
      },
      address: {
        perSecond: from.read(variables.addressRatePerSecond, settingText.whole(0, 1_000_000), 20),
        burst: from.read(variables.addressRateBurst, settingText.whole(1, 1_000_000), 60)
      },
      trustedProxies: from.read(variables.trustedProxies, settingText.whole(0, 10), 0)
    },
    logLevel: from.read<Settings["logLevel"]>(
      variables.logLevel,
      settingText.oneOf(["debug", "info", "warn", "error"]),
      "info"
    ),
    timing: readTiming(from)
  }
  refuseOnPublic(from, settings, database)
  checkTogether(from, settings)
  return settings
}

const noFile: FileSettings = {
  assets: [],
  customerTypes: {},
  sendingAnchors: [],
  quotes: null,
  stellarToml: { general: {}, principals: [], currencies: [], validators: [] },
  organization: {}
}

/** Reads the whole configuration. */
export const readConfig = Effect.fnUntraced(function* (environment: Environment) {
  const files = yield* FileSystem.FileSystem
  const { values, problems } = yield* gather(environment)
  const from = reader(values, problems)
  const path = from.given(variables.config)
  let file = noFile
  if (path === undefined) from.demand(variables.config, noParse, "")
  else {
    const text = yield* Effect.result(files.readFileString(path))
    if (text._tag === "Failure") from.refuse(variables.config, `names ${path}, which cannot be read`)
    else {
      const read = readConfigFile(text.success)
      if (read._tag === "Success") file = read.success
      else from.problems.push(...read.failure)
    }
  }
  const settings = settingsOf(from, file)
  if (from.problems.length > 0) return yield* new ConfigProblems({ problems: from.problems })
  return settings
})

/** Reads only where the database is: for the commands that need nothing else. */
export const readDatabaseUrl = Effect.fnUntraced(function* (environment: Environment) {
  const { values, problems } = yield* gather(environment, [variables.databaseUrl])
  const from = reader(values, problems)
  const database = from.demand(variables.databaseUrl, settingText.databaseUrl, {
    kind: "memory" as const,
    url: ""
  })
  if (from.problems.length > 0) return yield* new ConfigProblems({ problems: from.problems })
  return { kind: database.kind, url: Redacted.make(database.url, { label: variables.databaseUrl.name }) }
})

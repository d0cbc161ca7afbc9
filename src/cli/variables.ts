/**
 * Every environment variable Kedge reads, as data: the reader takes them from here and the page docs/reference/config.md is
 * written from here, so neither can know one that the other does not.
 *
 * Gotcha: what is said of a variable is read by an operator at three in the morning; say what to put, not what it is called.
 */
import { timingKeys, timingVariable } from "./timings.ts"
import { plain, secret, type Variable } from "./Variable.ts"

export { timingKeys, timingVariable, type Variable }

const network = "Network"
const listeners = "Addresses"
const secrets = "Secrets"
const signIn = "Signing in (SEP-10)"
const storage = "Storage"
const rules = "What is received, and from whom"
const outside = "The integrator's part"
const strangers = "Calls to addresses that others name: callbacks, client domains"
const work = "Work"

export const variables = {
  network: plain(
    network,
    "KEDGE_NETWORK",
    "The Stellar network.",
    "the network of `KEDGE_NETWORK_PASSPHRASE`, which then must be set",
    "testnet or pubnet"
  ),
  passphrase: plain(
    network,
    "KEDGE_NETWORK_PASSPHRASE",
    "Passphrase of any other network.",
    "that of `KEDGE_NETWORK`",
    "the passphrase exactly as the network has it"
  ),
  horizonUrl: plain(
    network,
    "KEDGE_HORIZON_URL",
    "The Horizon server to read the ledger from.",
    "the Stellar Development Foundation's for testnet and pubnet, the sandbox's with `KEDGE_RAIL=sandbox`",
    "an https URL, such as https://horizon.stellar.org"
  ),
  allowLocal: plain(
    network,
    "KEDGE_ALLOW_LOCAL",
    "Permits plain http and addresses of this machine. For trying out; refused on the public network.",
    "false",
    "true or false"
  ),

  baseUrl: plain(
    listeners,
    "KEDGE_BASE_URL",
    "The address under which Sending Anchors reach Kedge.",
    null,
    "an https URL, such as https://anchor.example.org"
  ),
  homeDomain: plain(
    listeners,
    "KEDGE_HOME_DOMAIN",
    "The domain whose `/.well-known/stellar.toml` names us. Several, separated by commas, share that file and sign-in; the first is meant where a client names none.",
    "the host of `KEDGE_BASE_URL`",
    "host names separated by commas, such as example.org"
  ),
  host: plain(
    listeners,
    "KEDGE_HOST",
    "The address to listen on.",
    "127.0.0.1",
    "an IP address or host name"
  ),
  port: plain(listeners, "KEDGE_PORT", "The port to listen on.", "8000", "a port from 1 to 65535"),
  operatorHost: plain(
    listeners,
    "KEDGE_OPERATOR_HOST",
    "The address of the operator's listener, which has no authentication: metrics, details of health.",
    "127.0.0.1",
    "an IP address or host name"
  ),
  operatorPort: plain(
    listeners,
    "KEDGE_OPERATOR_PORT",
    "The port of the operator's listener.",
    "8001",
    "a port from 1 to 65535, not the public one"
  ),

  signingSeed: secret(
    secrets,
    "KEDGE_SIGNING_SEED",
    "The secret seed that signs SEP-10 challenges. Its account holds no money and signs for no receiving account.",
    null,
    "a secret seed (S…), made for this and nothing else"
  ),
  jwtSecret: secret(
    secrets,
    "KEDGE_JWT_SECRET",
    "Signs the tokens that Sending Anchors hold. To replace it, give `new,old`: the first signs, each is accepted; drop the old one once its tokens have expired.",
    null,
    "at least 32 random characters without a comma, as `openssl rand -base64 32` makes them, or several such separated by commas"
  ),
  dataKey: secret(
    secrets,
    "KEDGE_DATA_KEY",
    "Seals customer data. Without it the data is lost: keep a copy where the database is not.",
    null,
    "32 random bytes in base64 or hex, as `openssl rand -base64 32` makes them"
  ),

  refundSeed: secret(
    secrets,
    "KEDGE_REFUND_SEED",
    "The secret seed that returns money on Stellar: a signer of the receiving accounts with their medium threshold, or the seed of the receiving account itself. Only processes that play `execute` need it.",
    "none: Kedge holds no key that can move money, and what is owed waits for you",
    "a secret seed (S…), other than KEDGE_SIGNING_SEED"
  ),
  refundChannelSeeds: secret(
    secrets,
    "KEDGE_REFUND_CHANNEL_SEEDS",
    "Seeds of accounts that lend refunds their sequence numbers and pay the fees, each for one refund at a time. Nothing else may use them.",
    "the account of KEDGE_REFUND_SEED, one refund at a time",
    "secret seeds (S…) separated by commas, none of them used elsewhere"
  ),

  clientDomains: plain(
    signIn,
    "KEDGE_CLIENT_DOMAINS",
    "Whether a sign-in may name the domain of the application it is made with (`client_domain`), which is proved by the key in that domain's stellar.toml: `off` ignores it, `required` refuses a sign-in without.",
    "optional",
    "off, optional or required"
  ),
  clientDomainsAllowed: plain(
    signIn,
    "KEDGE_CLIENT_DOMAINS_ALLOWED",
    "The only client domains there are. Others are ignored, or refused where one is required; no other's stellar.toml is ever read.",
    "any domain, on port 443",
    "host names separated by commas, each with its port if it is not 443"
  ),
  signedChallengeRequests: plain(
    signIn,
    "KEDGE_SIGNED_CHALLENGE_REQUESTS",
    "Whether a challenge is given only to a request with an `Authorization` header that the client signed (SEP-10 3.4). Few clients do so yet.",
    "false",
    "true or false"
  ),

  databaseUrl: secret(
    storage,
    "KEDGE_DATABASE_URL",
    "Where everything durable lives. PGlite is embedded, runs without fsync and serves one process: for trying out.",
    null,
    "postgres://user:password@host:5432/database, pglite:DIRECTORY or memory:"
  ),
  migrate: plain(
    storage,
    "KEDGE_MIGRATE",
    "Lets `serve` bring the schema up to date itself, under a lock.",
    "true with `KEDGE_RAIL=sandbox`, else false: run `kedge migrate`",
    "true or false"
  ),

  config: plain(
    rules,
    "KEDGE_CONFIG",
    "The JSON file with assets, accounts, limits, fees, fields and customer types (see below).",
    null,
    "the path of a JSON file"
  ),
  sendingAnchors: plain(
    rules,
    "KEDGE_SENDING_ANCHORS",
    "Sending Anchors beside those of the file.",
    "none",
    "accounts (G…), separated by commas, each with an optional name: `Acme=G…,G…`"
  ),
  activeSeps: plain(
    rules,
    "KEDGE_ACTIVE_SEPS",
    "The protocols to serve. What is not named does not exist, in the endpoints and in stellar.toml.",
    "sep-1,sep-10,sep-12,sep-31, and sep-38 where the file has `quotes`",
    "names separated by commas: sep-1, sep-10, sep-12, sep-31, sep-38"
  ),

  integration: plain(
    outside,
    "KEDGE_INTEGRATION",
    "The module whose default export is the integrator's Effect layer: rails, hooks, KYC provider.",
    "none",
    "the path of an ES module"
  ),
  rail: plain(
    outside,
    "KEDGE_RAIL",
    "A rail that comes with Kedge. The sandbox's is for trying out and refused on the public network.",
    "none: the integration brings rails",
    "sandbox"
  ),
  sandboxUrl: plain(
    outside,
    "KEDGE_SANDBOX_URL",
    "Where `kedge sandbox` listens.",
    "must be set with `KEDGE_RAIL=sandbox`",
    "a URL, such as http://127.0.0.1:8002"
  ),
  rates: plain(
    outside,
    "KEDGE_RATES",
    "Rates that come with Kedge, for pairs without a rate of their own. The sandbox's move, are for trying out and refused on the public network.",
    "none: the pairs of the file or the integration have them",
    "sandbox"
  ),
  railConcurrency: plain(
    outside,
    "KEDGE_RAIL_CONCURRENCY",
    "Calls to the sandbox rail under way at once. An integrator's rail says its own.",
    "16",
    "a whole number from 1 to 1000"
  ),

  callbacks: plain(
    strangers,
    "KEDGE_CALLBACKS",
    "Whether clients may register addresses where status changes are told (SEP-31 and SEP-12). Without it the requests are answered 404, and nothing is sent: what was registered before waits.",
    "true",
    "true or false"
  ),
  outboundPorts: plain(
    strangers,
    "KEDGE_OUTBOUND_PORTS",
    "Ports that may be called. Any with `KEDGE_ALLOW_LOCAL=true`.",
    "443,1024-65535",
    "ports and ranges of ports separated by commas, such as 443,8000-8999"
  ),
  outboundPerHost: plain(
    strangers,
    "KEDGE_OUTBOUND_PER_HOST",
    "Calls to one host under way at once.",
    "16",
    "a whole number from 1 to 1000"
  ),
  outboundPerOwner: plain(
    strangers,
    "KEDGE_OUTBOUND_PER_OWNER",
    "Calls a second on behalf of one Sending Anchor.",
    "100",
    "a whole number from 1 to 100000"
  ),

  roles: plain(
    work,
    "KEDGE_ROLES",
    "The work that `serve` does in its process. Leave one out where a process of its own does it.",
    "http,watch,execute,poll",
    "names separated by commas: http, watch, execute, poll"
  ),
  refundFeeMax: plain(
    work,
    "KEDGE_REFUND_FEE_MAX",
    "The most that a refund may cost on Stellar, in stroops (1 is 0.0000001 XLM) for an operation; when the network asks for more, it waits.",
    "100000",
    "a whole number from 100 to 100000000"
  ),
  mailboxCapacity: plain(
    work,
    "KEDGE_MAILBOX_CAPACITY",
    "Events that may wait for a commit before requests are answered 503.",
    "4096",
    "a whole number from 16 to 1000000"
  ),
  bodyMax: plain(
    work,
    "KEDGE_BODY_BYTES_MAX",
    "The largest request body in bytes; files of customers are uploaded within it.",
    "1048576",
    "a whole number from 1024 to 104857600"
  ),
  ratePerSecond: plain(
    work,
    "KEDGE_RATE_PER_SECOND",
    "Requests a second that one Sending Anchor may make, in the long run; more are answered 429. Each process counts for itself.",
    "200",
    "a whole number from 0 to 1000000; 0 is no limit"
  ),
  rateBurst: plain(
    work,
    "KEDGE_RATE_BURST",
    "Requests that one Sending Anchor may make at once.",
    "400",
    "a whole number from 1 to 1000000"
  ),
  addressRatePerSecond: plain(
    work,
    "KEDGE_ADDRESS_RATE_PER_SECOND",
    "The same for one address, where no token is asked for: signing in, `/info`. An IPv6 network of 64 bits is one address.",
    "20",
    "a whole number from 0 to 1000000; 0 is no limit"
  ),
  addressRateBurst: plain(
    work,
    "KEDGE_ADDRESS_RATE_BURST",
    "Requests without a token that one address may make at once.",
    "60",
    "a whole number from 1 to 1000000"
  ),
  trustedProxies: plain(
    work,
    "KEDGE_TRUSTED_PROXIES",
    "Proxies of yours before Kedge that add to `X-Forwarded-For`. With too few, all clients are one address; with too many, a client can name its own.",
    "0: the address is that of the connection",
    "a whole number from 0 to 10"
  ),
  customerClients: plain(
    rules,
    "KEDGE_CUSTOMER_CLIENTS",
    "Who may register customers (SEP-12): `sending-anchors`, or `authenticated` for everyone with a token.",
    "authenticated",
    "sending-anchors or authenticated"
  ),
  customerFileMax: plain(
    rules,
    "KEDGE_CUSTOMER_FILE_BYTES_MAX",
    "The largest file of a customer in bytes; a larger one is 413.",
    "10485760",
    "a whole number from 1024 to 104857600"
  ),
  logLevel: plain(
    work,
    "KEDGE_LOG_LEVEL",
    "What is logged, as JSON lines on standard output.",
    "info",
    "debug, info, warn or error"
  )
} as const satisfies Readonly<Record<string, Variable>>

export const allVariables: ReadonlyArray<Variable> = [
  ...Object.values(variables),
  ...timingKeys.map(timingVariable)
]

// What security asks beside the single SEPs. The columns are told in requirements.ts.
export const security = `
SEC-01 SEC | requests of ours go out by https | http/outboundUrl
SEC-02 SEC | resolved once, every address checked, that one connected | adapters/outbound-node/OutboundNode, adapters/outbound-node/requestPinned
SEC-03 SEC | no inner addresses, however they are written | http/outboundAddress
SEC-04 SEC | no redirects; bounded in size and time | adapters/outbound-node/requestPinned
SEC-05 SEC | checked at every request, not only the first | adapters/outbound-node/OutboundNode
SEC-06 SEC | errors tell nothing of the inside | ports/Outbound, adapters/outbound-node/OutboundNode
SEC-07 SEC | no credentials, no cookies, no proxy by accident | adapters/outbound-node/requestPinned
SEC-08 SEC | bounded by caller and by host | adapters/outbound-node/CallLimits
SEC-09 SEC | the SDK's resolver is not used for foreign hosts | adapters/outbound-node/OutboundNode
SEC-10 SEC | secrets from outside, never in a line | sep10/Tokens, cli/readConfig, telemetry/redact | decision: token secrets are a list, the first signs, each verifies (ADR 0013)
SEC-11 SEC | a challenge is used once, over all processes | sep10/Challenges, adapters/storage-mikro-orm/upkeepStatements
SEC-12 SEC | what one key signs cannot pass for another thing | callbacks/signature, stellar/buildChallenge
SEC-13 SEC | the signing key signs for no money | cli/readConfig, cli/readSecrets, sep10/signingKeyCheck
SEC-14 SEC | a revoked anchor's live tokens stop | sep31/SendingAnchors
SEC-20 SEC | everything has an owner; foreign is not found | sep31/Transactions, sep12/subjects
SEC-21 SEC | customer data is sealed and in no log | ports/Vault, telemetry/redact, runtime/Destination
SEC-22 SEC | erasure; an audit that only grows | sep12/eraseCustomer, adapters/storage-mikro-orm/migrations/0001_init
SEC-23 SEC | files are known by their bytes | sep12/customerFiles, machines/domain/sep9Formats
SEC-24 SEC | no error repeats what was sent, unescaped or secret | sep12/errors, http/faultSentence
SEC-30 SEC | memos are unique and not to be guessed | sep31/createTransaction
SEC-31 SEC | credit: confirmed, right asset, what arrived | watcher/matchPayments, adapters/stellar-horizon/readRecord
SEC-32 SEC | once credited, once paid out, also after a crash | payouts/PayoutExecutor, runtime/groupOf
SEC-33 SEC | quotes: once, owned, bounded | sep38/QuotesLayer
SEC-34 SEC | a payout's destination is a sealed snapshot | runtime/Destination, sep31/updateTransaction
SEC-35 SEC | the books add up to zero | machines/transaction/orders, adapters/storage-mikro-orm/entities/money
SEC-36 SEC | version and final status guard every change | adapters/storage-mikro-orm/commitStatement
SEC-40 SEC | open to web pages, without credentials | http/serveApi, http/Envelope
SEC-41 SEC | the operator's side is another listener | app/listeners
SEC-42 SEC | sizes and times of a request are bounded | http/Envelope, adapters/http-node/createPublicServer
SEC-43 SEC | doubled keys are refused; prototypes are safe | http/readJson
SEC-44 SEC | whose request it is, behind a proxy | sep10/FairShare, http/RateLimit
SEC-45 SEC | answers are not to be sniffed; TLS is the edge's | http/Envelope
SEC-46 SEC | our names come from settings, never from Host | sep1/Toml, sep10/Challenges
`

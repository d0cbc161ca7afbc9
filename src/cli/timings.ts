/** The times among the settings, in seconds: what each is for, and the variable it is read from. */
import { defaultTiming, type Timing } from "../KedgeConfig.ts"
import { plain, type Variable } from "./Variable.ts"

const timingAbout: Readonly<Record<keyof Timing, string>> = {
  transactionLifetime: "A transaction that is not paid for so long expires.",
  challengeLifetime: "A SEP-10 challenge must be answered within this.",
  tokenLifetime: "A token is good for so long.",
  clientDomainTimeout: "A client domain's stellar.toml that takes longer to read is not read.",
  clientDomainMemory: "How long the key found in a client domain's stellar.toml is believed.",
  hookTimeout: "A hook of the integration that takes longer makes the request our failure.",
  railTimeout:
    "A call to the sandbox rail that takes longer is looked up. An integrator's rail says its own.",
  payoutLease: "A payout whose process died is taken over after so long. Must exceed every rail's timeout.",
  executeInterval: "How often payouts that are due are looked for, besides being started at once.",
  pollInterval: "How often the rail is asked about payouts it has not confirmed.",
  retryFirst: "The first pause before a payout the rail did not accept is sent again. It doubles.",
  retryMax: "The longest such pause.",
  lookUpInterval: "How often a payout of unknown outcome is looked up.",
  attentionInterval:
    "How often an open matter is raised again: money held, a refund owed, information awaited.",
  watcherLease: "A watcher whose process died is taken over after so long.",
  watcherSilence: "Without a word from the ledger for so long, the watcher asks.",
  expiryInterval: "How often expired transactions are looked for.",
  callbackTimeout: "A callback that is not answered within this is sent again.",
  callbackInterval: "How often callbacks that are due are looked for.",
  callbackRetryFirst: "The first pause before a callback that was not taken is sent again. It doubles.",
  callbackRetryMax: "The longest such pause.",
  callbackGiveUp: "A callback that was not taken for so long is given up; `kedge callbacks` shows it.",
  waitingPayment: "A payment that could not be matched at once is told again after so long.",
  requestTimeout: "A request that takes longer is answered 503.",
  shutdownGrace: "A stop waits so long for what is under way.",
  readyLag: "A watcher that has not been heard of for so long makes the process not ready.",
  kycProcessing: "With the sandbox: how long a customer whose last name is PROCESSING is processed.",
  fileLifetime: "A customer's file that no customer refers to is kept for so long.",
  codeLifetime: "A verification code sent to a customer is good for so long.",
  rateTimeout: "A rate provider that takes longer is unavailable, and so are prices.",
  quoteLifetime: "A firm quote lives so long where the client asks for nothing else.",
  refundInterval:
    "How often refunds that are due are looked at, and the ledger is asked about those on their way.",
  refundLease:
    "Refunds of a process that died are gone on with after so long. A refund that takes two thirds of it waits for the next look.",
  refundLifetime:
    "A refund that no ledger took within this never happened, and is signed anew once the ledger has proved it.",
  quoteHorizon: "The longest life of a firm quote that a client may ask for."
}

/** Where the setting `key` of the times is read from: `pollInterval` from `KEDGE_POLL_INTERVAL_SECONDS`. */
export const timingVariable = (key: keyof Timing): Variable =>
  plain(
    "Times",
    `KEDGE_${key.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}_SECONDS`,
    timingAbout[key],
    String(defaultTiming[key]),
    "seconds, from 0.05 to 31536000"
  )

export const timingKeys = Object.keys(defaultTiming) as ReadonlyArray<keyof Timing>

// SEP-45, contract accounts: Draft, and left out for one reason (docs/decisions). The columns are told in requirements.ts.
const reason = "not supported: contract accounts do not sign in here (ADR 0011)"

const titles = [
  "01 MUST | stellar.toml names endpoint and contract",
  "02 MUST | parameters of a challenge",
  "03 MUST | authorization entries as the challenge",
  "04 MUST | what each entry authorizes",
  "05 MUST | a nonce for each challenge",
  "06 MUST | JSON and form, of bounded size",
  "07 MUST | every entry is checked",
  "08 MUST | the entries are simulated",
  "09 MUST | replay is barred twice",
  "10 MUST | the token's subject is the contract",
  "11 CHOICE | the client domain's key at POST",
  "12 MUST | the published contract",
  "13 MUST | no memo beside a contract",
  "14 CHOICE | what such a token would open",
  "15 H | the SDK brings no help"
]

export const sep45 = titles.map((title) => `S45-${title} | | ${reason}`).join("\n")

// SEP-1, stellar.toml, and SEP-23, addresses. The columns are told in requirements.ts.
export const sep1 = `
S1-01 MUST | stands at /.well-known/stellar.toml | sep1/routes
S1-02 MUST | open to every web page | sep1/routes, http/serveApi
S1-03 SHOULD | text/plain in UTF-8 | sep1/routes
S1-04 MUST | 100,000 bytes at most, valid TOML | sep1/Toml
S1-05 MUST | names network, key and every service | sep1/Toml
S1-06 MUST | https, and no slash at the end | sep1/Toml
S1-07 COMPAT | the passphrase is the network's own | sep1/Toml
S1-08 MUST | SIGNING_KEY is the key in use | sep1/routes
S1-09 MUST | the organisation's members, and no invented ones | sep1/Toml, cli/stellarTomlFile
S1-10 MUST | principals | sep1/Toml, cli/stellarTomlFile | decision: given in the file, as all that is not derived (ADR 0014)
S1-11 MUST | a currency for each asset, by the rules | sep1/Toml
S1-12 COMPAT | with the members the validator wants | sep1/Toml
S1-13 CHOICE | HEAD and OPTIONS answer; five minutes in a cache | sep1/routes
S1-14 SEC | settings are escaped | sep1/Toml
`

export const sep23 = `
S23-01 MUST | the valid vectors pass, the fifteen invalid ones not | stellar/strkeys
S23-02 MUST | an M holds a uint64, never in a float | stellar/strkeys
S23-03 MUST | an address has one spelling | stellar/strkeys
S23-04 MUST | a secret seed is refused and never repeated | stellar/strkeys, sep10/Challenges
`

// SEP-10, signing in. The columns are told in requirements.ts.
export const sep10 = `
S10-GEN-01 MUST | stellar.toml names endpoint and key; one URL, two methods | sep1/Toml, sep10/api
S10-GEN-02 MUST | every answer, errors too, is open to web pages | http/serveApi, http/Envelope
S10-GEN-03 MUST | an error is JSON with one sentence | http/errors, http/Envelope
S10-GEN-04 MUST | the network's passphrase signs and verifies | sep10/Challenges, stellar/readChallenge
S10-GEN-05 COMPAT | any account may sign in | sep10/Challenges
S10-CH-01 MUST | account is needed and valid; C is 400 | sep10/Challenges, stellar/strkeys
S10-CH-02 MUST | memo is a uint64 in its one spelling | sep10/Challenges, machines/domain/Memo
S10-CH-03 MUST | memo and M exclude each other | sep10/Challenges
S10-CH-04 CHOICE | home_domain is ours to the letter | sep10/Challenges, stellar/readChallenge
S10-CH-05 MUST | a parameter given twice is 400 | sep10/api, http/faultSentence
S10-CH-06 MUST | transaction and network_passphrase, nothing else | sep10/api
S10-CH-07 MUST | source is ours, sequence 0, no fee bump | stellar/buildChallenge
S10-CH-08 MUST | valid from now for fifteen minutes, not backdated | sep10/Challenges, stellar/buildChallenge
S10-CH-09 MUST | the memo given, or none | stellar/buildChallenge
S10-CH-10 MUST | first operation: client, home domain, 48 random bytes | stellar/buildChallenge
S10-CH-11 MUST | web_auth_domain with its port, by us | stellar/buildChallenge
S10-CH-12 MUST | a verified client_domain, by its own key | sep10/ClientDomains, stellar/buildChallenge
S10-CH-13 MUST | one signature: ours | stellar/buildChallenge
S10-CH-14 SEC | no two challenges are the same | sep10/Challenges
S10-CH-15 SEC | our own account cannot sign in | sep10/Challenges
S10-CH-16 MAY | too many challenges are 429 | sep10/FairShare, http/RateLimit
S10-CD-01 MUST | without attribution the parameter changes nothing | sep10/ClientDomains | decision: a domain that is named is verified; KEDGE_CLIENT_DOMAINS=off ignores it (ADR 0012)
S10-CD-02 MUST | a domain whose key cannot be had is 400 | sep10/ClientDomains
S10-CD-03 SEC | a bare host, with port at most | sep10/ClientDomains
S10-CD-04 SEC | fetched by https, small, quick, not redirected | sep10/ClientDomains, ports/Outbound
S10-CD-05 SEC | our own key as a domain's is refused | sep10/ClientDomains, stellar/verifyClient
S10-CD-06 CHOICE | where required: missing 400, not listed 403 | sep10/ClientDomains, sep10/errors | decision: off, optional or required, and a list of domains (ADR 0012)
S10-AH-01 MAY | a token for the challenge, off by default | sep10/SignedRequest
S10-AH-02 MUST | EdDSA, by the domain's key or the account's | sep10/SignedRequest
S10-AH-03 MUST | its claims repeat the whole query | sep10/SignedRequest, sep10/handlers
S10-AH-04 MUST | missing 401, wrong 400, not allowed 403 | sep10/SignedRequest, sep10/errors
S10-TOK-01 MUST | JSON and form alike | sep10/api
S10-TOK-02 MUST | what is no challenge is 400 | stellar/readChallenge
S10-TOK-03 SEC | length is bounded before decoding | stellar/readChallenge
S10-TOK-04 MUST | 200 with the token | sep10/api
S10-VER-01 MUST | source is our account | stellar/readChallenge
S10-VER-02 MUST | sequence is 0 | stellar/readChallenge
S10-VER-03 MUST | bounded in time, and over at its end | stellar/readChallenge
S10-VER-04 MUST | there is an operation | stellar/readChallenge
S10-VER-05 MUST | the first is Manage Data with a source | stellar/readChallenge
S10-VER-06 MUST | its key is a home domain of ours, 48 bytes | stellar/readChallenge
S10-VER-07 MUST | the others are ours, but for client_domain | stellar/readChallenge
S10-VER-08 MUST | web_auth_domain is there and ours | stellar/readChallenge
S10-VER-09 SEC | one client_domain at most, not empty | stellar/readChallenge
S10-VER-10 MUST | memo: id or none; none beside M | stellar/readChallenge
S10-VER-11 MUST | we signed it | stellar/readChallenge
S10-VER-12 MUST | distinct signers reach the medium threshold | stellar/verifyClient
S10-VER-13 SEC | a threshold of 0 still takes a signature of weight | stellar/verifyClient
S10-VER-14 MUST | our own signature has no weight | stellar/verifyClient
S10-VER-15 MUST | unknown account: its master key alone | stellar/verifyClient
S10-VER-16 MUST | the client domain signed, without weight | stellar/verifyClient
S10-VER-17 MUST | unknown or doubled signatures are refused | stellar/verifyClient
S10-VER-18 MUST | any set of signers with the weight; other kinds skipped | stellar/verifyClient
S10-VER-19 SEC | only the ledger's own 404 means unknown | sep10/Challenges, adapters/stellar-horizon/HorizonNetwork
S10-VER-20 MUST | one token a challenge, used up after all checks | sep10/Challenges, ports/Storage
S10-VER-21 SEC | used is the hash, kept beyond its end | sep10/Challenges
S10-JWT-01 MUST | iss, sub, iat, exp, and client_domain where verified | sep10/Tokens
S10-JWT-02 MUST | sub is G, G:memo or M | sep10/Caller
S10-JWT-03 CHOICE | also jti, kid, aud and home_domain | sep10/Tokens
S10-JWT-04 CHOICE | the lifetime is a setting | sep10/Tokens
S10-JWT-05 SEC | algorithm, type, issuer, times and subject are checked | sep10/Tokens, sep10/Caller
S10-JWT-06 SEC | no other token of ours is a session | sep10/Tokens
S10-JWT-07 CHOICE | G:id and the M of both are one user | sep10/Caller
S10-JWT-08 MUST | G and G:memo are two | sep10/Caller
`

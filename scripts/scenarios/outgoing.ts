// What can go wrong while money goes back on chain. The columns are told in scenarios.ts.
export const outgoing = `
S1 | the reply to a submission is lost | the same envelope again until a ledger beyond its time proves it void
S2 | refused for its sequence, although it is in the ledger | looked up by hash before anything is made anew
S3 | two refunds, or another program, draw on one account | one envelope open at a time
S4 | fees rise, and ours is too low | the same inner transaction under a higher fee, to a cap
S5 | an envelope's time runs out | a new one only after a ledger closed beyond it
S6 | the payer's trustline or account is gone | the debt stays and a person is told
S7 | the refund needs a memo, or goes to a muxed account | the refund memo, else the payment's own
S8 | a refund is asked for twice | one per payment and ordinal, never beyond what is left
S9 | we cannot pay the refund: balance, reserve or limit | held and told, without a loop
S10 | the process dies between signing, submitting and recording | the envelope was committed before it was sent
S11 | our watcher sees our own refund | it is no payment to anybody
`

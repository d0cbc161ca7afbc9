// What can go wrong between the ledger and the inbox. The columns are told in scenarios.ts.
export const inbound = `
I1 | payments arrive while nobody watches | found at the next start, from the stored cursor
I2 | the ledger tells a payment again | one inbox row, one effect
I3 | a load-balanced Horizon answers out of order, or from behind | the cursor moves only over what was handled, and never back
I4 | the first start has no cursor | the tip, stored once; what came before is not matched
I5 | the cursor is of another network, or beyond the tip after a reset | the role stops and says why; nothing is skipped
I6 | the history behind the cursor is no longer kept | the role stops; nothing is skipped | refused with an alarm: no second source of the ledger to fill the gap from
I7 | Horizon says too many requests | every request waits as long as it was told
I8 | errors, HTML or half a JSON in place of an answer | no answer; asked again, never read as data
I9 | the stream falls silent without closing | pages are read anyway; a dead line is ended
I10 | a stream library loses what came between two connections | the stream is a bell; pages are the source
I11 | one record cannot be handled | quarantined or waiting, the cursor never ahead of what is stored
I12 | the right memo with another asset, issuer or lumens | parked as such, never credited
I13 | a path payment delivers less than was sent | what arrived counts
I14 | less is paid than announced | as the asset's policy says; below fee or minimum parked, still awaited
I15 | more is paid than announced | as the policy says; beyond the maximum parked; all of it booked
I16 | a second payment comes to one memo | parked, booked, paid out by nobody
I17 | a payment comes after expiry or after the end | parked as late; the final state stays
I18 | a payment is seen before its transaction | a memo is told only once its row is committed and the account watched
I19 | several payments to us in one Stellar transaction | a row each, one arrival a memo
I20 | a failed transaction stands in the history | it moved nothing and counts for nothing
I21 | the payment comes in a fee bump | inner memo, outer hash
I22 | the memo's value is right and its type wrong | account, type and value must all be equal
I23 | memos at the edges of their types, in odd spellings | one spelling each; compared as bytes
I24 | a payment to a muxed form of our account | the memo decides; without one it is parked
I25 | a claimable balance is created for us | seen, counted and told to the operator; no transaction is funded
I26 | money comes by account merge or account creation | parked under its kind
I27 | a contract moves the asset to us | read from the asset's own movements, not from what was called
I28 | credited money is clawed back, or the trustline frozen | the books say what should be there | open in part: nothing compares the account's balance on the ledger with the books yet
I29 | a payment without memo, or with an unknown one | parked with its reason, listed, refundable
I30 | two transactions draw one memo | unique for all time; the second draws again
I31 | a stranger pays ahead to a guessed memo | memos are 64 bits of chance; the payer is on record
I32 | dust is sent with somebody's memo | parked as under; the transaction waits on
I33 | Horizon lies, lags, or is of another network | passphrase and order of ledgers are checked, else the role stops | refused with an alarm: no second source to compare with
I34 | operations or fields nobody knew come with an upgrade | quarantined whole, the stream goes on; five in a row stop it
I35 | amounts beyond what a double can hold | integers and decimals from end to end
I36 | one account receives several assets | one role, one cursor
I37 | days of history wait to be read | page by page, in order, one page ahead at most
`

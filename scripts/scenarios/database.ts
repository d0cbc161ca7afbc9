// What can go wrong with the database and the process. The columns are told in scenarios.ts.
export const database = `
D1 | the connection breaks during the commit | asked for by the group's id; nothing is written twice
D2 | a deadlock or a serialization failure | the group again, whole; no effect lies inside a transaction
D3 | a failover loses the last commits | rails are asked again under their keys | open: no test on a server that lost commits
D4 | a decision is read from a replica that is behind | there is one database handle, and it must take writes
D5 | the pool is used up, or queries crawl | 503 with Retry-After; the payment path keeps its share
D6 | the disk is full, or the database read-only | not ready; no transaction is taken, no fact lost, and it recovers
D7 | an embedded database meets a power cut, a half-made directory or a second process | locked to one process, built aside and renamed
D8 | two processes serve one database | versions, claims and epochs: each thing happens once
D9 | the process's clock is an hour off, or jumps | leases, due times and expiry by the storage's and the ledger's clock
D10 | the process is killed again and again under load | every payment ends paid once
D11 | a loop dies without a word | started again, seen as down meanwhile
D12 | one request keeps the process busy | sizes and depths are bounded before anything is parsed
D13 | an older or newer version left a snapshot | read by version; what cannot be read is set aside untouched
D14 | the database is restored to before payouts were made | | open: no restore mode; parked money commands are coming
D15 | one broken row makes a batch fail | it alone is set aside
D16 | the oldest fail for ever and go first | what has not been tried goes first
`

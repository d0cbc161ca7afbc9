// SEP-31, the requirements on a receiving anchor. The columns are told in requirements.ts.
export const sep31 = `
S31-GEN-01 MUST | stellar.toml names DIRECT_PAYMENT_SERVER | sep1/Toml
S31-GEN-02 MUST | SEP-12 is served and KYC_SERVER published | sep1/Toml, sep12/routes
S31-GEN-03 MUST | ANCHOR_QUOTE_SERVER is published where assets are converted | sep1/Toml
S31-GEN-04 MUST | published URLs are https, but for local runs | sep1/Toml
S31-GEN-05 MUST | bodies are JSON both ways | http/jsonBody, sep31/handlers
S31-GEN-06 CHOICE | token before body; wrong type 415, no JSON 400 | http/jsonBody, sep31/handlers
S31-GEN-07 MUST | an error is an object with the text error | http/errors, http/Envelope
S31-GEN-08 CHOICE | unknown members of a request are ignored | sep31/parseRequest
S31-GEN-09 CHOICE | members without a value are left out, never null | sep31/wire, sep31/presentTransaction
S31-GEN-10 MUST | sentences follow lang; unknown is English, malformed 400 | sep31/parseRequest, http/Language, http/Sentence
S31-GEN-11 CHOICE | times are ISO 8601 in UTC with Z | sep31/presentTransaction
S31-GEN-12 CHOICE | any web page may ask; no credentials | http/serveApi, http/Envelope
S31-AUTH-01 MUST | a bearer token of ours for all but /info | sep31/api, sep10/Bearer
S31-AUTH-02 MUST | no valid token is 403 | sep10/Bearer, sep10/Tokens
S31-AUTH-03 MUST | only accounts with an agreement, asked on every request | sep31/SendingAnchors
S31-AUTH-04 CHOICE | a token with memo or M speaks for its G | sep31/SendingAnchors, sep10/Caller
S31-AUTH-05 COMPAT | /info is public, a bad token is ignored | sep31/api
S31-AUTH-06 CHOICE | contract accounts may not send | sep31/SendingAnchors
S31-AUTH-07 SEC | a foreign and an unknown id answer alike: 404 | sep31/Transactions
S31-AUTH-08 CHOICE | the base account owns; the whole identity is stored | sep31/Transactions, sep31/createTransaction
S31-AUTH-09 SEC | the payer on the ledger proves no identity | watcher/matchPayments
S31-INFO-01 MUST | /info answers receive, one member an asset | sep31/handlers, sep31/Info
S31-INFO-02 MUST | lang chooses the language of descriptions | sep31/Info
S31-INFO-03 MUST | members of an asset, with their types | sep31/Info, sep31/wire
S31-INFO-04 COMPAT | every asset says enabled: true | sep31/Info
S31-INFO-05 MUST | numbers are JSON numbers, exact and not negative | sep31/amounts, sep31/Info
S31-INFO-06 MUST | quotes_required never stands without quotes_supported | cli/readQuotes, sep31/Info
S31-INFO-07 CHOICE | two assets of one code are refused at start | sep31/Info, cli/readConfigFile
S31-INFO-08 MUST | sep12 has sender and receiver, no more | sep31/Info
S31-INFO-09 CHOICE | types are published while KYC applies | sep31/Info
S31-INFO-10 CHOICE | the oldest members for types stand beside sep12 | sep31/Info
S31-INFO-11 SHOULD | types needed only at times are published too | sep31/Info
S31-INFO-12 MUST | fields has the one key transaction | sep31/Info, sep31/wire
S31-INFO-13 MUST | without quotes an asset is delivered one to one | sep31/Info, KedgeConfig | decision: what an asset is redeemed for is said by quotes or is one to one; nothing else can be configured
S31-INFO-14 MUST | funding methods are the delivery methods of SEP-38 | cli/readQuotes
S31-POST-01 MUST | amount and asset_code are needed | sep31/parseRequest
S31-POST-02 CHOICE | amount: number or decimal text above 0, seven places | sep31/parseRequest, sep31/amounts, machines/domain/Amount
S31-POST-03 SEC | a number is read digit by digit, without a float | http/readJson, sep31/amounts
S31-POST-04 MUST | limits hold, bounds included | sep31/checkRequest
S31-POST-05 MUST | unknown asset or another issuer is 400 | sep31/checkRequest
S31-POST-06 CHOICE | lumens are "native", without issuer | sep31/checkRequest
S31-POST-07 MUST | an unknown funding_method is 400 | sep31/checkRequest
S31-POST-08 CHOICE | without funding_method: quote, then type, then the only one | sep31/checkRequest
S31-POST-09 MUST | ids that are no text are 400 | sep31/parseRequest
S31-POST-10 SEC | customers must be the Sending Anchor's own | sep31/checkCustomers
S31-POST-11 MUST | refund memo and its type: both, valid, or neither | sep31/checkRequest
S31-POST-12 MUST | fields may be absent or empty | sep31/parseRequest, sep31/requiredFields
S31-POST-13 MUST | missing required fields: transaction_info_needed | sep31/requiredFields, sep31/createTransaction
S31-POST-14 CHOICE | a value outside its choices 400; unknown names dropped | sep31/requiredFields
S31-POST-15 MUST | a conversion not offered is 400; same asset is none | sep31/checkConversion
S31-POST-16 MUST | without conversion: one to one less the fee | sep31/birthOf, machines/domain/Fee
S31-POST-17 MUST | quotes_required and no quote_id: 400 | sep31/checkConversion
S31-POST-18 CHOICE | a quote where none are offered: 400 | sep31/checkConversion
S31-POST-19 MUST | the quote is the caller's, open, unused and matches | sep38/QuotesLayer, sep31/checkConversion
S31-POST-20 COMPAT | quote_id alone says the destination asset | sep31/checkConversion
S31-POST-21 SEC | a quote is used by one commit, once | sep31/createTransaction, adapters/storage-mikro-orm/entities/quotes
S31-POST-22 CHOICE | two equal posts are two; an Idempotency-Key makes them one | sep31/repeatKey
S31-POST-23 SEC | a refusal stores nothing | sep31/createTransaction
S31-RESP-01 MUST | 201 with id, account and memo | sep31/api, sep31/wire
S31-RESP-02 COMPAT | no other members, no nulls | sep31/wire
S31-RESP-03 MUST | the Stellar members come together or not | sep31/wire
S31-RESP-04 MUST | without them it is pending_receiver until checked | sep31/birthOf, sep31/wire
S31-RESP-05 MUST | stellar_account_id is a G account | sep31/createTransaction, cli/readConfigFile
S31-RESP-06 MUST | the memo is valid for its type | sep31/createTransaction, machines/domain/Memo
S31-RESP-07 MUST | ids are UUIDs, random and lasting | sep31/createTransaction, ports/Entropy
S31-RESP-08 MUST | begins as pending_sender, or pending_receiver while checked | sep31/birthOf
S31-RESP-09 CHOICE | accepted customers: the memo comes at once | sep31/birthOf
S31-ERR-01 MUST | a plain refusal is one sentence | http/errors
S31-ERR-02 MUST | customer_info_needed, with its type at most | sep31/errors, sep31/checkCustomers
S31-ERR-03 MUST | transaction_info_needed lists only what is missing | sep31/errors, sep31/requiredFields
S31-ERR-04 CHOICE | a rejected customer is a plain 400 | sep31/checkCustomers
S31-ERR-05 CHOICE | the order in which faults are told | sep31/handlers, sep31/checkRequest
S31-ERR-06 CHOICE | 429, 503 and 500, telling nothing of the inside | sep31/answerFailure, http/Envelope, sep10/FairShare
S31-GET-01 MUST | the answer has the one member transaction | sep31/handlers, sep31/wire
S31-GET-02 MUST | unknown, malformed, foreign: 404, never 500 | sep31/Transactions, sep31/checkCustomers
S31-GET-03 MUST | the members of a transaction | sep31/presentTransaction, sep31/wire
S31-GET-04 MUST | fee_details: total, asset, details that add up | sep31/presentTransaction
S31-GET-05 CHOICE | amount_fee and fee_details side by side, equal | sep31/presentTransaction
S31-GET-06 CHOICE | completed_at for completed alone | sep31/presentTransaction
S31-GET-07 CHOICE | required info is shown only while it is wanted | sep31/presentTransaction
S31-GET-08 SEC | no customer data, bank details or notes | sep31/presentTransaction
S31-ST-01 MUST | ten statuses and no others | machines/domain/Sep31Status, machines/transaction/machine
S31-ST-02 CHOICE | before and after the money are different states | machines/transaction/machine, machines/transaction/leaves
S31-ST-03 MUST | moves not listed are refused without effect | machines/transaction/machine, machines/transaction/refusals
S31-ST-04 MUST | no way out of a final status | machines/transaction/machine
S31-ST-05 MUST | pending_sender has account and memo | machines/transaction/machine, sep31/birthOf
S31-ST-06 MUST | an information update names what it wants | machines/transaction/guards, sep31/presentTransaction
S31-ST-07 MUST | a wrong datum makes that customer NEEDS_INFO | sep12/contested, payouts/outcomeEvent
S31-ST-08 MUST | both customers accepted again before it goes on | sep12/tellWaiting, sep12/tellUnpaid, machines/transaction/machine
S31-ST-09 MUST | a correction is paid out again, however often | machines/transaction/machine, sep31/updateTransaction
S31-ST-10 MUST | unfunded ones expire: with the quote, or after a time | sep31/birthOf, watcher/ExpireTransactions
S31-ST-11 SEC | lateness is judged on the ledger's close time | watcher/ExpireTransactions, machines/transaction/guards
S31-ST-12 MUST | refunded names its refunds | machines/transaction/guards, sep31/amounts
S31-ST-13 CHOICE | a partial refund keeps the status | machines/transaction/machine, sep31/amounts
S31-ST-14 CHOICE | money that comes to a closed transaction | machines/transaction/machine, watcher/matchPayments | decision: final is final; late money is parked on its payment and refunded from there
S31-ST-15 CHOICE | pending_stellar is not for the inbound payment | machines/transaction/machine
S31-ST-16 SEC | a payout is paid exactly once | payouts/PayoutExecutor, payouts/PayoutFollowUp, machines/transaction/machine
S31-ST-17 MUST | every change of status calls back | runtime/stepRow, sep31/StatusCallbacks
S31-AMT-01 MUST | amounts are decimal texts, seven places at most | machines/domain/Amount, sep31/wire
S31-AMT-02 MUST | amount_out is amount_in less fee and refunds | sep31/amounts
S31-AMT-03 MUST | with a quote every amount is the quote's | sep31/amounts
S31-AMT-04 MUST | fee: fixed plus percent, rounded up to a stroop | machines/domain/Fee
S31-AMT-05 MUST | amount_in is gross: our fee is inside it | sep31/amounts
S31-AMT-06 CHOICE | the fee is inside the amount | machines/domain/Fee, sep31/checkRequest
S31-AMT-07 CHOICE | an amount its fee eats up is 400 | sep31/checkRequest
S31-AMT-08 MUST | an indicative conversion is reckoned at receipt | runtime/PriceAtReceipt, sep38/priceAtReceipt
S31-AMT-09 MUST | once paid, amount_in is what was received | sep31/amounts, machines/transaction/orders
S31-AMT-10 CHOICE | more, less or another asset than announced | machines/transaction/guards, watcher/matchPayments, refunds/RefundMaker
S31-AMT-11 SEC | no float holds money, in code or database | machines/domain/Amount, adapters/storage-mikro-orm/entities/columns
S31-REF-01 MUST | refunds: sums and payments, all texts | sep31/presentTransaction, sep31/wire
S31-REF-02 MUST | the sums are those of the payments | sep31/amounts
S31-REF-03 CHOICE | a full refund returns all; refunds are free | sep31/presentTransaction, sep31/amounts
S31-REF-04 MUST | memo of a refund: as asked, else the payment's | refunds/refundTerms
S31-REF-05 CHOICE | a refund goes to the payer, or is held | refunds/refundTerms, refunds/destinationFault
S31-REF-06 SEC | never refunded twice, nor refunded and paid out | adapters/storage-mikro-orm/entities/money, machines/transaction/orders, refunds/RefundMaker
S31-REF-07 CHOICE | a refund's envelope is stored before it is sent | refunds/RefundMaker, refunds/provenNever
S31-REF-08 MUST | only confirmed refunds are shown | sep31/amounts
S31-REF-09 MUST | refunded: true for a full refund alone | sep31/amounts
S31-MEMO-01 MUST | memos are id by default, as text | sep31/createTransaction
S31-MEMO-02 SEC | a memo is used once for all time | adapters/storage-mikro-orm/entities/transactions, sep31/createTransaction
S31-MEMO-03 SEC | memos cannot be guessed | sep31/createTransaction, ports/Entropy
S31-MEMO-04 MUST | type and value both match | machines/domain/Memo, watcher/matchPayments
S31-MEMO-05 CHOICE | a return memo matches nothing | watcher/matchPayments
S31-MEMO-06 CHOICE | paid to an M of ours: the memo alone decides | watcher/matchPayments, adapters/stellar-horizon/readRecord
S31-MEMO-07 SHOULD | receiving accounts ask for a memo on the ledger | cli/accountFindings, app/demo/furnish
S31-MEMO-08 CHOICE | what has no known memo is parked, not credited | watcher/matchPayments
S31-PAY-01 MUST | account and memo alone find the transaction | watcher/matchPayments
S31-PAY-02 MUST | anybody may pay | watcher/matchPayments
S31-PAY-03 MUST | failed transactions bring nothing | adapters/stellar-horizon/readRecord
S31-PAY-04 CHOICE | payments of three kinds; what arrived counts | adapters/stellar-horizon/readRecord
S31-PAY-05 SEC | code and issuer must be the transaction's | watcher/matchPayments
S31-PAY-06 CHOICE | a fee bump's inner memo counts | adapters/stellar-horizon/readRecord
S31-PAY-07 CHOICE | operations of one transaction are summed; a second one is parked | watcher/matchPayments
S31-PAY-08 SEC | a payment seen twice has its effect once | adapters/storage-mikro-orm/entities/inbox, runtime/groupOf
S31-PAY-09 MUST | the cursor is committed with what it brought | watcher/AccountWatch, runtime/groupOf
S31-PAY-10 CHOICE | gaps behind the stream | watcher/AccountWatch | decision: pages from the stored cursor are the only reading and the stream is a bell, so there is nothing to reconcile; a gap in the history stops the role
S31-PAY-11 CHOICE | merges and the like are recorded, not matched | watcher/matchPayments, adapters/stellar-horizon/readRecord | decision: parked with their reason; a contract's transfer of an asset with a memo is matched
S31-PAY-12 CHOICE | a payment that nothing waits for | runtime/settle, machines/transaction/refusals | decision: parked with its reason, refundable
S31-PAY-13 MUST | a match stores hash, amount, payer, close time | runtime/stepRow, watcher/matchPayments
S31-PATCH-01 MUST | the body is fields.transaction | sep31/parseRequest
S31-PATCH-02 MUST | unknown and foreign are 404 | sep31/Transactions
S31-PATCH-03 MUST | when nothing is wanted: 400 | sep31/updateTransaction
S31-PATCH-04 MUST | malformed or not asked for: 400, nothing changes | sep31/requiredFields, sep31/parseRequest
S31-PATCH-05 MUST | answers as GET does | sep31/handlers
S31-PATCH-06 MUST | complete: stored, cleared, paid out again | sep31/updateTransaction
S31-PATCH-07 CHOICE | all fields or none | sep31/requiredFields
S31-PATCH-08 CHOICE | the institution's own check refuses with its words | sep31/updateTransaction
S31-PATCH-09 SEC | of two at once one is taken | sep31/updateTransaction
S31-CB-01 MUST | PUT takes a url and answers 204, empty | sep31/registerCallback
S31-CB-02 MUST | a second PUT replaces the first | sep31/registerCallback
S31-CB-03 MUST | not offered, unknown or foreign: 404 | sep31/registerCallback, Kedge
S31-CB-04 CHOICE | https, no userinfo, no fragment, no inner host | http/outboundUrl
S31-CB-05 MUST | each change of status is posted, the first not | sep31/StatusCallbacks, runtime/stepRow
S31-CB-06 CHOICE | the body is GET's, wrapper and all | sep31/StatusCallbacks | decision: as GET was at that change (ADR 0016)
S31-CB-07 MUST | signed over time, host and body | callbacks/signature
S31-CB-08 CHOICE | both headers carry the signature | callbacks/signature
S31-CB-09 CHOICE | the host in it has an unusual port | callbacks/signature
S31-CB-10 MUST | every attempt is signed afresh | callbacks/CallbackSender, callbacks/signature
S31-CB-11 MUST | at least once, in order, with backoff | callbacks/retrySchedule, sep31/StatusCallbacks | decision: one at a time, doubling pauses, for a day (ADR 0016)
S31-CB-12 CHOICE | no redirect, little of the answer, a time limit | callbacks/CallbackSender, adapters/outbound-node/requestPinned
S31-CB-13 SEC | a failing callback changes nothing else | sep31/StatusCallbacks
S31-CB-14 MUST | a 400 is our fault: said, not hammered | callbacks/CallbackSender
S31-CB-15 CHOICE | attempts and pauses are settings | callbacks/retrySchedule, KedgeConfig
S31-KYC-01 MUST | customers may be given after POST, by transaction | sep12/subjects, sep12/putCustomer
S31-KYC-02 MUST | type says the side, and must be there | sep12/sides
S31-KYC-03 CHOICE | PUT makes and links; GET before has no id | sep12/subjects
S31-KYC-04 MUST | both accepted: pending_sender with memo | sep12/tellWaiting, machines/transaction/machine
S31-KYC-05 MUST | what is wanted may depend on the transaction | sep12/sides, sep12/judgedAs
S31-KYC-06 SEC | transaction and customer must be the caller's | sep12/subjects
S31-KYC-07 MUST | REJECTED: error when unfunded, else refund | sep12/tellWaiting, machines/transaction/machine
S31-KYC-08 CHOICE | old clients' fields may fill the customer | payouts/mappedFields
S31-DUAL-01 CHOICE | an anchor's profile changes presentation only | sep31/profileOf
S31-DUAL-02 CHOICE | one parser takes every version's members | sep31/parseRequest
S31-DUAL-03 CHOICE | /info is the union of all versions | sep31/Info
S31-DUAL-04 CHOICE | customer data missing: 400 or later, by profile | sep31/checkCustomers
S31-DUAL-05 CHOICE | PROCESSING: memo later, for v1 at once | sep31/checkCustomers, sep31/createTransaction
S31-DUAL-06 CHOICE | field updates only where fields are declared | payouts/mappedFields
S31-DUAL-07 CHOICE | a bad datum goes back the way it came | payouts/mappedFields
S31-DUAL-08 CHOICE | v1 may be shown error for expired and refunded | sep31/presentTransaction
S31-DUAL-09 CHOICE | amount in the destination's currency, as before 1.3 | sep31/parseRequest | decision: not read so; amount is always of the Stellar asset, as 1.3 and later say
S31-DUAL-10 CHOICE | PATCH answers by rule even where no fields are | sep31/handlers
S31-MTX-01 MUST | each case has its status, on each endpoint | http/serveApi, sep31/handlers
`

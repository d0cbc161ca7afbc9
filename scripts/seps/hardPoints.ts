// Where the texts contradict themselves, are silent, or mislead: what each point led to. The columns are told in requirements.ts.
export const hardPoints = `
H-01 H | a token on /info | | decision: public: S31-AUTH-05
H-02 H | 401 or 403 | | decision: as each SEP says: S31-AUTH-02, S12-GEN-01
H-03 H | enabled in /info | | decision: said: S31-INFO-04
H-04 H | one status, two phases | | decision: two states: S31-ST-02
H-05 H | the picture of the statuses is out of date | | decision: our own, drawn from the machine: S31-ST-01, S31-ST-03
H-06 H | who owns what | | decision: the base account; a memoed token its own customer: S31-AUTH-04, S31-AUTH-08, S12-ID-11
H-07 H | reading another's customer by id | | decision: an owner from birth, asked always: S12-ID-11, SEC-20
H-08 H | customer_info_needed is seldom answered | | decision: answered: S31-ERR-02
H-09 H | PATCH without effect | | decision: answers as GET and pays again: S31-PATCH-05, S31-PATCH-06
H-10 H | memo of a refund | | decision: as asked, else the payment's: S31-REF-04
H-11 H | sum of a full refund | | decision: refunds are free, so both rules hold: S31-REF-03
H-12 H | status of a partial refund | | decision: it stays: S31-ST-13
H-13 H | which price is which | | decision: total_price has the fee, price not: S38-F-02, S38-F-03
H-14 H | when a delivery method is needed | | decision: with two or more: S38-Q-03
H-15 H | amount, amount_in and what was received | | decision: announced, then received: S31-AMT-03, S31-AMT-09
H-16 H | fee on top or inside | | decision: inside: S31-AMT-06
H-17 H | asset and digits of the fee | | decision: of the asset it is in: S38-F-07, S38-F-11
H-18 H | updated_at | | decision: time of the status: S31-GET-03
H-19 H | wrapper and host of a callback | | decision: wrapped in SEP-31, port where unusual: S31-CB-06, S31-CB-09
H-20 H | success of the PUTs | | decision: 204, 200 and 202: S31-CB-01, S12-CB-01, S12-PUT-01
H-21 H | one token a challenge | | decision: used up last: S10-VER-20
H-22 H | weights and signatures that do not count | | decision: each refused: S10-VER-13, S10-VER-14, S10-VER-17
H-23 H | signing in muxed | | decision: by the base account's signers: S10-VER-19
H-24 H | numbers beyond 2^53 | | decision: texts; a JSON number only while exact: S23-02, S31-POST-03
H-25 H | spelling of a hash memo | | decision: base64, type beside it: S31-MEMO-04, S12-ID-06
H-26 H | SEP-12 without parameters | | decision: about the caller: S12-GET-02
H-27 H | memo_type left out | | decision: id: S12-ID-06
H-28 H | matching by value or payer alone | | decision: account, type and value: S31-PAY-01, S31-MEMO-04
H-29 H | sent instead of received, wrong asset | | decision: neither credits: S31-PAY-04, S31-PAY-05
H-30 H | watchers that lose or double | | decision: cursor and effects in one commit: S31-PAY-08, S31-PAY-09
H-31 H | late quotes | | decision: on ledger time; used late is 400: S38-G-03, S31-POST-19
H-32 H | destination asset without a quote | | decision: rate of the receipt: S31-AMT-08
H-33 H | whose status counts | | decision: the one of the transaction's type: S12-GET-11
H-34 H | funding_method became needed | | decision: found for older clients: S31-POST-08
H-35 H | what the validator expects beside the text | | decision: our own tests of each: S31-GEN-06, S31-INFO-04, S10-GEN-05
H-36 H | two assets, one code | | decision: refused at start: S31-INFO-07
H-37 H | examples that are wrong | | decision: none is a fixture; bodies are read strictly: SEC-43
H-38 H | amount_out before the money | | decision: shown where one to one: S31-AMT-08, S31-AMT-02
H-39 H | erasing a customer in the middle of a payment | | decision: erased; the payout has its snapshot: S12-DEL-05
H-40 H | a body in DELETE | | decision: the query will do: S12-DEL-02
`

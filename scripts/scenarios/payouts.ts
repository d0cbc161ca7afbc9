// What can go wrong while money is paid out by a rail. The columns are told in scenarios.ts.
export const payouts = `
R1 | the process dies after the rail accepted, before the answer is stored | paid once; looked up or held, never sent again
R2 | the rail takes the payout and then times out or throws | no second call without proof that nothing was accepted
R3 | the rail never answers | unknown after its limit; the others go on
R4 | the rail answers without saying what became of it | unknown, held
R5 | the rail's answer is nonsense: negative fees, foreign amounts, thrown strings | an unknown, whatever it is; figures that are not due are held
R6 | two executors work at the same moment | an attempt is claimed by one
R7 | the process dies between its claim and the first call | what was not started runs after the lease
R8 | the process is told to stop in the middle of a batch | calls under way are recorded, the rest given back, within the grace
R9 | a paused process wakes after its lease, when another has taken over | its writes are fenced out, and it sends nothing
R10 | a poll names one payout twice | one transition; the repetition is recorded
R11 | a poll names payouts it was not asked about | nothing changes; it is recorded
R12 | a poll throws, hangs, or answers half | the rest is taken, asked again when due, others unhindered
R13 | the bank returns a payout days after it was delivered | final stays final; the report is kept as an alert
R14 | the rail never confirms | asked again when due, then raised to a person again and again
R15 | fields are corrected while the executor is at work | one step behind the other, each from the newest state
R16 | a payout is corrected and made again | a new attempt only after the last was proven not accepted
R17 | refund and payout are both wanted | reserved in the database, never more than was received
R18 | a part goes back, the rest is delivered | received = delivered + fee + returned, to the stroop
R19 | fees and prices have more digits than the asset | exact; rounded once, up to a stroop, and booked
R20 | fees, limits or rails are configured anew while payments are under way | terms stand as frozen at POST; payouts wait for their rail, former accounts are watched on
R21 | a rail comes back after an outage, with everything waiting for it | so many calls at once and no more; pauses grow, a breaker each rail
R22 | the rail delivers, but says another amount | held for a person, not completed
`

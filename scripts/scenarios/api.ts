// What can go wrong at the doors: requests, tokens, callbacks, data. The columns are told in scenarios.ts.
export const api = `
A1 | a POST is sent again because its answer was lost | with an Idempotency-Key the first answer; another body is refused
A2 | one firm quote is used twice at once | redeemed by one
A3 | amounts in every odd spelling | one grammar, no rounding; else 400
A4 | NUL, lone surrogates, __proto__, doubled keys, great depth | read as text or refused, never a 5xx
A5 | one Sending Anchor asks for another's transaction | as unknown, word for word
A6 | tokens with no or another algorithm, issuer, audience, purpose or age | refused
A7 | the Sending Anchor is struck off while its token lives | asked at every request; a hook that fails denies
A8 | bodies without end, packed or huge | bounded before they are read; nothing is unpacked
A9 | clients dribble, idle, or send headers without end | time and size limits, connections ended
A10 | a callback URL points inside our network | checked when registered and at each call, on the resolved address
A11 | a callback's receiver hangs, redirects, floods or fails for days | bounded calls, growing pauses, payments never wait
A12 | callbacks come twice or out of order | one order a transaction, versioned, signed afresh
A13 | PATCH brings fields nobody asked for, or a status | refused; only what was asked for is taken
A14 | PATCH comes twice, or too late | one is taken; the other changes nothing
A15 | values carry SQL, line breaks or terminal codes | parameters only; logs escape
A16 | personal data turns up in logs, errors or tables | sealed; a planted value is found nowhere
A17 | somebody tries ids, or listens for differences | ids by chance; one answer for unknown and foreign
A18 | one Sending Anchor floods | its share and no more; the others go on
A19 | challenges are replayed, oversized, or of another domain | once, bounded, exact
A20 | the institution's own code throws | 5xx without its words; other routes go on
A21 | secrets are weak, missing, or printed | refused at start; redacted by type
`

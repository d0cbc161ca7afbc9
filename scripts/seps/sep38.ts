// SEP-38, quotes. The columns are told in requirements.ts.
export const sep38 = `
S38-GEN-01 MUST | a token for quotes, else 403 |
S38-GEN-02 CHOICE | a bad token where none is needed is 403 |
S38-GEN-03 MUST | invalid is 400, an unknown quote 404 |
S38-GEN-04 MUST | assets by their one spelling |
S38-GEN-05 MUST | amounts are texts, decimals a whole number |
S38-GEN-06 COMPAT | no other members, no nulls |
S38-GEN-07 MUST | bodies are JSON |
S38-INFO-01 MUST | assets, delivery methods, countries |
S38-INFO-02 COMPAT | Stellar and fiat assets, in the validator's form |
S38-INFO-03 COMPAT | an off-chain asset has delivery methods |
S38-INFO-04 MUST | methods are the funding methods |
S38-PS-01 MUST | one side and its amount |
S38-PS-02 MUST | answers with the other side |
S38-PS-03 MUST | an item: asset, price, decimals |
S38-PS-04 CHOICE | price when buying: of one unit bought |
S38-PS-05 MUST | margin is inside |
S38-PS-06 COMPAT | nothing to buy with cash: an empty list |
S38-PS-07 MUST | methods and country are known or 400 |
S38-PS-08 CHOICE | no amount is 400 |
S38-P-01 MUST | two assets and one amount |
S38-P-02 MUST | context is needed and ours |
S38-P-03 MUST | amounts, both prices and the fee |
S38-P-04 MUST | no delivery method is needed |
S38-P-05 COMPAT | a fee of 0 is legal, the validator wants more |
S38-F-01 MUST | sell is total_price times buy |
S38-F-02 MUST | price leaves the fee out |
S38-F-03 MUST | price times buy is not sell |
S38-F-04 MUST | equal to the decimals of what is bought |
S38-F-05 CHOICE | amounts first, prices from them |
S38-F-06 CHOICE | rounding favours us, by one unit at most |
S38-F-07 MUST | no more decimals than the asset has |
S38-F-08 MUST | the amount given is answered as given |
S38-F-09 CHOICE | nothing left to buy is 400 |
S38-F-10 MUST | the worked example |
S38-F-11 MUST | the fee's details add up |
S38-Q-01 MUST | like a price, firm: 201 |
S38-Q-02 MUST | its members; methods only if asked |
S38-Q-03 MUST | never both methods; one of several is needed |
S38-Q-04 CHOICE | null is absent |
S38-Q-05 MUST | expires_at lies ahead, in UTC |
S38-Q-06 MUST | expire_after: kept, or 400 |
S38-Q-07 MUST | the amount is held until expiry or use |
S38-Q-08 SHOULD | for Sending Anchors, so many open |
S38-Q-09 SEC | reading and using ask for the owner |
S38-Q-10 SEC | used once, with its transaction |
S38-Q-11 CHOICE | ids cannot be guessed |
S38-Q-12 MUST | the Stellar asset is sold |
S38-G-01 MUST | as it was answered, also when expired |
S38-G-02 MUST | unknown, foreign, malformed: 404 |
S38-G-03 MUST | the payment's ledger closes before expiry |
S38-G-04 MUST | quotes in use are kept |
S38-G-05 CHOICE | no rates: 503, but quotes given hold |
`

// SEP-38, quotes. The columns are told in requirements.ts.
export const sep38 = `
S38-GEN-01 MUST | a token for quotes, else 403 | sep38/api
S38-GEN-02 CHOICE | a bad token where none is needed is 403 | sep38/handlers
S38-GEN-03 MUST | invalid is 400, an unknown quote 404 | sep38/Market, sep38/handlers
S38-GEN-04 MUST | assets by their one spelling | sep38/Market
S38-GEN-05 MUST | amounts are texts, decimals a whole number | sep38/wire, sep38/parseRequest
S38-GEN-06 COMPAT | no other members, no nulls | sep38/wire
S38-GEN-07 MUST | bodies are JSON | sep38/handlers, http/jsonBody
S38-INFO-01 MUST | assets, delivery methods, countries | sep38/present
S38-INFO-02 COMPAT | Stellar and fiat assets, in the validator's form | sep38/present
S38-INFO-03 COMPAT | an off-chain asset has delivery methods | cli/configFile
S38-INFO-04 MUST | methods are the funding methods | cli/readQuotes
S38-PS-01 MUST | one side and its amount | sep38/parseRequest
S38-PS-02 MUST | answers with the other side | sep38/present
S38-PS-03 MUST | an item: asset, price, decimals | sep38/wire
S38-PS-04 CHOICE | price when buying: of one unit bought | sep38/pricing
S38-PS-05 MUST | margin is inside | sep38/pricing, machines/domain/Rate
S38-PS-06 COMPAT | nothing to buy with cash: an empty list | sep38/pricing
S38-PS-07 MUST | methods and country are known or 400 | sep38/Market
S38-PS-08 CHOICE | no amount is 400 | sep38/parseRequest
S38-P-01 MUST | two assets and one amount | sep38/parseRequest
S38-P-02 MUST | context is needed and ours | sep38/parseRequest
S38-P-03 MUST | amounts, both prices and the fee | sep38/wire
S38-P-04 MUST | no delivery method is needed | sep38/Market
S38-P-05 COMPAT | a fee of 0 is legal, the validator wants more | sep38/pricing
S38-F-01 MUST | sell is total_price times buy | machines/domain/Price
S38-F-02 MUST | price leaves the fee out | machines/domain/Price
S38-F-03 MUST | price times buy is not sell | machines/domain/Price
S38-F-04 MUST | equal to the decimals of what is bought | machines/domain/Price
S38-F-05 CHOICE | amounts first, prices from them | machines/domain/Price | decision: and printed so that doubles agree too (ADR 0017)
S38-F-06 CHOICE | rounding favours us, by one unit at most | machines/domain/Price
S38-F-07 MUST | no more decimals than the asset has | machines/domain/Currency, sep38/Market
S38-F-08 MUST | the amount given is answered as given | machines/domain/Price
S38-F-09 CHOICE | nothing left to buy is 400 | sep38/pricing
S38-F-10 MUST | the worked example | machines/domain/Price
S38-F-11 MUST | the fee's details add up | sep38/askRates
S38-Q-01 MUST | like a price, firm: 201 | sep38/handlers, sep38/QuotesLayer
S38-Q-02 MUST | its members; methods only if asked | sep38/present
S38-Q-03 MUST | never both methods; one of several is needed | sep38/Market
S38-Q-04 CHOICE | null is absent | sep38/parseRequest
S38-Q-05 MUST | expires_at lies ahead, in UTC | sep38/QuotesLayer
S38-Q-06 MUST | expire_after: kept, or 400 | sep38/QuotesLayer | decision: a day at most, unless set otherwise (ADR 0018)
S38-Q-07 MUST | the amount is held until expiry or use | sep38/QuotesLayer, adapters/storage-mikro-orm/quoteStatements
S38-Q-08 SHOULD | for Sending Anchors, so many open | sep38/QuoteClients | decision: those who may send, so many each; or everybody, by setting (ADR 0018)
S38-Q-09 SEC | reading and using ask for the owner | sep38/QuotesLayer
S38-Q-10 SEC | used once, with its transaction | adapters/storage-mikro-orm/quoteStatements, adapters/storage-memory/births
S38-Q-11 CHOICE | ids cannot be guessed | sep38/QuotesLayer
S38-Q-12 MUST | the Stellar asset is sold | sep38/Market
S38-G-01 MUST | as it was answered, also when expired | sep38/present, sep38/QuotesLayer
S38-G-02 MUST | unknown, foreign, malformed: 404 | sep38/QuotesLayer
S38-G-03 MUST | the payment's ledger closes before expiry | machines/transaction/guards
S38-G-04 MUST | quotes in use are kept | adapters/storage-mikro-orm/quoteStatements
S38-G-05 CHOICE | no rates: 503, but quotes given hold | sep38/askRates
`

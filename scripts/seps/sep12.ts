// SEP-12, customers, and SEP-9, their fields. The columns are told in requirements.ts.
export const sep12 = `
S12-GEN-01 MUST | no token is 401 and names the scheme | sep10/Bearer, sep12/api
S12-GEN-02 MUST | multipart, form or JSON in; JSON out | sep12/submitted
S12-GEN-03 MUST | an error is one sentence | sep12/errors, http/Envelope
S12-GEN-04 COMPAT | the token is looked at before the body | sep12/handlers
S12-GEN-05 COMPAT | any account may register customers | sep12/identity
S12-ID-01 MUST | account, where sent, is the token's | sep12/identity
S12-ID-02 MUST | memo, where both say one, is the token's | sep12/identity
S12-ID-03 MUST | a plain token may name any memo | sep12/identity
S12-ID-04 MUST | a contract account takes no memo | sep12/identity
S12-ID-05 SHOULD | an account used with and without memos | sep12/identity | decision: allowed, as Sending Anchors do it
S12-ID-06 MUST | memo_type is read, id by default | sep12/identity
S12-ID-07 MUST | account, memo type and memo are the key | sep12/identity, ports/rows
S12-ID-08 CHOICE | one id; the status is a type's | sep12/Verdicts
S12-ID-09 MUST | an unknown or foreign id is 404 | sep12/identity
S12-ID-10 CHOICE | id and another customer's memo: 400 | sep12/identity
S12-ID-11 SEC | ownership by id is asked on every call | sep12/identity
S12-ID-12 SEC | and through a transaction too | sep12/subjects
S12-GET-01 MUST | the members of each status | sep12/wire, sep12/presented
S12-GET-02 MUST | nobody registered: what is wanted, without id | sep12/CustomersLayer
S12-GET-03 MUST | four statuses | sep12/wire, ports/KycProvider
S12-GET-04 MUST | ACCEPTED wants nothing more | sep12/askProvider
S12-GET-05 MUST | a field: type, description, choices, optional | sep12/wire
S12-GET-06 COMPAT | types for the validator keep to names it knows | cli/configFile
S12-GET-07 MUST | what is held, each with its status | sep12/presented
S12-GET-08 MUST | a rejected field may be sent again | sep12/contested
S12-GET-09 MUST | all accepted: the customer is | adapters/kyc-embedded/judge
S12-GET-10 MUST | transaction_id needs type; unknown type is 400 | sep12/asked
S12-GET-11 MUST | types may differ in status | sep12/Verdicts
S12-GET-12 MUST | an accepted customer may fall back | sep12/Verdicts, sep12/contested
S12-GET-13 CHOICE | an unknown transaction is 404 | sep12/subjects
S12-GET-14 SEC | values are never shown | sep12/presented
S12-GET-15 MUST | lang chooses the words | sep12/handlers
S12-PUT-01 MUST | 202 with the id | sep12/api
S12-PUT-02 MUST | the same again changes nothing | sep12/putCustomer
S12-PUT-03 MUST | what is not sent stays | adapters/kyc-embedded/EmbeddedKyc
S12-PUT-04 MUST | id alone names the customer | sep12/identity
S12-PUT-05 CHOICE | without values it still registers | sep12/CustomersLayer
S12-PUT-06 MUST | codes that verify a field | sep12/putCustomer, adapters/kyc-embedded/codes
S12-PUT-07 MUST | a value may be an uploaded file's id | sep12/putCustomer, sep12/customerFiles
S12-PUT-08 MUST | values are checked and named, not quoted | sep12/readFields, machines/domain/sep9Formats
S12-PUT-09 MUST | files among the parts, in any order | sep12/submitted
S12-PUT-10 CHOICE | nothing is kept that no type wants | sep12/readFields, adapters/kyc-embedded/EmbeddedKyc
S12-PUT-11 MUST | dotted names are flat; nested ones 400 | sep12/readFields
S12-PUT-12 MUST | transaction and type link the customer | sep12/putCustomer, sep12/subjects
S12-PUT-13 MUST | what waits is looked at again | sep12/putCustomer, sep12/tellWaiting
S12-PUT-14 SEC | new data does not redirect a payout | runtime/Destination, sep12/tellWaiting
S12-PUT-15 SEC | sizes are bounded: 413; so are files nobody refers to | sep12/submitted, sep12/customerFiles, http/Envelope
S12-PUT-16 CHOICE | REJECTED takes nothing new | adapters/kyc-embedded/EmbeddedKyc
S12-PUT-17 CHOICE | two at once make one | adapters/storage-mikro-orm/customerStatements
S12-VER-01 MUST | codes by the old door, answered as GET | sep12/putCustomer
S12-VER-02 MUST | the fields move on | adapters/kyc-embedded/codes
S12-DEL-01 MUST | the path's account is the caller's | sep12/handlers, sep12/identity
S12-DEL-02 MUST | memo in the body, or the token's | sep12/identity
S12-DEL-03 CHOICE | another's account is 404 | sep12/identity
S12-DEL-04 MUST | everything is erased | sep12/eraseCustomer
S12-DEL-05 CHOICE | with unfinished transactions too | sep12/eraseCustomer, sep12/ErasureSweeper
S12-DEL-06 CHOICE | without memo only the one without memo | sep12/identity
S12-CB-01 MUST | PUT names customer and url; 200 | sep12/CustomerCallbacks
S12-CB-02 MUST | a newer url replaces the older | sep12/CustomerCallbacks
S12-CB-03 MUST | each change of status is posted, unwrapped | sep12/CustomerCallbacks
S12-CB-04 MUST | ACCEPTED or REJECTED is the last word | sep12/CustomerCallbacks, adapters/storage-mikro-orm/customerCallbackStatements
S12-CB-05 MUST | signed and guarded as SEP-31's | callbacks/signature, http/outboundUrl
S12-CB-06 CHOICE | for the type last asked about | sep12/CustomerCallbacks
S12-FILE-01 MAY | files are offered | sep12/customerFiles
S12-FILE-02 MUST | an upload answers what it stored | sep12/customerFiles
S12-FILE-03 MUST | too large is 413 | sep12/customerFiles
S12-FILE-04 MUST | the list may be empty, never foreign | sep12/customerFiles
S12-FILE-05 MUST | files nobody names are thrown away | sep12/customerFiles, adapters/storage-mikro-orm/fileStatements
S12-FILE-06 SEC | a file is known by its bytes | machines/domain/sep9Formats, sep12/submitted
`

export const sep9 = `
S9-01 MUST | fields of a person, two names for one | machines/domain/Sep9
S9-02 MUST | fields of an account, also an organisation's | machines/domain/Sep9
S9-03 MUST | fields of an organisation | machines/domain/Sep9
S9-04 MUST | cards | machines/domain/Sep9 | decision: no card field is taken: card numbers stay out of the house
S9-05 MUST | forms of languages, countries, dates, phones | machines/domain/sep9Formats
S9-06 MUST | numbers as number or text | machines/domain/Sep9, sep12/readFields
S9-07 CHOICE | check digits of CLABE and CBU | machines/domain/sep9Formats
`

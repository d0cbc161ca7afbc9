/**
 * The shape of the file that `KEDGE_CONFIG` names: what is received, at which fee, from whom, and what is asked of customers.
 *
 * The committed JSON Schema and the page docs/reference/config.md are generated from this schema. Gotcha: amounts are
 * strings, because a JSON number passes through a float.
 */
import { Schema } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"
import { account, name, text } from "./fileValues.ts"
import { Currency, StellarToml } from "./stellarTomlFile.ts"

const languageCode = Schema.String.check(
  Schema.isPattern(/^[a-z]{2}$/u, { message: 'expected an ISO 639-1 language such as "es"' })
)

/** Text in one language, or by language. */
const described = (description: string) =>
  Schema.Union([
    text(description),
    Schema.Record(languageCode, text("The same in this language.")).check(
      Schema.isMinProperties(1, { message: "expected the text in at least one language" })
    )
  ]).annotate({ description })

const decimal = (description: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,7})?$/u, {
      message: 'expected a decimal amount as a string with at most 7 decimals, such as "100.25"'
    }),
    Schema.makeFilter((value) => parseAmount(value)._tag === "Success" || "more than Stellar can carry", {
      toJsonSchema: () => ({})
    })
  )

const fieldName = name(
  "Name of a field.",
  /^[A-Za-z0-9_.-]{1,64}$/u,
  "a field name of letters, digits, _ . -"
)
const typeName = (description: string) =>
  name(description, /^[A-Za-z0-9_-]{1,64}$/u, "a type name of letters, digits, _ -")
const methodName = (description: string) =>
  name(description, /^[A-Za-z0-9_. -]{1,64}$/u, "a name of letters, digits, spaces, _ . -")

const Field = Schema.Struct({
  description: described("What the Sending Anchor reads about the field; by language, if in several."),
  choices: Schema.optionalKey(
    Schema.Array(text("One value that is accepted.")).annotate({ description: "The only values accepted." })
  ),
  optional: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "May be left out. Without it, false." })
  )
})

const CustomerField = Schema.Struct({
  ...Field.fields,
  fromAmount: Schema.optionalKey(
    decimal(
      "Wanted only for transactions of at least this amount, in the asset received. Without it, always."
    )
  ),
  verify: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Accepted only once the customer has repeated a code that the hook `sendCode` sent to it. Without it, false."
    })
  )
})

const Fee = Schema.Struct({
  fixed: Schema.optionalKey(decimal("In the asset. Without it, 0.")),
  percent: Schema.optionalKey(decimal("Percentage points: 1 is 1 %. Without it, 0."))
})

const seconds = (description: string) =>
  Schema.Finite.annotate({ description }).check(Schema.isBetween({ minimum: 0.05, maximum: 31_536_000 }))

const Asset = Schema.Struct({
  code: name("Asset code, or `native` for lumens.", /^[A-Za-z0-9]{1,12}$/u, "1 to 12 letters and digits"),
  issuer: Schema.optionalKey(account("The issuer; left out only for `native`.")),
  account: account("The receiving account: where Sending Anchors pay this asset."),
  minimum: Schema.optionalKey(decimal("The least that is taken, inclusive. Without it, no limit.")),
  maximum: Schema.optionalKey(decimal("The most that is taken, inclusive. Without it, no limit.")),
  fee: Schema.optionalKey(
    Fee.annotate({ description: "What is kept of the amount received. Without it, nothing." })
  ),
  fundingMethods: Schema.Array(methodName("Name of a method."))
    .annotate({
      description: "How the Receiving Client can be paid: SEP-31 `funding_methods`."
    })
    .check(
      Schema.isMinLength(1, { message: "expected at least one funding method" }),
      Schema.isUnique({ message: "expected each funding method once" })
    ),
  fields: Schema.optionalKey(
    Schema.Record(fieldName, Field).annotate({
      description: "SEP-31 `fields.transaction`: asked for with each transaction."
    })
  ),
  senderTypes: Schema.optionalKey(
    Schema.Array(typeName("Name in `customerTypes`.")).annotate({
      description: "SEP-12 types of the Sending Client, the usual one first. Without it, no KYC of that side."
    })
  ),
  receiverTypes: Schema.optionalKey(
    Schema.Array(typeName("Name in `customerTypes`.")).annotate({
      description:
        "SEP-12 types of the Receiving Client, the usual one first. Without it, no KYC of that side."
    })
  ),
  rails: Schema.optionalKey(
    Schema.Record(methodName("A funding method."), methodName("Name of a rail.")).annotate({
      description: "Which rail serves which funding method. A method not named goes to the only rail."
    })
  ),
  currency: Schema.optionalKey(
    Currency.annotate({
      description: "What stellar.toml says of it in [[CURRENCIES]], in SEP-1's spelling."
    })
  ),
  quotes: Schema.optionalKey(
    Schema.Literals(["off", "supported", "required"]).annotate({
      description:
        "Whether a firm quote may be redeemed for it, or must: `off`, `supported` or `required`. Needs a pair in `quotes`. Without it, off."
    })
  ),
  mismatch: Schema.optionalKey(
    Schema.Struct({
      over: Schema.optionalKey(
        Schema.Literals(["deliver", "refundExcess", "refundAll"]).annotate({
          description:
            "More than announced: `refundExcess` delivers what was announced and returns the rest, `refundAll` returns all, `deliver` delivers all of it. Without it, refundExcess. With `deliver`, requirements that go by the amount and limits of your own hook are not asked again for the greater amount."
        })
      ),
      under: Schema.optionalKey(
        Schema.Literals(["deliver", "refundAll"]).annotate({
          description: "Less than announced: `deliver` it, or `refundAll`. Without it, deliver."
        })
      )
    }).annotate({
      description:
        "What is done with a payment of another amount than announced that is within the limits. With a firm quote, all of it is returned whatever stands here."
    })
  ),
  lifetime: Schema.optionalKey(
    seconds(
      "How long a transaction without a quote waits for its payment. Without it, KEDGE_TRANSACTION_LIFETIME_SECONDS."
    )
  ),
  payoutSeconds: Schema.optionalKey(
    Schema.Record(
      methodName("A funding method."),
      seconds("How long a payout by it usually takes.")
    ).annotate({
      description: "Shown as `status_eta` while a payout is under way. Without it, nothing is said."
    })
  ),
  fieldMapping: Schema.optionalKey(
    Schema.Record(fieldName, fieldName).annotate({
      description:
        "Name in `fields` to the SEP-9 name of the Receiving Client under which the rail reads it: `receiver_account_number` to `bank_account_number`."
    })
  )
})

const DeliveryMethod = Schema.Struct({
  name: methodName("Its name: a funding method of the assets that are exchanged for this one."),
  description: described("What the Sending Anchor reads about it; by language, if in several.")
})

const deliveryMethods = (description: string) =>
  Schema.Array(DeliveryMethod)
    .annotate({ description })
    .check(
      Schema.makeFilter(
        (methods) =>
          new Set(methods.map((method) => method.name)).size === methods.length ||
          "expected each delivery method once",
        { toJsonSchema: () => ({}) }
      )
    )

const OffChainAsset = Schema.Struct({
  asset: name("`iso4217:` and the currency's code.", /^iso4217:[A-Z]{3}$/u, 'an asset such as "iso4217:BRL"'),
  decimals: Schema.optionalKey(
    Schema.Int.annotate({
      description: "Decimals of its amounts, 0 to 7. Without it, those of ISO 4217: 2 for most."
    }).check(Schema.isBetween({ minimum: 0, maximum: 7 }, { message: "expected 0 to 7 decimals" }))
  ),
  countryCodes: Schema.optionalKey(
    Schema.Array(
      name("ISO 3166-1 alpha-2, or ISO 3166-2.", /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/u, "a code such as BR or US-CA")
    )
      .annotate({ description: "Where it is delivered. Without it, nothing is said of that." })
      .check(Schema.isUnique({ message: "expected each country code once" }))
  ),
  buyDeliveryMethods: deliveryMethods("How it can be delivered to a Receiving Client.").check(
    Schema.isMinLength(1, { message: "expected at least one delivery method" })
  ),
  sellDeliveryMethods: Schema.optionalKey(
    deliveryMethods("How it could be handed in; shown in SEP-38's `/info`. Without it, none.")
  ),
  capacity: Schema.optionalKey(
    decimal(
      "The most of it that firm quotes may promise together, until they expire unpaid or are delivered. Without it, no limit."
    )
  )
})

const Pair = Schema.Struct({
  sell: name(
    "What is sold: `stellar:` with code and issuer, of an asset that is received.",
    /^stellar:(native|[A-Za-z0-9]{1,12}:G[A-Z2-7]{55})$/u,
    'a Stellar asset such as "stellar:USDC:G…" or "stellar:native"'
  ),
  buy: name("What is bought: one of `offChain`.", /^iso4217:[A-Z]{3}$/u, 'an asset such as "iso4217:BRL"'),
  rate: Schema.optionalKey(
    name(
      "Units bought for one unit sold. Without it, the rates come from the integration or KEDGE_RATES.",
      /^(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$/u,
      'a decimal as a string, such as "5.42"'
    )
  ),
  spread: Schema.optionalKey(
    decimal("Percentage points of `rate` that are kept: with 0.5, a rate of 100 becomes 99.5. Without it, 0.")
  ),
  fee: Schema.optionalKey(
    Schema.Struct({
      fixed: Schema.optionalKey(decimal("In the asset of the fee. Without it, 0.")),
      percent: Schema.optionalKey(decimal("Percentage points of the amount. Without it, 0.")),
      in: Schema.optionalKey(
        Schema.Literals(["sell", "buy"]).annotate({
          description: "The asset of the fee: the one sold or the one bought. Without it, sell."
        })
      )
    }).annotate({ description: "What is kept beside the spread, shown as `fee`. Without it, nothing." })
  )
})

const Quotes = Schema.Struct({
  offChain: Schema.Array(OffChainAsset)
    .annotate({ description: "What is delivered off the network. Each asset once." })
    .check(Schema.isMinLength(1, { message: "expected at least one off-chain asset" })),
  pairs: Schema.Array(Pair)
    .annotate({ description: "What is exchanged for what. Each pair once." })
    .check(Schema.isMinLength(1, { message: "expected at least one pair" })),
  openMax: Schema.optionalKey(
    Schema.Int.annotate({
      description: "Firm quotes one account may have open at once, 1 to 100000. Without it, 100."
    }).check(Schema.isBetween({ minimum: 1, maximum: 100_000 }, { message: "expected 1 to 100000" }))
  ),
  clients: Schema.optionalKey(
    Schema.Literals(["sending-anchors", "authenticated"]).annotate({
      description:
        "Who is given firm quotes: `sending-anchors`, or `authenticated` for everyone with a token. Without it, sending-anchors."
    })
  )
})

const CustomerType = Schema.Struct({
  description: described("What the type is for, as shown in `/info`; by language, if in several."),
  fields: Schema.Record(fieldName, CustomerField).annotate({
    description: "SEP-9 fields the embedded KYC store wants."
  })
})

const SendingAnchor = Schema.Struct({
  account: account("The account it signs in with."),
  name: text("Its name in logs and lists.", 100),
  profile: Schema.optionalKey(
    Schema.Literals(["v1", "v2", "v3"]).annotate({
      description:
        "The generation of SEP-31 it speaks. `v1` and `v2` register customers first and are told at once what is missing; `v3` may post first. Without it, v3."
    })
  ),
  endsInError: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "With profile `v1`: show `expired` and `refunded` as `error`, for a client that knows neither. Without it, false."
    })
  ),
  callbackTimeout: Schema.optionalKey(
    seconds("Its callbacks are sent again after so long without an answer. Without it, as for all.")
  ),
  callbackGiveUp: Schema.optionalKey(
    seconds("Its callbacks are given up after so long without success. Without it, as for all.")
  )
})

const organizationKey = name(
  "A name of SEP-1's [DOCUMENTATION], such as ORG_NAME.",
  /^ORG_[A-Z_]{1,60}$/u,
  "a name of SEP-1's [DOCUMENTATION], such as ORG_NAME"
)

export const ConfigFile = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String.annotate({ description: "For editors; not read." })),
  organization: Schema.optionalKey(
    Schema.Record(organizationKey, text("Its value.")).annotate({
      description: "[DOCUMENTATION] of stellar.toml."
    })
  ),
  stellarToml: Schema.optionalKey(
    StellarToml.annotate({
      description:
        "What else stellar.toml says, in SEP-1's spelling. What Kedge derives itself cannot be given here."
    })
  ),
  assets: Schema.Array(Asset)
    .annotate({ description: "What is received. Each asset code once." })
    .check(Schema.isMinLength(1, { message: "expected at least one asset" })),
  customerTypes: Schema.optionalKey(
    Schema.Record(typeName("Name of a type."), CustomerType).annotate({
      description: "The SEP-12 types, by name."
    })
  ),
  sendingAnchors: Schema.optionalKey(
    Schema.Array(SendingAnchor).annotate({
      description: "Who may send, besides those in KEDGE_SENDING_ANCHORS."
    })
  ),
  quotes: Schema.optionalKey(
    Quotes.annotate({
      description: "SEP-38: what is exchanged for what, and at which rate. Without it, no quotes."
    })
  )
}).annotate({ description: "What Kedge receives, at which fee, from whom, and what it asks of customers." })

export type ConfigFile = typeof ConfigFile.Type

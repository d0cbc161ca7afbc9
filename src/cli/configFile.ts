/**
 * The shape of the file that `KEDGE_CONFIG` names: what is received, at which fee, from whom, and what is asked of customers.
 *
 * The committed JSON Schema and the page docs/reference/config.md are generated from this schema. Gotcha: amounts are
 * strings, because a JSON number passes through a float.
 */
import { Schema } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"

const isText = (max: number) =>
  Schema.isPattern(new RegExp(`^[^\\u0000-\\u001f]{1,${max}}$`, "u"), {
    message: `expected text of 1 to ${max} characters on one line`
  })

const text = (description: string, max = 300) => Schema.String.annotate({ description }).check(isText(max))

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

const account = (description: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(/^G[A-Z2-7]{55}$/u, { message: "expected a Stellar account, G and 55 more characters" })
  )

const decimal = (description: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,7})?$/u, {
      message: 'expected a decimal amount as a string with at most 7 decimals, such as "100.25"'
    }),
    Schema.makeFilter((value) => parseAmount(value)._tag === "Success" || "more than Stellar can carry", {
      toJsonSchema: () => ({})
    })
  )

const name = (description: string, pattern: RegExp, expected: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(pattern, { message: `expected ${expected}` })
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

const Fee = Schema.Struct({
  fixed: Schema.optionalKey(decimal("In the asset. Without it, 0.")),
  percent: Schema.optionalKey(decimal("Percentage points: 1 is 1 %. Without it, 0."))
})

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
  )
})

const CustomerType = Schema.Struct({
  description: described("What the type is for, as shown in `/info`; by language, if in several."),
  fields: Schema.Record(fieldName, Field).annotate({
    description: "SEP-9 fields the embedded KYC store wants."
  })
})

const SendingAnchor = Schema.Struct({
  account: account("The account it signs in with."),
  name: text("Its name in logs and lists.", 100)
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
  )
}).annotate({ description: "What Kedge receives, at which fee, from whom, and what it asks of customers." })

export type ConfigFile = typeof ConfigFile.Type

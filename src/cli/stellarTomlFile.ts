/**
 * What the configuration file may add to stellar.toml: tables in SEP-1's own spelling, so that whoever writes them reads SEP-1
 * and not a translation of it.
 *
 * Gotcha: the lists are closed. What Kedge derives from the other settings (SIGNING_KEY, the services, `code`, `issuer`) is
 * not among them, so no addition can contradict what is really served.
 */
import { Schema } from "effect"
import { account, name, text } from "./fileValues.ts"

const optional = Schema.optionalKey

const url = (description: string) =>
  name(description, /^https:\/\/[^\s"\\<>]{1,280}$/u, "an https URL, such as https://example.org/file")

const accounts = (description: string) => Schema.Array(account("An account.")).annotate({ description })

const count = (description: string) =>
  Schema.Int.annotate({ description }).check(
    Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, { message: "expected a whole number" })
  )

const sha256 = (description: string) =>
  name(description, /^[0-9a-fA-F]{64}$/u, "the SHA-256 hash of a file in 64 hexadecimal digits")

const descriptive = {
  status: optional(
    Schema.Literals(["live", "dead", "test", "private"]).annotate({
      description: "Without it, `live` on the public network and `test` elsewhere."
    })
  ),
  display_decimals: optional(
    Schema.Int.annotate({ description: "Decimals that wallets show, 0 to 7." }).check(
      Schema.isBetween({ minimum: 0, maximum: 7 }, { message: "expected 0 to 7 decimals" })
    )
  ),
  name: optional(text("A short name, 20 characters at most.", 20)),
  desc: optional(text("What it is and what it stands for.", 2000)),
  conditions: optional(text("Conditions on it.", 2000)),
  image: optional(url("A PNG image of it.")),
  fixed_number: optional(count("How many there are, if there will never be another.")),
  max_number: optional(count("How many there will ever be at most.")),
  is_unlimited: optional(
    Schema.Boolean.annotate({
      description: "Whether the issuer may make more. Without any of the three, true; false for lumens."
    })
  ),
  is_asset_anchored: optional(
    Schema.Boolean.annotate({ description: "Whether it can be redeemed for something. Without it, true." })
  ),
  anchor_asset_type: optional(
    Schema.Literals(["fiat", "crypto", "nft", "stock", "bond", "commodity", "realestate", "other"]).annotate({
      description: "What it is redeemed for. Without it, fiat."
    })
  ),
  anchor_asset: optional(text("What one unit is redeemed for, such as USD.", 60)),
  attestation_of_reserve: optional(url("A proof that what it stands for is there.")),
  redemption_instructions: optional(text("How to redeem it.", 2000)),
  collateral_addresses: optional(
    Schema.Array(text("An address.", 200)).annotate({ description: "Where crypto collateral lies." })
  ),
  collateral_address_messages: optional(
    Schema.Array(text("A message.", 500)).annotate({ description: "What each collateral address signed." })
  ),
  collateral_address_signatures: optional(
    Schema.Array(text("A signature.", 500)).annotate({ description: "The signatures of these messages." })
  ),
  regulated: optional(Schema.Boolean.annotate({ description: "Whether it is a SEP-8 regulated asset." })),
  approval_server: optional(url("SEP-8: where transactions are approved.")),
  approval_criteria: optional(text("SEP-8: what is approved.", 2000))
}

/** [[CURRENCIES]] of an asset that is received, beside `code` and `issuer`. */
export const Currency = Schema.Struct({
  ...descriptive,
  toml: optional(url("A TOML file of the issuer's that says all of this; then nothing else is given here."))
})

/** [[CURRENCIES]] of an asset that Kedge does not receive. */
const OtherCurrency = Schema.Struct({
  ...descriptive,
  code: optional(name("Asset code.", /^[A-Za-z0-9]{1,12}$/u, "1 to 12 letters and digits")),
  code_template: optional(text("A pattern of codes, `?` for each character that varies.", 12)),
  issuer: optional(account("The issuer.")),
  contract: optional(name("The contract of a SEP-41 token.", /^C[A-Z2-7]{55}$/u, "a contract (C…)")),
  toml: optional(url("A TOML file that says all of this; then nothing else is given here."))
})

const handle = (description: string) => text(description, 100)

const Principal = Schema.Struct({
  name: text("Full legal name.", 200),
  email: optional(handle("Business email address.")),
  keybase: optional(handle("Keybase account.")),
  telegram: optional(handle("Telegram account.")),
  twitter: optional(handle("Twitter account.")),
  github: optional(handle("GitHub account.")),
  id_photo_hash: optional(sha256("SHA-256 of a photo of an identity document.")),
  verification_photo_hash: optional(sha256("SHA-256 of a verification photo."))
})

const Validator = Schema.Struct({
  ALIAS: optional(name("Name of the node.", /^[a-z0-9-]{2,16}$/u, "2 to 16 of a to z, 0 to 9 and -")),
  DISPLAY_NAME: optional(text("Its name for people.", 200)),
  PUBLIC_KEY: optional(account("Its account.")),
  HOST: optional(text("Its host and port.", 260)),
  HISTORY: optional(url("Where its history archive is."))
})

export const StellarToml = Schema.Struct({
  FEDERATION_SERVER: optional(url("SEP-2.")),
  TRANSFER_SERVER: optional(url("SEP-6.")),
  TRANSFER_SERVER_SEP0024: optional(url("SEP-24.")),
  HORIZON_URL: optional(url("A Horizon that you offer to the public.")),
  URI_REQUEST_SIGNING_KEY: optional(account("SEP-7: signs requests.")),
  ACCOUNTS: optional(accounts("Accounts you control, beside the receiving accounts.")),
  PRINCIPALS: optional(
    Schema.Array(Principal).annotate({ description: "[[PRINCIPALS]]: the people behind the organization." })
  ),
  CURRENCIES: optional(
    Schema.Array(OtherCurrency).annotate({ description: "[[CURRENCIES]] that Kedge does not receive." })
  ),
  VALIDATORS: optional(
    Schema.Array(Validator).annotate({ description: "[[VALIDATORS]]: Stellar nodes you run." })
  )
})
export type StellarToml = typeof StellarToml.Type

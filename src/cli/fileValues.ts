/** Single values of the configuration file, each with what it is for and what would be right. */
import { Schema } from "effect"

const isText = (max: number) =>
  Schema.isPattern(new RegExp(`^[^\\u0000-\\u001f]{1,${max}}$`, "u"), {
    message: `expected text of 1 to ${max} characters on one line`
  })

export const text = (description: string, max = 300) =>
  Schema.String.annotate({ description }).check(isText(max))

export const account = (description: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(/^G[A-Z2-7]{55}$/u, { message: "expected a Stellar account, G and 55 more characters" })
  )

/** Text of a form of its own. */
export const name = (description: string, pattern: RegExp, expected: string) =>
  Schema.String.annotate({ description }).check(
    Schema.isPattern(pattern, { message: `expected ${expected}` })
  )

// How does the rail behave towards a receiver? By the last four digits of the account number, as card networks let
// a merchant test. Gotcha: 0003 asks for the customer's data, so it counts only where the number is the customer's.

export type Behaviour =
  | "delivers"
  | "delivers_later"
  | "wants_account_number"
  | "wants_customer_data"
  | "rejects"
  | "unavailable_twice"
  | "loses_reply"
  | "hangs"
  | "fails"
  | "refuses_part"
  | "loses_reply_and_memory"

const byDigits = new Map<string, Behaviour>([
  ["0001", "delivers_later"],
  ["0002", "wants_account_number"],
  ["0003", "wants_customer_data"],
  ["0004", "rejects"],
  ["0005", "unavailable_twice"],
  ["0006", "loses_reply"],
  ["0007", "hangs"],
  ["0008", "fails"],
  ["0009", "refuses_part"],
  ["0010", "loses_reply_and_memory"]
])

/** The number given with the transaction wins over the customer's own; none at all is as any other number. */
export const behaviourFor = (numbers: {
  readonly customerAccountNumber: string | null
  readonly transactionAccountNumber: string | null
}): Behaviour => {
  const number = numbers.transactionAccountNumber ?? numbers.customerAccountNumber ?? ""
  const behaviour = byDigits.get(number.slice(-4)) ?? "delivers"
  return behaviour === "wants_customer_data" && numbers.transactionAccountNumber !== null
    ? "delivers"
    : behaviour
}

// What form does a JSON value have: which members, and what kind of text in each? Two answers of the same form can be
// read by the same client. Gotcha: an array's form is that of its elements laid over one another.

export type Shape = string | ReadonlyArray<Shape> | { readonly [member: string]: Shape }

const kinds: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ["amount", /^\d+\.\d{7}$/],
  ["digits", /^\d+$/],
  ["time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  ["hex", /^[0-9a-f]{64,}$/],
  ["account", /^G[A-Z2-7]{55}$/],
  ["muxed account", /^M[A-Z2-7]{68}$/],
  ["link", /^https?:\/\//],
  ["base64", /^(?=.{8})(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/]
]

const isArray = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const overlay = (one: Shape, other: Shape): Shape => {
  if (typeof one === "string" || typeof other === "string") return one === other ? one : "any"
  if (isArray(one) || isArray(other)) return one
  const members = { ...one }
  for (const [member, shape] of Object.entries(other)) {
    const known = members[member]
    members[member] = known === undefined ? shape : overlay(known, shape)
  }
  return members
}

export const shapeOf = (value: unknown): Shape => {
  if (value === null) return "null"
  if (typeof value === "string") return kinds.find(([, pattern]) => pattern.test(value))?.[0] ?? "text"
  if (isArray(value)) {
    const [first, ...rest] = value.map(shapeOf)
    return first === undefined ? [] : [rest.reduce(overlay, first)]
  }
  if (typeof value !== "object") return typeof value
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, shapeOf(inner)]))
}

// Time, randomness and concurrency come from Effect and the ports, or the simulator cannot replay a run from its
// seed. This test bans the other ways to them outside the places that touch the world.
// Gotcha: it judges the syntax tree, so that a ban does not reach into comments and strings, and an
// `Effect.promise` given an arrow function is fine while an `async` one is not.
import { describe, expect, it } from "vitest"
import { allSources, childrenOf, lineOf, type Node, parse, type Source, textOf } from "./Source.ts"

/** Where the outside world is touched, or where nothing ships. */
const exempt = [
  /^adapters\//,
  /^src\/main\.ts$/,
  /^test\//,
  /^bench\//,
  /^scripts\//,
  /^docs\//,
  /^[^/]+\.config\.ts$/
]

const timers = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "requestAnimationFrame"
])
const randomness = new Set(["randomUUID", "randomBytes", "randomInt", "getRandomValues"])

/** Ways to the world that the pure room lacks besides; elsewhere they are merely unusual. */
const impure = new Set(["console", "process", "fetch", "globalThis", "crypto", "performance", "Date"])

const useClock = "take the time from Effect's Clock or the storage's clock"
const useEntropy = "take randomness from the Entropy port"
const useEffect = "let Effect run it: the simulator cannot see a bare promise"

const complaintOf = (node: Node): string | undefined => {
  if (node["async"] === true) return `async function; ${useEffect}`
  switch (node.type) {
    case "AwaitExpression":
      return `await; ${useEffect}`
    case "ForOfStatement":
      return node["await"] === true ? `for await; ${useEffect}` : undefined
    case "NewExpression": {
      const made = textOf(node["callee"])
      if (made === "Date") return `new Date; ${useClock}`
      return made === "Promise" ? `new Promise; ${useEffect}` : undefined
    }
    case "CallExpression": {
      const callee = node["callee"] as Node
      if (textOf(callee) === "Date") return `Date(); ${useClock}`
      return callee.type === "MemberExpression" && textOf(callee["property"]) === "then"
        ? `.then(); ${useEffect}`
        : undefined
    }
    case "MemberExpression": {
      const [owner, member] = [textOf(node["object"]) ?? "", textOf(node["property"]) ?? ""]
      if (`${owner}.${member}` === "Date.now" || `${owner}.${member}` === "performance.now") {
        return `${owner}.${member}; ${useClock}`
      }
      if (`${owner}.${member}` === "Math.random") return `Math.random; ${useEntropy}`
      return owner === "Promise" ? `Promise.${member}; ${useEffect}` : undefined
    }
    case "Identifier": {
      const name = textOf(node) ?? ""
      if (timers.has(name)) return `${name}; use Effect.sleep or a Schedule`
      return randomness.has(name) ? `${name}; ${useEntropy}` : undefined
    }
    default:
      return undefined
  }
}

/** Types, and names that are only labels (a key, a member's name), are not uses of a global. */
const isLabel = (parent: Node | undefined, node: Node): boolean =>
  parent !== undefined &&
  ((parent.type === "Property" && parent["key"] === node && parent["shorthand"] !== true) ||
    (parent.type === "MemberExpression" && parent["property"] === node && parent["computed"] !== true))

const purityComplaintOf = (node: Node, parent: Node | undefined): string | undefined => {
  const name = textOf(node) ?? ""
  return node.type === "Identifier" && impure.has(name) && !isLabel(parent, node)
    ? `${name}; a machine reaches nothing outside itself`
    : undefined
}

const isTypeOnly = (node: Node) => /^TS(Type|Interface|.*Type$|.*Keyword$)/.test(node.type)

const violations = (source: Source): ReadonlyArray<string> => {
  if (exempt.some((place) => place.test(source.path))) return []
  // A set, because a shorthand property and an import without `as` hold the same identifier twice.
  const found = new Set<string>()
  const visit = (node: Node, parent: Node | undefined): void => {
    if (isTypeOnly(node)) return
    const complaint =
      complaintOf(node) ?? (source.path.startsWith("machines/") ? purityComplaintOf(node, parent) : undefined)
    if (complaint !== undefined) found.add(`${source.path}:${lineOf(source.text, node.start)} ${complaint}`)
    else for (const child of childrenOf(node)) visit(child, node)
  }
  visit(source.program, undefined)
  return [...found]
}

describe("tidy determinism", () => {
  it("nothing outside the adapters reaches for time, randomness, timers or promises of its own", () => {
    expect(allSources().flatMap(violations)).toEqual([])
  })
})

describe("tidy determinism: the rule catches", () => {
  const forbidden = [
    "Date.now()",
    "new Date()",
    "const read = Date.now",
    "Math.random()",
    "performance.now()",
    "globalThis.setTimeout(f, 1)",
    "setTimeout(f, 1)",
    "setInterval(f, 1)",
    "setImmediate(f)",
    "queueMicrotask(f)",
    "crypto.randomUUID()",
    "crypto.getRandomValues(new Uint8Array(4))",
    `import { randomBytes } from "x"`,
    "export const f = async () => 1",
    "async function f() {}",
    "const o = { async m() {} }",
    "await f()",
    "new Promise((resolve) => resolve(1))",
    "Promise.all([])",
    "f().then(g)"
  ]
  for (const text of forbidden) {
    it(`${text} in src`, () => {
      expect(violations(parse("src/payouts/x.ts", text))).toHaveLength(1)
    })
  }

  const pure = ["console.log(1)", "process.env", "globalThis.x = 1", "const d = Date", `const o = { fetch }`]
  for (const text of pure) {
    it(`${text} in machines, but not in src`, () => {
      expect(violations(parse("machines/payout/machine.ts", text))).toHaveLength(1)
      expect(violations(parse("src/payouts/x.ts", text))).toEqual([])
    })
  }

  const allowed = [
    "// Date.now() is banned here, and so is new Date()",
    `const message = "await setTimeout"`,
    "Effect.promise(() => key.sign(bytes))",
    "const f = (x: Promise<Date>): Date => now(x)",
    "Effect.sleep(10)",
    "const row = { process: 1, then: 2 }",
    "row.process"
  ]
  for (const text of allowed) {
    it(`nothing in machines in: ${text}`, () => {
      expect(violations(parse("machines/payout/machine.ts", text))).toEqual([])
    })
  }

  it("nothing in an adapter", () => {
    expect(violations(parse("adapters/sandbox/x.ts", forbidden[0] ?? ""))).toEqual([])
  })
})

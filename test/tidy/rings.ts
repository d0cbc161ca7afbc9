// Who may import whom, as data: the house of the design, floor by floor, and which library is at home where.
// Adding a line here is a review conversation. A room stands above all that it imports; no arrow runs up.
// Gotcha: a file that stands in no room, and a package that is in no line, are violations too: what nobody
// thought about is not allowed.
import { type Import, type Source, target } from "./Source.ts"

/** Room → floor. A room is a folder, or a single file of that name; the longest match wins. */
export const floors: Readonly<Record<string, number>> = {
  "src/main": 7,
  "src/app": 7,
  "src/cli": 7,
  "src/Kedge": 6,
  "src/index": 6,
  "src/sep31": 5,
  "src/sep12": 4,
  "src/sep38": 4,
  "src/operator": 4,
  "src/client": 4,
  "src/console": 4,
  "src/watcher": 4,
  "src/payouts": 4,
  "src/refunds": 4,
  "src/runtime": 3,
  "src/callbacks": 3,
  "src/sep10": 3,
  "src/ports": 2,
  "src/sep1": 2,
  "src/testing": 2,
  "src/stellar": 2,
  "src/KedgeConfig": 2,
  machines: 1,
  "src/http": 1,
  "src/telemetry": 1
}

/** Arrows between rooms of one floor. Everything else on one floor is strangers to each other. */
export const sameFloor: Readonly<Record<string, ReadonlyArray<string>>> = {
  "src/main": ["src/app", "src/cli"],
  "src/app": ["src/cli"],
  "src/index": ["src/Kedge"],
  // The contracts are written in the words of the ports, and its layers configure and sign.
  "src/testing": ["src/ports", "src/KedgeConfig", "src/stellar"],
  "src/sep1": ["src/KedgeConfig"],
  // The envelope counts what it answers, in the one file of metrics, and says it in the pure room's sentences.
  "src/http": ["src/telemetry", "machines"],
  // The configuration says which rail serves which asset, in the words of the rail's port.
  "src/KedgeConfig": ["src/ports"]
}

/** What an adapter may import of src, beside machines and itself. */
export const openToAdapters = [
  "machines",
  "src/ports",
  "src/KedgeConfig",
  "src/testing",
  "src/stellar",
  "src/telemetry",
  "src/http"
]

/** One adapter's private arrows. */
export const adapterExtras: Readonly<Record<string, ReadonlyArray<string>>> = {
  // The sandbox's Sending Anchor is a client of ours like any other.
  "adapters/sandbox": ["src/client"]
}

/** Contracts, generators and faulty layers: for tests, for `doctor`, for adapters that ship with one. */
const testingMayServe = ["src/app", "src/cli", "src/testing"]

const adapters = "adapters/*"
const api = ["src/sep1", "src/sep10", "src/sep12", "src/sep31", "src/sep38", "src/operator", "src/console"]

/** Library → the rooms that may name it. `pkg/*` stands for every path below; tests and benches may name all. */
export const libraries: Readonly<Record<string, ReadonlyArray<string>>> = {
  effect: ["machines", "src", adapters],
  "effect/http": [
    ...api,
    "src/http",
    "src/client",
    "src/telemetry",
    "src/Kedge",
    "src/app",
    "src/cli",
    adapters
  ],
  "effect/http-api": [...api, "src/http", "src/client", "src/Kedge", "src/app", adapters],
  "effect/encoding": [
    "src/http",
    "src/console",
    "src/client",
    "src/operator",
    "src/sep10",
    "src/sep12",
    adapters
  ],
  "effect/schema": ["src/runtime", "src/http", "src/app"],
  "effect/persistence": ["src/http", "src/payouts", adapters],
  "effect/observability": ["src/telemetry", "src/app"],
  "effect/cli": ["src/cli", "src/app"],
  "effect/testing": ["src/testing"],
  "@effect/platform-node": ["src/app", adapters],
  "@effect/vitest": [],
  "node:*": ["src/main", "src/app", adapters],
  xstate: ["machines/*/machine", "src/runtime"],
  "@xstate/graph": [],
  "@stellar/stellar-sdk": [
    "src/stellar",
    "adapters/stellar-*",
    "adapters/signer-local",
    "adapters/refund-signer-local",
    "adapters/sandbox"
  ],
  "@mikro-orm/*": ["adapters/storage-mikro-orm"],
  "mikro-orm": ["adapters/storage-mikro-orm"],
  pg: ["adapters/storage-mikro-orm"],
  jose: ["src/sep10", "src/operator"],
  "fast-check": ["src/testing"],
  vitest: [],
  tsdown: []
}

/** Effect's modules without clock, randomness, fiber or service: all that the pure room may know of it. */
export const dataModules = new Set(
  `Array BigDecimal BigInt Boolean Brand Chunk Data DateTime Duration Encoding Equal Equivalence Function Hash
   HashMap HashSet Iterable Match Number Option Order Ordering Predicate Record Result Schema SchemaGetter
   SchemaIssue SchemaTransformation String Struct Tuple absurd flow identity pipe`.split(/\s+/)
)

const matches = (pattern: string, path: string): boolean => {
  const stem = path.replace(/\.ts$/, "")
  const source = pattern.replaceAll(/[.+]/g, "\\$&").replaceAll("*", "[^/]*")
  return new RegExp(`^${source}(/|$)`).test(stem)
}

/** The room a file stands in: a key of `floors`, `adapters/<name>`, `test`, `bench`, `scripts`, or undefined. */
export const roomOf = (path: string): string | undefined => {
  const [top = "", second = ""] = path.split("/")
  if (top === "adapters" && second !== "" && !second.endsWith(".ts")) return `adapters/${second}`
  if (top === "test" || top === "bench" || top === "scripts" || top === "docs") return top
  if (/^[^/]+\.config\.ts$/.test(path)) return "scripts"
  const found = Object.keys(floors).filter((room) => matches(room, path))
  return found.sort((a, b) => b.length - a.length)[0]
}

const outside = new Set(["test", "bench", "scripts", "docs"])

const mayEnter = (from: string, to: string): string | undefined => {
  if (from === to || outside.has(from)) return undefined
  if (outside.has(to)) return "what ships imports nothing that does not"
  if (to.startsWith("adapters/")) {
    if (from === "src/app") return undefined
    return from.startsWith("adapters/") ? "an adapter knows no other adapter" : "src/app alone knows adapters"
  }
  if (from.startsWith("adapters/")) {
    const open = [...openToAdapters, ...(adapterExtras[from] ?? [])]
    return open.includes(to) ? undefined : `it may import ${open.join(", ")} and itself`
  }
  if (to === "src/testing" && !testingMayServe.includes(from))
    return "nothing that serves customers stands on src/testing"
  const [above = 0, below = 0] = [floors[from], floors[to]]
  if (above > below || sameFloor[from]?.includes(to)) return undefined
  return above === below ? "two rooms of one floor are strangers" : `floor ${above} is below floor ${below}`
}

const libraryOf = (specifier: string): string => {
  if (specifier.startsWith("node:")) return "node:*"
  if (specifier.startsWith("@mikro-orm/")) return "@mikro-orm/*"
  if (/^effect\/[A-Z]/.test(specifier)) return "effect"
  const parts = specifier.split("/")
  if (parts[0] === "effect") return parts.slice(0, 2).join("/")
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/")
}

/** The package a specifier asks the installer for. */
export const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const mayUse = (path: string, { specifier, names, kind }: Import): string | undefined => {
  const room = roomOf(path)
  if (room !== undefined && outside.has(room)) return undefined
  if (path === "src/main.ts" && kind !== "dynamic" && !specifier.startsWith("node:")) {
    return "main.ts checks the Node version before anything is loaded, so it has no static import but of node:"
  }
  const library = libraryOf(specifier)
  const homes = libraries[library]
  if (homes === undefined) return "no line of test/tidy/rings.ts allows this package anywhere"
  if (!homes.some((home) => matches(home, path))) {
    return homes.length === 0 ? "it is for tests alone" : `it is at home in ${homes.join(", ")}`
  }
  if (room === "machines" && library === "effect") {
    const wanted = specifier === "effect" ? names : [specifier.slice("effect/".length)]
    const impure = wanted.filter((name) => !dataModules.has(name))
    if (wanted.length === 0)
      return "machines name the modules of effect they use, so that their purity can be read"
    if (impure.length > 0)
      return `machines are pure and may use effect's data modules only, not ${impure.join(", ")}`
  }
  return undefined
}

/** Every import of the file that the table does not allow, as sentences. */
export const ringViolations = (source: Pick<Source, "path" | "imports">): ReadonlyArray<string> => {
  const from = roomOf(source.path)
  if (from === undefined) {
    return [`${source.path} stands in no room; give it one, or give its room a floor in test/tidy/rings.ts`]
  }
  return source.imports.flatMap((each) => {
    const file = target(source.path, each.specifier)
    const to = file === undefined ? undefined : roomOf(file)
    const complaint =
      file === undefined
        ? mayUse(source.path, each)
        : to === undefined
          ? `${file} stands in no room`
          : (mainIsAlone(source.path, each) ?? mayEnter(from, to))
    return complaint === undefined
      ? []
      : [`${source.path}:${each.line} may not import ${file ?? each.specifier}; ${complaint}`]
  })
}

const mainIsAlone = (path: string, each: Import): string | undefined =>
  path === "src/main.ts" && each.kind !== "dynamic"
    ? "main.ts loads the rest only after its version check"
    : undefined

/** Import cycles between files, each as the files on it. Types count: a cycle of types is a cycle of thought. */
export const cycles = (sources: ReadonlyArray<Pick<Source, "path" | "imports">>): ReadonlyArray<string> => {
  const edges = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ kind }) => kind !== "dynamic")
        .flatMap(({ specifier }) => target(path, specifier) ?? [])
    ])
  )
  const done = new Set<string>()
  const found: Array<string> = []
  const visit = (path: string, trail: ReadonlyArray<string>): void => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      found.push([...trail.slice(at), path].join(" → "))
      return
    }
    if (done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}

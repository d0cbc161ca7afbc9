// The house style that no linter knows: names, sizes, left-overs, and what may not stand in the repository at all.
// Gotcha: this file is judged by its own rules, so the words it bans are written with a bracket in their pattern.
import { describe, expect, it } from "vitest"
import {
  allFiles,
  allSources,
  descend,
  lineOf,
  type Node,
  parse,
  read,
  type Source,
  textOf
} from "./Source.ts"

interface Text {
  readonly path: string
  readonly text: string
}

const linesMax = 400
/** Files that may be longer, each with its reason. */
const longFiles: Readonly<Record<string, string>> = {}

const bannedWords = new Set(
  "util utils utility helper helpers common shared misc type types lib core manager impl data processor stuff webhook".split(
    " "
  )
)

const wordsOf = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)

const ships = (path: string) => /^(machines|src|adapters)\//.test(path)
const isCode = (path: string) =>
  path.endsWith(".ts") && /^(machines|src|adapters|test|bench|scripts)\//.test(path)

const nameViolations = (path: string): ReadonlyArray<string> => {
  if (!isCode(path)) return []
  const said = path
    .split("/")
    .slice(1)
    .flatMap(wordsOf)
    .filter((word) => bannedWords.has(word))
    .map((word) => `${path}: "${word}" says nothing of what is in it`)
  const file = path.split("/").at(-1) ?? ""
  const isMigration = /\/migrations\/\d{4}_[a-z0-9_]+\.ts$/.test(path)
  const plain = /^([A-Z][A-Za-z0-9]*|[a-z][A-Za-z0-9]*)(\.(test|bench))?\.ts$/.test(file)
  return plain || isMigration ? said : [...said, `${path}: a file is PascalCase.ts or camelCase.ts`]
}

const sizeViolations = ({ path, text }: Text): ReadonlyArray<string> => {
  const lines = text.trimEnd().split("\n").length
  const judged = isCode(path) && longFiles[path] === undefined && lines > linesMax
  return judged ? [`${path} has ${lines} lines; above ${linesMax} it is two subjects`] : []
}

const leftOvers: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b/, "work left behind: do it, or write it down where it is planned"],
  [
    /\b(?:it|test|describe|suite)\.(?:onl[y]|ski[p]|tod[o])\b/,
    "a test that does not run, or hides the others"
  ],
  [/@ts-(?:ignor[e]|nochec[k])/, "the compiler is not to be silenced"],
  [/(?:oxlint|eslint)-disabl[e](?!.* -- \S)/, "the linter is silenced only with a reason, after two dashes"]
]

const leftOverViolations = ({ path, text }: Text): ReadonlyArray<string> =>
  !path.endsWith(".ts")
    ? []
    : text
        .split("\n")
        .flatMap((line, at) =>
          leftOvers.flatMap(([pattern, why]) =>
            pattern.test(line) ? [`${path}:${at + 1} ${why}: ${line.trim()}`] : []
          )
        )

const preambleViolations = ({ path, text }: Text): ReadonlyArray<string> =>
  ships(path) && path.endsWith(".ts") && text.split("\n").length > 60 && !/^(#!.*\n)?\s*\/[/*]/.test(text)
    ? [`${path} does not open by saying which question it answers`]
    : []

/** A rule over the syntax tree: applied where `where` says, complaining where `complain` answers. */
interface CodeRule {
  readonly where: (path: string) => boolean
  readonly complain: (node: Node) => string | undefined
}

const floats: CodeRule = {
  where: ships,
  complain: (node) => {
    if (node.type === "Identifier" && textOf(node) === "parseFloat")
      return "parseFloat; money is never a float"
    return node.type === "MemberExpression" && textOf(node["property"]) === "toFixed"
      ? "toFixed; money is never a float"
      : undefined
  }
}

const sleeps: CodeRule = {
  where: (path) =>
    path.startsWith("test/") &&
    path !== "test/support/waitFor.ts" &&
    // Chaos is made of time: its faults last, its load has a pace. Its own tests wait as all others do.
    (!path.startsWith("test/chaos/") || path.endsWith(".test.ts")),
  complain: (node) => {
    const name = node.type === "Identifier" ? (textOf(node) ?? "") : ""
    const isTimer = ["setTimeout", "setInterval", "setImmediate"].includes(name)
    const isTimersModule =
      node.type === "ImportDeclaration" && textOf(node["source"]) === "node:timers/promises"
    return isTimer || isTimersModule
      ? "a test never sleeps: TestClock inside, waitFor outside the process"
      : undefined
  }
}

const codeViolations =
  (rule: CodeRule) =>
  (source: Source): ReadonlyArray<string> =>
    !rule.where(source.path)
      ? []
      : [...descend(source.program)].flatMap((node) => {
          const complaint = rule.complain(node)
          return complaint === undefined
            ? []
            : [`${source.path}:${lineOf(source.text, node.start)} ${complaint}`]
        })

/** A `let` at the top of a module is state that no test can make afresh and no simulator can replay. */
const moduleStateViolations = (source: Source): ReadonlyArray<string> =>
  !/^(machines|src)\//.test(source.path)
    ? []
    : (source.program["body"] as ReadonlyArray<Node>)
        .map((node) => (node.type === "ExportNamedDeclaration" ? (node["declaration"] as Node | null) : node))
        .filter((node) => node?.type === "VariableDeclaration" && node["kind"] !== "const")
        .map((node) => `${source.path}:${lineOf(source.text, node?.start ?? 0)} hides state in its module`)

const places: ReadonlyArray<readonly [RegExp, string]> = [
  [/(?:^|[\s"'`(=:])\/(?:wor[k]|tm[p]|roo[t]|hom[e]|User[s])\/[\w.-]/, "a path of one machine"],
  [
    /https?:\/\/[\w.-]*(?:registr[y]|artifactor[y]|nexu[s]|verdacci[o])[\w.-]*/i,
    "the address of a package registry"
  ]
]

const placeViolations = ({ path, text }: Text): ReadonlyArray<string> =>
  places.flatMap(([pattern, what]) => {
    const at = text.search(pattern)
    return at < 0 ? [] : [`${path}:${lineOf(text, at + 1)} holds ${what}`]
  })

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const packagesOf = (manifest: Manifest): Readonly<Record<string, string>> => ({
  ...manifest.peerDependencies,
  ...manifest.optionalDependencies,
  ...manifest.devDependencies,
  ...manifest.dependencies
})

const unexplained = (manifest: Manifest, page: string): ReadonlyArray<string> => {
  const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
  const explained = new Set(
    rows.filter(([, , why = "", who = ""]) => why !== "" && who !== "").map((row) => row[1])
  )
  return Object.keys(packagesOf(manifest)).filter((name) => !explained.has(`\`${name}\``))
}

const unpinned = (manifest: Manifest): ReadonlyArray<string> =>
  Object.entries(packagesOf(manifest))
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name}: ${version}`)

const isText = (path: string) => !/\.(png|jpg|ico|gz|tgz|woff2?|wasm|bin)$/.test(path)
const files = allFiles()
const texts = files.filter(isText).map((path) => ({ path, text: read(path) }))
const sources = allSources()
const manifest = JSON.parse(read("package.json")) as Manifest
const dependenciesPage = "docs/internals/dependencies.md"

describe("tidy style", () => {
  it("every file name says what is in it", () => {
    expect(files.flatMap(nameViolations)).toEqual([])
  })

  it(`no file has more than ${linesMax} lines`, () => {
    expect(texts.flatMap(sizeViolations)).toEqual([])
  })

  it("nothing is left behind", () => {
    expect(texts.flatMap(leftOverViolations)).toEqual([])
  })

  it("every larger file opens by saying what it is for", () => {
    expect(texts.flatMap(preambleViolations)).toEqual([])
  })

  it("no amount passes through a float (S31-AMT-11)", () => {
    expect(sources.flatMap(codeViolations(floats))).toEqual([])
  })

  it("no test sleeps", () => {
    expect(sources.flatMap(codeViolations(sleeps))).toEqual([])
  })

  it("no module hides state", () => {
    expect(sources.flatMap(moduleStateViolations)).toEqual([])
  })

  it("nothing names one machine's paths or a package registry", () => {
    expect(texts.flatMap(placeViolations)).toEqual([])
  })

  it("every dependency has a line saying why it is there", () => {
    expect(unexplained(manifest, read(dependenciesPage))).toEqual([])
  })

  it("every dependency is pinned to one version", () => {
    expect(unpinned(manifest)).toEqual([])
  })
})

describe("tidy style: the rules catch", () => {
  const lines = (count: number) => "x\n".repeat(count)
  const leftBehind = (text: string) => leftOverViolations({ path: "src/a.ts", text })
  const placed = (text: string) => placeViolations({ path: "README.md", text })
  const float = codeViolations(floats)
  const sleep = codeViolations(sleeps)

  it.each([
    "src/http/utils.ts",
    "src/QuoteManager.ts",
    "src/shared/x.ts",
    "test/support/db-helpers.ts",
    "src/a_b.ts"
  ])("the name %s", (path) => {
    expect(nameViolations(path)).not.toEqual([])
  })

  it.each([
    "src/sep38/Quotes.ts",
    "machines/domain/Amount.ts",
    "test/unit/matchPayment.test.ts",
    "docs/types.md"
  ])("nothing in the name %s", (path) => {
    expect(nameViolations(path)).toEqual([])
  })

  it("a file that is one line too long, and not one less", () => {
    expect(sizeViolations({ path: "src/a.ts", text: lines(linesMax + 1) })).toHaveLength(1)
    expect(sizeViolations({ path: "src/a.ts", text: lines(linesMax) })).toEqual([])
  })

  it.each([
    "TO" + "DO: later",
    "FIX" + "ME",
    "it.on" + "ly(",
    "describe.sk" + "ip(",
    "@ts-" + "ignore",
    "oxlint-dis" + "able no-console"
  ])("%s left in a source", (text) => {
    expect(leftBehind(`// ${text}`)).toHaveLength(1)
  })

  it("nothing in a test skipped only for want of PostgreSQL, or a lint rule put aside with a reason", () => {
    expect(leftBehind("describe.skipIf(noPostgres)")).toEqual([])
    expect(leftBehind("// oxlint-disable-next-line no-console -- the one place that prints")).toEqual([])
  })

  it("a long file without a preamble", () => {
    expect(preambleViolations({ path: "src/a.ts", text: lines(61) })).toHaveLength(1)
    expect(preambleViolations({ path: "src/a.ts", text: `// Why.\n${lines(61)}` })).toEqual([])
  })

  it.each(["parseFloat(x)", "Number.parseFloat(x)", "x.toFixed(2)"])("%s in what ships", (text) => {
    expect(float(parse("src/sep38/x.ts", text))).toHaveLength(1)
    expect(float(parse("test/unit/x.test.ts", text))).toEqual([])
  })

  it.each([
    "setTimeout(f, 1)",
    "setImmediate(f)",
    `import { setTimeout as pause } from "node:timers/promises"`
  ])("%s in a test, and not in waitFor", (text) => {
    expect(sleep(parse("test/unit/x.test.ts", text))).not.toEqual([])
    expect(sleep(parse("test/support/waitFor.ts", text))).toEqual([])
    expect(sleep(parse("test/chaos/x.test.ts", text))).not.toEqual([])
    expect(sleep(parse("test/chaos/x.ts", text))).toEqual([])
  })

  it.each(["let n = 0", "export let n = 0", "var n = 0"])("%s at the top of a module", (text) => {
    expect(moduleStateViolations(parse("src/x.ts", text))).toHaveLength(1)
  })

  it("nothing in a `let` within a function", () => {
    expect(moduleStateViolations(parse("src/x.ts", "const f = () => { let n = 0; return n }"))).toEqual([])
  })

  it.each([`cd "/ho${"me"}/someone"`, `see /tm${"p"}/out`, `https://regis${"try"}.npmjs.org/x`])(
    "%s",
    (text) => {
      expect(placed(text)).toHaveLength(1)
    }
  )

  it.each(["GET /home", "a path such as docs/tmp/x", "/workers/1", "https://example.org/root/"])(
    "nothing in %s",
    (text) => {
      expect(placed(text)).toEqual([])
    }
  )

  it("a dependency without a line, or with a line that gives no reason", () => {
    const page = "| package | why | who |\n| `effect` | runtime | all |\n| `pg` | | adapters |"

    expect(unexplained({ dependencies: { effect: "1.0.0", pg: "1.0.0" } }, page)).toEqual(["pg"])
  })

  it("a dependency that floats", () => {
    expect(unpinned({ devDependencies: { a: "^1.0.0", b: "*", c: "1.2.3" } })).toEqual(["a: ^1.0.0", "b: *"])
  })
})

// The repository as the tidy rules see it: every file of ours, and for TypeScript the syntax tree, so that a
// rule looks at code and never trips over a comment or a string.
// Gotcha: the tree is walked on disk rather than asked of git, because the rules also hold for a file that is
// not yet added, and in an unpacked archive.
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { parseAst } from "vitest/node"

export interface Import {
  readonly specifier: string
  /** Names asked for; empty for a namespace, a bare or a dynamic import. */
  readonly names: ReadonlyArray<string>
  readonly kind: "static" | "type" | "dynamic"
  readonly line: number
}

export interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** One TypeScript file. `path` is relative to the root, with forward slashes. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly program: Node
  readonly imports: ReadonlyArray<Import>
}

export const root = fileURLToPath(new URL("../../", import.meta.url))

const notOurs = new Set(["node_modules", ".git", "dist", "coverage", ".kedge"])

const walk = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return []
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return walk(path)
    return entry.isFile() ? [relative(root, path).replaceAll("\\", "/")] : []
  })

/** Every file of the repository, relative to its root. */
export const allFiles = (): ReadonlyArray<string> => [...walk(root)].sort()

export const read = (path: string): string => readFileSync(join(root, path), "utf8")

export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

/** The nodes one level below. */
export const childrenOf = (node: Node): ReadonlyArray<Node> =>
  Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []
  )

/** The node and everything below it, outside in. */
export function* descend(node: Node): Generator<Node> {
  yield node
  for (const child of childrenOf(node)) yield* descend(child)
}

/** The text of an identifier or of a literal, else undefined. */
export const textOf = (value: unknown): string | undefined => {
  if (!isNode(value)) return undefined
  const text =
    value.type === "Identifier" ? value["name"] : value.type === "Literal" ? value["value"] : undefined
  return typeof text === "string" ? text : undefined
}

const importOf = (node: Node, text: string): Import | undefined => {
  const specifier = textOf(node["source"])
  if (specifier === undefined) return undefined
  const line = lineOf(text, node.start)
  switch (node.type) {
    case "ImportExpression":
      return { specifier, names: [], kind: "dynamic", line }
    case "TSImportType":
      return { specifier, names: [], kind: "type", line }
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      const specifiers = Array.isArray(node["specifiers"]) ? node["specifiers"].filter(isNode) : []
      const names = specifiers.flatMap((each) => textOf(each["imported"] ?? each["local"]) ?? [])
      const allTypes = specifiers.length > 0 && specifiers.every((each) => each["importKind"] === "type")
      const isType = node["importKind"] === "type" || node["exportKind"] === "type" || allTypes
      const isNamespace = specifiers.some((each) => each.type === "ImportNamespaceSpecifier")
      return { specifier, names: isNamespace ? [] : names, kind: isType ? "type" : "static", line }
    }
    default:
      return undefined
  }
}

/** Parses one file, or a sample of one. */
export const parse = (path: string, text: string): Source => {
  // oxlint-disable-next-line typescript/no-deprecated -- its successor comes with vite, which we do not name
  const program = parseAst(text, { lang: "ts", sourceType: "module" }, path) as unknown as Node
  const imports = [...descend(program)].flatMap((node) => importOf(node, text) ?? [])
  return { path, text, program, imports }
}

/** Every TypeScript file of ours. */
export const allSources = (): ReadonlyArray<Source> =>
  allFiles()
    .filter((path) => path.endsWith(".ts") && !path.startsWith("test/fixtures/"))
    .map((path) => parse(path, read(path)))

/** The file of ours an import names, relative to the root; undefined for a package or a builtin. */
export const target = (from: string, specifier: string): string | undefined =>
  specifier.startsWith(".") ? normalize(join(dirname(from), specifier)).replaceAll("\\", "/") : undefined

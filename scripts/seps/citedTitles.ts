// Which requirements the tests cite: every title of a test, and every clause of a contract that tests run.
// A title is the first argument of it, test, describe and their kin; of a test made for each row of a table, or in
// a loop over one, the rows' texts count as well, since that is where such a test says what it proves.
// Gotcha: titles are read as they are written, so `${…}` in them stands for itself.
import { allSources, childrenOf, descend, type Node, type Source, textOf } from "../../test/tidy/Source.ts"
import { ids } from "./requirements.ts"

export interface CitedTitle {
  readonly path: string
  readonly title: string
  readonly cites: ReadonlyArray<string>
}

const testNames = new Set(["it", "test", "describe", "suite", "layer"])
/** Calls and members by which a contract says its clauses. */
const clauseNames = new Set(["draft", "name"])

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value

const nodesOf = (value: unknown): ReadonlyArray<Node> => (Array.isArray(value) ? value.filter(isNode) : [])

/** The name a call begins with: `it` of `it.effect.each(rows)("…")`. */
const nameOf = (callee: unknown): string | undefined => {
  if (!isNode(callee)) return undefined
  if (callee.type === "MemberExpression") return nameOf(callee["object"])
  return callee.type === "CallExpression" ? nameOf(callee["callee"]) : textOf(callee)
}

/** A text as it is written; undefined for anything else. */
const writtenText = (node: Node | undefined): string | undefined => {
  if (node?.type === "TemplateLiteral") {
    const parts = nodesOf(node["quasis"]).map(({ value }) =>
      typeof value === "object" && value !== null && "raw" in value ? String(value.raw) : ""
    )
    return parts.join("${…}")
  }
  return node?.type === "Literal" ? textOf(node) : undefined
}

const textsBelow = (node: Node): ReadonlyArray<string> =>
  [...descend(node)].flatMap((each) => writtenText(each) ?? [])

/** What a table is: itself, or the constant of this file that it names. */
const tableOf = (source: Source, node: Node): Node => {
  const names = new Set(
    [...descend(node)].flatMap((each) => (each.type === "Identifier" ? (textOf(each) ?? []) : []))
  )
  const constants = [...descend(source.program)].filter(
    (each) => each.type === "VariableDeclarator" && names.has(textOf(each["id"]) ?? "")
  )
  return { type: "Tables", start: 0, tables: [node, ...constants] }
}

const isTestCall = (node: Node): boolean =>
  node.type === "CallExpression" && testNames.has(nameOf(node["callee"]) ?? "")

const isEach = (node: Node): boolean => {
  const callee = node["callee"]
  return isNode(callee) && callee.type === "MemberExpression" && textOf(callee["property"]) === "each"
}

const titlesOf = (source: Source, node: Node): ReadonlyArray<string> => {
  const [first] = nodesOf(node["arguments"])
  if (isTestCall(node) && first !== undefined) {
    return isEach(node) ? textsBelow(tableOf(source, first)) : [writtenText(first) ?? ""]
  }
  if (node.type === "ForOfStatement") {
    const [over, body] = [node["right"], node["body"]]
    const holdsTests = isNode(body) && [...descend(body)].some(isTestCall)
    return holdsTests && isNode(over) ? textsBelow(tableOf(source, over)) : []
  }
  return []
}

const clausesOf = (node: Node): ReadonlyArray<string> => {
  const said =
    node.type === "CallExpression" && clauseNames.has(nameOf(node["callee"]) ?? "")
      ? nodesOf(node["arguments"])[0]
      : node.type === "Property" && clauseNames.has(textOf(node["key"]) ?? "")
        ? childrenOf(node)[1]
        : undefined
  return [writtenText(said) ?? ""]
}

const judged = (source: Source): ReadonlyArray<string> => {
  if (source.path.startsWith("src/testing/")) return [...descend(source.program)].flatMap(clausesOf)
  // Tests may stand in a module that several test files run.
  return /^test\/(?!support\/|fixtures\/)/.test(source.path)
    ? [...descend(source.program)].flatMap((node) => titlesOf(source, node))
    : []
}

/**
 * Every title that cites a requirement, by file and in the order of the file; given how the ids of another list
 * are read from a text, every title that cites one of those.
 */
export const citedTitlesOf = (
  sources: ReadonlyArray<Source>,
  idsIn: (text: string) => ReadonlyArray<string> = ids
): ReadonlyArray<CitedTitle> =>
  sources.flatMap((source) =>
    [...new Set(judged(source))].flatMap((title) => {
      const cites = [...new Set(idsIn(title))]
      return cites.length === 0 ? [] : [{ path: source.path, title, cites }]
    })
  )

export const citedTitles = (
  idsIn: (text: string) => ReadonlyArray<string> = ids
): ReadonlyArray<CitedTitle> => citedTitlesOf(allSources(), idsIn)

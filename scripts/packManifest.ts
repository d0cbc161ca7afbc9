// What npm packs must not carry the Node we develop on: 200 MB that an installer of the library neither needs nor
// asked for. `strip` takes the architecture packages out of package.json before packing, `restore` puts the
// file back byte for byte afterwards.
// Gotcha: a pack that is killed in between leaves the stripped manifest; the next `strip` or `restore` mends it.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import process from "node:process"

interface Manifest {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifestPath = "package.json"
const savedPath = ".pack-manifest.json"

const isNodeItself = (name: string) => /^node-(bin-)?(linux|darwin|win)-/.test(name)

/** The manifest as it is published. */
export const publishedManifest = ({ optionalDependencies = {}, ...rest }: Manifest): Manifest => {
  const kept = Object.entries(optionalDependencies).filter(([name]) => !isNodeItself(name))
  return kept.length === 0 ? rest : { ...rest, optionalDependencies: Object.fromEntries(kept) }
}

const restore = () => {
  if (existsSync(savedPath)) renameSync(savedPath, manifestPath)
}

const strip = () => {
  restore()
  const original = readFileSync(manifestPath, "utf8")
  writeFileSync(savedPath, original)
  writeFileSync(
    manifestPath,
    `${JSON.stringify(publishedManifest(JSON.parse(original) as Manifest), null, 2)}\n`
  )
}

if (import.meta.main) {
  const command = process.argv[2]
  if (command === "strip") strip()
  else if (command === "restore") restore()
  else throw new Error(`packManifest knows "strip" and "restore", and was told ${String(command)}`)
}

/** The version of this installation, from its manifest, which lies above `dist` and `src` alike. */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"

export const ownVersion = (): string => {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    try {
      const manifest = JSON.parse(readFileSync(join(at, "package.json"), "utf8")) as {
        readonly name?: string
        readonly version?: string
      }
      if (manifest.name === "kedge" && manifest.version !== undefined) return manifest.version
    } catch {
      // Not in this directory.
    }
    if (at === dirname(at)) return "unknown"
  }
}

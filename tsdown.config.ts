// Bundles our own files into dist and leaves every dependency outside: the installation has them anyway, and
// PGlite must find its data files beside its own code.
// Gotcha: an entry that does not exist yet is left out, so that a part of the house can be built alone.
import { existsSync } from "node:fs"
import { defineConfig } from "tsdown"

const entries = {
  main: "src/main.ts",
  app: "src/app.ts",
  index: "src/index.ts",
  "testing/index": "src/testing/index.ts"
}

export default defineConfig({
  entry: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
  format: "esm",
  platform: "node",
  target: "node22",
  outDir: "dist",
  outExtensions: () => ({ js: ".js" }),
  // Declarations come from tsc (tsconfig.build.json), and only when the package is packed: starting needs none.
  dts: false,
  sourcemap: true,
  clean: true
})

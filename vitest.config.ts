// Two projects, told apart by what their tests may touch. `pure` needs nothing but this process. `real` may
// start servers and processes and shares one private PostgreSQL cluster, which is therefore started only
// when a file of that project is among those to run.
import { defineConfig } from "vitest/config"
import { CountReporter } from "./test/support/CountReporter.ts"

const [major = 0] = process.versions.node.split(".").map(Number)
if (major < 22) {
  throw new Error(
    `the tests need Node 22.19 or newer, and this is ${process.version}: run "npm test -- <files>", ` +
      "which uses the Node among the dependencies, or put node_modules/.bin first on PATH"
  )
}

const pureKinds = "{unit,property,model,tidy}"

export default defineConfig({
  // The examples import the package by its name, as an integrator does.
  resolve: {
    alias: {
      "kedge/testing": new URL("./src/testing/index.ts", import.meta.url).pathname,
      kedge: new URL("./src/index.ts", import.meta.url).pathname
    }
  },
  test: {
    pool: "forks",
    maxWorkers: 2,
    reporters: [process.stdout.isTTY ? "default" : "dot", new CountReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          // They keep nothing between files, so a worker loads each module once: a third of the time.
          isolate: false,
          include: [`test/${pureKinds}/**/*.test.ts`],
          testTimeout: 20_000,
          hookTimeout: 20_000
        }
      },
      {
        extends: true,
        test: {
          name: "real",
          include: ["test/**/*.test.ts"],
          exclude: [`test/${pureKinds}/**`, "test/fixtures/**", "**/node_modules/**"],
          globalSetup: ["test/support/postgresSetup.ts", "test/support/buildSetup.ts"],
          // Two noisy cores may stall a process for seconds; a hang is still found within a minute.
          testTimeout: 60_000,
          hookTimeout: 60_000
        }
      }
    ]
  }
})

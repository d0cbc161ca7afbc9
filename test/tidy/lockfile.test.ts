// `npm ci` on somebody else's machine, judged from here. npm leaves an optional package out of the lockfile without a
// word when the registry lacks that version, and `npm ci` then refuses the whole file: a platform's binary that
// is missing today is everybody's broken install tomorrow.
import { describe, expect, it } from "vitest"
import { read } from "./Source.ts"

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Lock = Readonly<Record<string, Locked>>

/** Where Node would look for a dependency of the package locked at `place`: beside it, then ever further up. */
const placesOf = (place: string, name: string): ReadonlyArray<string> => {
  if (place === "") return [`node_modules/${name}`]
  const above = place.slice(0, Math.max(0, place.lastIndexOf("node_modules/") - 1))
  return [`${place}/node_modules/${name}`, ...placesOf(above, name)]
}

const missing = (lock: Lock): ReadonlyArray<string> =>
  Object.entries(lock).flatMap(([place, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !placesOf(place, name).some((at) => at in lock))
      .map((name) => `${place || "the root"} names ${name}, which is not locked`)
  )

const unchecked = (lock: Lock): ReadonlyArray<string> =>
  Object.entries(lock)
    .filter(([place, { integrity }]) => place !== "" && integrity === undefined)
    .map(([place]) => place)

const addressed = (lock: Lock): ReadonlyArray<string> =>
  Object.entries(lock)
    .filter(([, { resolved }]) => resolved?.startsWith("http"))
    .map(([place]) => place)

const lock = (JSON.parse(read("package-lock.json")) as { packages: Lock }).packages

describe("tidy lockfile", () => {
  it("locks every package that a locked one names, for every platform", () => {
    expect(Object.keys(lock).length).toBeGreaterThan(100)
    expect(missing(lock)).toEqual([])
  })

  it("has a checksum for every package", () => {
    expect(unchecked(lock)).toEqual([])
  })

  it("records no download address: npm setting omit-lockfile-registry-resolved", () => {
    expect(addressed(lock)).toEqual([])
  })
})

describe("tidy lockfile: the rules catch", () => {
  it("a platform's binary that was left out", () => {
    const partial = {
      "": { dependencies: { a: "1" } },
      "node_modules/a": { optionalDependencies: { "a-win": "1" } }
    }

    expect(missing(partial)).toEqual(["node_modules/a names a-win, which is not locked"])
  })

  it("nothing in a dependency that is nested, or found further up", () => {
    const whole = {
      "": { dependencies: { "@s/a": "1" } },
      "node_modules/@s/a": { dependencies: { b: "1", c: "1" } },
      "node_modules/@s/a/node_modules/b": { dependencies: { c: "1" } },
      "node_modules/c": {}
    }

    expect(missing(whole)).toEqual([])
  })

  it("a package without a checksum, or with an address", () => {
    const loose = { "": {}, "node_modules/a": { version: "1.0.0", resolved: "https://example.org/a.tgz" } }

    expect(unchecked(loose)).toEqual(["node_modules/a"])
    expect(addressed(loose)).toEqual(["node_modules/a"])
  })
})

/**
 * Loads the integrator's module (KEDGE_INTEGRATION): an ES module whose default export is an Effect layer with some of the
 * ports an institution supplies.
 *
 * Gotcha: a layer made by another copy of Effect looks like one and then fails in ways nobody can read. So the copy is found
 * out before the module is loaded, and by the layer's own prototype after, for a module that brings Effect bundled.
 */
import { readFileSync, realpathSync } from "node:fs"
import { createRequire, registerHooks, type ResolveHookSync } from "node:module"
import { dirname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, Layer } from "effect"
import { ConfigProblems } from "../cli/ConfigProblems.ts"
import { variables } from "../cli/variables.ts"
import type { BusinessHooks } from "../ports/BusinessHooks.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { KycProvider } from "../ports/KycProvider.ts"
import type { Rails } from "../ports/Rails.ts"
import type { RateProvider } from "../ports/RateProvider.ts"
import type { Signer } from "../ports/Signer.ts"
import type { KedgeConfig } from "../KedgeConfig.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"

/** What an integration may supply; what it leaves out has its default. */
export type Supplied = Rails | BusinessHooks | KycProvider | RateProvider | Signer
/** What an integration may use. */
export type Offered = KedgeConfig | Entropy | Storage | Vault
export type Integration = Layer.Layer<Supplied, unknown, Offered>

/** One that supplies nothing: the type speaks of what may be there, and this is allowed to be none of it. */
export const noIntegration: Integration = Layer.empty as unknown as Integration

const refuse = (message: string) =>
  new ConfigProblems({ problems: [{ name: variables.integration.name, message }] })

interface Copy {
  readonly version: string
  readonly directory: string
}

/** The copy of Effect that a module at this path gets; undefined where none can be found from there. */
const effectFrom = (path: string): Copy | undefined => {
  try {
    const manifest = realpathSync(createRequire(path).resolve("effect/package.json"))
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }
    return { version, directory: dirname(manifest) }
  } catch {
    return undefined
  }
}

const named = ({ directory, version }: Copy): string => `effect ${version} in ${directory}`

const ours = /^(effect|kedge|@effect\/platform-node)(\/|$)/

/**
 * Lets a module that lies outside any installation import `effect` and `kedge`: what cannot be found from there is found from
 * here. A module with an installation of its own keeps it, and is judged by it.
 */
const lendOwnPackages: ResolveHookSync = (specifier, context, next) => {
  try {
    return next(specifier, context)
  } catch (error) {
    if (!ours.test(specifier)) throw error
    return next(specifier, { ...context, parentURL: import.meta.url })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Loads the module and gives its layer; every fault is a problem of the configuration. */
export const loadIntegration = Effect.fnUntraced(function* (
  given: string
): Effect.fn.Return<Integration, ConfigProblems> {
  const path = resolve(given)
  const [own, theirs] = [effectFrom(import.meta.url), effectFrom(path)]
  if (own !== undefined && theirs !== undefined && own.directory !== theirs.directory) {
    return yield* refuse(
      `${given} is built on ${named(theirs)}, and Kedge runs on ${named(own)}; both must be one copy, so make effect a peer dependency there`
    )
  }
  // For as long as the process lives: a module may import more when it is used.
  registerHooks({ resolve: lendOwnPackages })
  const loaded = yield* Effect.tryPromise({
    try: (): Promise<{ readonly default?: unknown }> => import(pathToFileURL(path).href),
    catch: (error) => refuse(`${given} cannot be loaded: ${messageOf(error)}`)
  })
  const layer = loaded.default
  if (!Layer.isLayer(layer)) {
    return yield* refuse(
      `${given} has no default export that is an Effect layer; give the path of an ES module that has`
    )
  }
  if (Object.getPrototypeOf(layer) !== Object.getPrototypeOf(Layer.empty)) {
    const which =
      theirs === undefined || theirs.directory === own?.directory
        ? "a copy of effect of its own"
        : named(theirs)
    return yield* refuse(
      `${given} carries ${which}, and Kedge runs on ${own === undefined ? "another" : named(own)}; build it with effect left outside`
    )
  }
  return layer as Integration
})

// The seed of every random run: fixed, so that a run can be repeated, and shown in the title of each property.
// `KEDGE_SEED=<number> npx vitest run test/property` draws others.
import fc from "fast-check"
import process from "node:process"

const wanted = process.env["KEDGE_SEED"]
if (wanted !== undefined && !/^-?[0-9]{1,10}$/.test(wanted)) {
  throw new Error(`KEDGE_SEED is ${JSON.stringify(wanted)}; it must be a whole number such as 20261122`)
}

export const seed = wanted === undefined ? 20_261_122 : Number.parseInt(wanted, 10)

/** A title that says how to draw the same values again. */
export const seeded = (title: string): string => `${title} (KEDGE_SEED=${seed})`

/** Checks a property on values drawn from the seed. */
export const holds = <Ts>(property: fc.IProperty<Ts>, numRuns = 200): void =>
  fc.assert(property, { seed, numRuns })

/** As `holds`, for a property that runs effects. */
export const holdsAsync = <Ts>(property: fc.IAsyncProperty<Ts>, numRuns = 100): Promise<void> =>
  fc.assert(property, { seed, numRuns })

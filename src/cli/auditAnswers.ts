/** What an operator asks of the audit: whether every sealed row is still the one that was sealed. */
import { Effect } from "effect"
import type { AuditVerdict } from "../ports/bookRows.ts"
import { Storage } from "../ports/Storage.ts"

const tail = (unsealed: number): string =>
  unsealed === 0
    ? "no row is without a seal"
    : `rows without a seal yet: ${unsealed}; they are sealed within seconds by a process that serves`

const brokenAt = (broken: NonNullable<AuditVerdict["broken"]>): string =>
  `the seal ${broken.number} does not fit${broken.row === null ? "" : `, of ${broken.row}`}: ${broken.why}`

/** Reads every sealed row again. `mismatch` says what does not fit. */
export const verifyAudit = Effect.gen(function* () {
  const storage = yield* Storage
  const { broken, sealed, unsealed } = yield* storage.verifyAudit
  const text = [`rows whose seal fits: ${sealed}`, tail(unsealed)].join("\n")
  return broken === null ? { text, found: true } : { text, found: true, mismatch: brokenAt(broken) }
})

/** Column shapes that many entities share. */
import { p } from "@mikro-orm/postgresql"

/** Exact money: 30 digits, of which 7 decimals. Read back padded ("10.5000000"): see ../canonical.ts. */
export const amount = () => p.decimal("string").precision(30).scale(7)
export const nullableAmount = () => amount().nullable()

/**
 * Text that identifies: compared byte by byte, whatever the language of the database, and by an index that no update of the
 * system's sorting rules can break.
 */
export const key = () => p.text().collation("C")

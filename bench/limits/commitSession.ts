/** The session that commits run in, as `adapters/storage-mikro-orm/PostgresEngine.ts` sets it on its own lanes. */
export const commitSession = [
  "plan_cache_mode = force_generic_plan",
  "jit = off",
  "enable_seqscan = off",
  "enable_bitmapscan = off",
  "enable_nestloop = off",
  "enable_mergejoin = off"
]
  .map((setting) => `set ${setting}`)
  .join("; ")

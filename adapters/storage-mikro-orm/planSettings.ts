/**
 * How the hot sessions plan.
 *
 * A plan made while a table is empty would scan it for ever. So tables are reached by index only, and one plan serves every
 * size of group. Gotcha: the planner takes every array parameter for ten rows, and would join two relations of a commit by
 * nested loops, which at hundreds of rows costs more than the writing: commits join by hashing, their statement names the
 * index keys itself. Reads join row by row.
 */
const hot = [
  "plan_cache_mode = force_generic_plan",
  "jit = off",
  "enable_seqscan = off",
  "enable_bitmapscan = off",
  "enable_mergejoin = off"
]

export const commitSession: ReadonlyArray<string> = [...hot, "enable_nestloop = off"]
export const readSession: ReadonlyArray<string> = [...hot, "enable_hashjoin = off"]

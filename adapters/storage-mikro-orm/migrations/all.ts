/** Every migration, oldest first. One that was released is never changed; the next one is added. */
import { Init } from "./0001_init.ts"

export const migrations = [Init]

/** Their names, as the database remembers them. */
export const migrationNames: ReadonlyArray<string> = ["0001_init"]

/** Which generation of SEP-31 a Sending Anchor speaks: by its entry in the settings, since no request tells (S31-DUAL-01). */
import type { Profile, Settings } from "../KedgeConfig.ts"

/** Accounts outside the settings, whom only the institution's hook knows, speak the newest. */
export const profileOf = (settings: Pick<Settings, "sendingAnchors">) => {
  const profiles = new Map(settings.sendingAnchors.map(({ account, profile }) => [account, profile]))
  return (account: string): Profile => profiles.get(account) ?? "v3"
}

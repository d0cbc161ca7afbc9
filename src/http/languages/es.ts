/**
 * Spanish: every template of `say` and the same in Spanish. A test holds it complete, without spares, and with the same
 * placeholders.
 *
 * Gotcha: wire names (amount, asset_code, account, …), codes and HTTP headers are words of the protocol and stay as they are.
 */
import { domain } from "./es/domain.ts"
import { http } from "./es/http.ts"
import { sep10 } from "./es/sep10.ts"
import { sep12 } from "./es/sep12.ts"
import { sep31 } from "./es/sep31.ts"
import { sep38 } from "./es/sep38.ts"
import { sep9 } from "./es/sep9.ts"

export const es: Readonly<Record<string, string>> = {
  ...http,
  ...domain,
  ...sep9,
  ...sep10,
  ...sep12,
  ...sep31,
  ...sep38
}

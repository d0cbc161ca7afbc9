/**
 * Spanish: every template of `say` and the same in Spanish. A test holds it complete, without spares, and with the same
 * placeholders.
 *
 * Gotcha: wire names (amount, asset_code, account, …), codes and HTTP headers are words of the protocol and stay as they are.
 */
import { http } from "./es/http.ts"

export const es: Readonly<Record<string, string>> = { ...http }

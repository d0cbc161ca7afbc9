// What the processes of a simulated world share, and the known bug that may be switched on in it.
import type { Tables } from "../../adapters/storage-memory/tables.ts"
import type { Settings } from "../../src/KedgeConfig.ts"
import type { PaymentRail } from "../../src/ports/Rails.ts"
import type { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import type { StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import type { SimulatedLedger } from "../support/SimulatedLedger.ts"
import type { Bank } from "./Bank.ts"
import type { Chain } from "./Chain.ts"
import type { Chance } from "./Chance.ts"
import type { Counters } from "./Counters.ts"
import type { Profile } from "./profile.ts"
import type { Trace } from "./Trace.ts"

export type StorageService = Storage["Service"]
export type NetworkService = StellarNetwork["Service"]

export interface Canary {
  readonly name: string
  /** Who has had the bug, or how it comes about. */
  readonly told: string
  readonly storage?: (storage: StorageService, world: World) => StorageService
  readonly network?: (network: NetworkService, world: World) => NetworkService
  readonly submission?: (submission: StellarSubmission["Service"]) => StellarSubmission["Service"]
  readonly rail?: (rail: PaymentRail, world: World) => PaymentRail
}

/** What processes share: it outlives each of them. */
export interface World {
  readonly tables: Tables
  readonly chain: Chain
  readonly bank: Bank
  /** Where refunds are submitted; what came is `chain`'s. */
  readonly refundLedger: SimulatedLedger
  readonly chance: Chance
  readonly profile: Profile
  readonly counters: Counters
  readonly trace: Trace
  readonly canary: Canary | null
  readonly settings: Settings
  isSound: boolean
}

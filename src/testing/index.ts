/** What integrators test their own layers with: contracts as data. */
export { type Clause, type RailUnderTest, railContract } from "./railContract.ts"
export { type StorageClause, StorageClock, storageContract } from "./StorageContract.ts"

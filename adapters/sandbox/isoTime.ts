// Unix seconds as Horizon prints a time: UTC, without fractions; far-away times stop at the years 1 and 9999.
// Gotcha: the records of one ledger share their time, so the last one printed is kept.

const EARLIEST = -62_135_596_800
const LATEST = 253_402_300_799

const last = { seconds: 0, text: "1970-01-01T00:00:00Z" }

export const isoTimeOf = (seconds: number): string => {
  if (seconds !== last.seconds) {
    const clamped = Math.min(Math.max(seconds, EARLIEST), LATEST)
    last.text = new Date(clamped * 1000).toISOString().replace(".000Z", "Z")
    last.seconds = seconds
  }
  return last.text
}

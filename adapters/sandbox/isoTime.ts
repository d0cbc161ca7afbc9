// Unix seconds as Horizon prints a time: UTC, without fractions.

export const isoTimeOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(".000Z", "Z")

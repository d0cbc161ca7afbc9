/** What the database would never take; nothing was written. */
export class Rejected extends Error {}

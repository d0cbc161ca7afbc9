// What happened, in order: hashed as it grows, kept only where somebody will read it.
import { hashOf } from "./Chance.ts"

export class Trace {
  private hash = 0xcbf29ce484222325n
  private count = 0
  readonly lines: Array<string> = []
  private readonly keeps: boolean

  constructor(keeps: boolean) {
    this.keeps = keeps
  }

  add(line: string): void {
    this.hash = hashOf(line, this.hash)
    this.count += 1
    if (this.keeps) this.lines.push(line)
  }

  get steps(): number {
    return this.count
  }

  /** The same for the same run, and for no other. */
  get digest(): string {
    return this.hash.toString(16).padStart(16, "0")
  }
}

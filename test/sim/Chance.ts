// The one source of chance of a simulated run: everything drawn comes from its seed, so that a seed is the whole run.
// Each part of a world draws from a stream of its own name: one more draw in one part changes nothing in another.

const mask = (1n << 64n) - 1n

/** A name as a number (FNV-1a, 64 bits). */
export const hashOf = (text: string, start = 0xcbf29ce484222325n): bigint => {
  let hash = start
  for (const char of text) hash = ((hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & mask
  return hash
}

export class Chance {
  private state: bigint

  constructor(seed: bigint) {
    this.state = seed & mask
  }

  /** A stream of its own, the same for the same name. */
  fork(name: string): Chance {
    return new Chance(hashOf(name, this.state ^ 0xcbf29ce484222325n))
  }

  /** 64 bits (splitmix64). */
  next(): bigint {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & mask
    let z = this.state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask
    return z ^ (z >> 31n)
  }

  /** From 0 up to, but not including, 1. */
  float(): number {
    return Number(this.next() >> 11n) / 2 ** 53
  }

  /** A whole number below `bound`. */
  below(bound: number): number {
    return Math.floor(this.float() * bound)
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  happens(probability: number): boolean {
    return this.float() < probability
  }

  pick<A>(list: readonly [A, ...ReadonlyArray<A>]): A {
    return list[this.below(list.length)] ?? list[0]
  }

  /** By weight; a weight of 0 is never picked while another is above it. */
  weighted<A extends string>(weights: Readonly<Record<A, number>>): A {
    const entries = (Object.keys(weights) as Array<A>).map((name) => [name, weights[name]] as const)
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
    let at = this.float() * total
    for (const [name, weight] of entries) {
      at -= weight
      if (at < 0) return name
    }
    const last = entries.at(-1)
    if (last === undefined) throw new Error("nothing to pick from")
    return last[0]
  }
}

/**
 * What waits to be committed, oldest first, and what may go together: no actor in two groups at once, no event of an actor
 * before an older one of the same actor.
 *
 * Plain data, no effects. Gotcha: `take` marks the actors of a group busy; `done` must be called for every group taken.
 */

/** Anything that waits: it names the keys (actors, watched accounts) that must stay in order, and how many steps it brings. */
export interface Waiting {
  readonly keys: ReadonlyArray<string>
  readonly weight: number
}

export class Mailbox<Item extends Waiting> {
  private waiting: Array<Item> = []
  private readonly busy = new Set<string>()

  get size(): number {
    return this.waiting.length
  }

  put(item: Item): void {
    this.waiting.push(item)
  }

  /** Puts items back before all others, in their order: they were here first. */
  putBack(items: ReadonlyArray<Item>): void {
    if (items.length > 0) this.waiting = [...items, ...this.waiting]
  }

  /** The next group: at most `most` steps, or one item that alone has more. Empty when all that waits is busy. */
  take(most: number): ReadonlyArray<Item> {
    const group: Array<Item> = []
    const left: Array<Item> = []
    const passed = new Set<string>()
    let weight = 0
    let index = 0
    for (; index < this.waiting.length; index++) {
      const item = this.waiting[index]
      if (item === undefined) continue
      if (weight > 0 && weight + item.weight > most) break
      if (item.keys.some((key) => this.busy.has(key) || passed.has(key))) {
        for (const key of item.keys) passed.add(key)
        left.push(item)
        continue
      }
      group.push(item)
      weight += item.weight
    }
    for (const item of group) for (const key of item.keys) this.busy.add(key)
    this.waiting = left.length === 0 ? this.waiting.slice(index) : [...left, ...this.waiting.slice(index)]
    return group
  }

  done(group: ReadonlyArray<Item>): void {
    for (const item of group) for (const key of item.keys) this.busy.delete(key)
  }
}

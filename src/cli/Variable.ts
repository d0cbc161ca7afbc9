/** An environment variable as data: its name, and what an operator must know to give it. */

export interface Variable {
  readonly name: string
  readonly group: string
  /** What it is for, as a sentence for the operator. */
  readonly about: string
  /** What holds when it is not set, in words; null where it must be set. */
  readonly otherwise: string | null
  /** What would be right, completing "give …". */
  readonly right: string
  /** Never shown, and also read from the file that `<name>_FILE` names. */
  readonly secret: boolean
}

export const plain = (
  group: string,
  name: string,
  about: string,
  otherwise: string | null,
  right: string
): Variable => ({ name, group, about, otherwise, right, secret: false })

export const secret = (
  group: string,
  name: string,
  about: string,
  otherwise: string | null,
  right: string
): Variable => ({
  name,
  group,
  about,
  otherwise,
  right,
  secret: true
})

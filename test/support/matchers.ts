// Vitest's matchers for a part of a value, typed as what they stand for: something, and not `any`.
import { expect } from "vitest"

export const someText: unknown = expect.any(String)
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)
export const containing = (text: string): unknown => expect.stringContaining(text)
export const having = (members: Readonly<Record<string, unknown>>): unknown =>
  expect.objectContaining(members)

// What the public validator expects of anchors that give quotes: one that takes them, one that takes nothing else.
import { afterAll, beforeAll } from "vitest"
import { type Anchor, startAnchor } from "./anchor.ts"
import { quotedPaymentExpectations } from "./quotedPayments.ts"
import { quoteExpectations } from "./sep38.ts"

let supporting: Anchor
let requiring: Anchor
beforeAll(async () => {
  ;[supporting, requiring] = await Promise.all([startAnchor("supported"), startAnchor("required")])
})
afterAll(() => Promise.all([supporting.stop(), requiring.stop()]))

quoteExpectations(() => supporting)
quotedPaymentExpectations("supported", () => supporting)
quotedPaymentExpectations("required", () => requiring)

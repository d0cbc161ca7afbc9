// What the public validator expects of an anchor without quotes: one anchor, asked about everything.
import { afterAll, beforeAll } from "vitest"
import { type Anchor, startAnchor } from "./anchor.ts"
import { paymentExpectations } from "./sep31.ts"
import { customerExpectations } from "./sep12.ts"
import { signInExpectations } from "./sep10.ts"
import { stellarTomlExpectations } from "./sep1.ts"

let anchor: Anchor
beforeAll(async () => {
  anchor = await startAnchor("off")
})
afterAll(() => anchor.stop())

stellarTomlExpectations(() => anchor)
signInExpectations(() => anchor)
customerExpectations(() => anchor)
paymentExpectations(() => anchor)

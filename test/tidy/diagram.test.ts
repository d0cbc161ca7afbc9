// The picture of the machine is read by people who decide about money: it must be the machine.
import { expect, it } from "vitest"
import { diagram, diagramPath } from "../../scripts/diagram.ts"
import { leaves } from "../../machines/transaction/leaves.ts"
import { read } from "./Source.ts"

it("the picture of the transaction machine is the machine (npm run diagram)", () => {
  expect(read(diagramPath)).toBe(diagram())
})

it("the picture shows every state and what it waits for", () => {
  const text = diagram()

  for (const leaf of leaves) {
    expect(text).toContain(`| \`${leaf}\` |`)
    expect(text).toMatch(new RegExp(`--> ${leaf.split(".").at(-1)}\\b`))
  }
})

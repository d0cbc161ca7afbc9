import { describe, expect, it } from "vitest"
import { unreadableRun } from "../../../src/watcher/unreadableRun.ts"

/** A page as a picture: `x` could not be read, `.` could. */
const page = (picture: string) => ({
  transactions: picture.length,
  unreadable: picture
    .split("")
    .flatMap((mark, ordinal) =>
      mark === "x" ? [{ ordinal, position: String(ordinal), reason: "", raw: "" }] : []
    )
})

describe("unreadableRun", () => {
  it.each([
    [0, "", 0, 0],
    [3, "", 3, 3],
    [0, "....", 0, 0],
    [0, "xxxxx", 5, 5],
    [0, "xxxx.x", 4, 1],
    [0, "x.x.x.x.x", 1, 1],
    [3, "xx...", 5, 0],
    [4, ".xxx", 4, 3],
    [2, "..xxxxx..xx", 5, 2]
  ])("after %i, the page %j has a run of %i and ends with %i", (before, picture, longest, trailing) => {
    expect(unreadableRun(before, page(picture))).toEqual({ longest, trailing })
  })
})

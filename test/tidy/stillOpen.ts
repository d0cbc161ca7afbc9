// Requirements that are done or decided and have no test yet whose title cites them. The list only shrinks: the tidy test
// fails when one of them has got a test, and when one that is not here has none.
export const stillOpen: ReadonlyArray<string> = `
  S31-KYC-01 S31-KYC-02 S31-KYC-05 S31-KYC-06
  S12-ID-12
  S12-GET-13 S12-GET-15
  S12-PUT-06 S12-PUT-07 S12-PUT-11
  S12-VER-01 S12-VER-02
  S12-CB-01 S12-CB-06
  S12-FILE-01 S12-FILE-02 S12-FILE-03
`
  .trim()
  .split(/\s+/)
  .filter((id) => id !== "")

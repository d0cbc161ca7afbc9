// Requirements that are done or decided and have no test yet whose title cites them. The list only shrinks: the tidy test
// fails when one of them has got a test, and when one that is not here has none.
export const stillOpen: ReadonlyArray<string> = `
  S31-GEN-03
  S31-RESP-04
  S31-ST-15 S31-ST-17
  S31-CB-01
  S31-KYC-01 S31-KYC-02 S31-KYC-05 S31-KYC-06 S31-KYC-08
  S31-DUAL-01 S31-DUAL-06 S31-DUAL-08
  S10-CD-02 S10-CD-03 S10-CD-04
  S10-AH-02 S10-AH-03 S10-AH-04
  S12-ID-12
  S12-GET-13 S12-GET-15
  S12-PUT-06 S12-PUT-07 S12-PUT-11
  S12-VER-01 S12-VER-02
  S12-CB-01 S12-CB-06
  S12-FILE-01 S12-FILE-02 S12-FILE-03
  S38-GEN-01 S38-GEN-02 S38-GEN-03 S38-GEN-04 S38-GEN-06 S38-GEN-07
  S38-INFO-01 S38-INFO-02 S38-INFO-03 S38-INFO-04
  S38-PS-01 S38-PS-02 S38-PS-04 S38-PS-05 S38-PS-06 S38-PS-07 S38-PS-08
  S38-P-01 S38-P-02 S38-P-03 S38-P-04 S38-P-05
  S38-F-03 S38-F-10 S38-F-11
  S38-Q-01 S38-Q-02 S38-Q-03 S38-Q-04 S38-Q-05 S38-Q-06 S38-Q-11 S38-Q-12
  S38-G-01 S38-G-02 S38-G-04 S38-G-05
  H-13 H-14 H-17
`
  .trim()
  .split(/\s+/)
  .filter((id) => id !== "")

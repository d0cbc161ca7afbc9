// Requirements that are done or decided and have no test yet whose title cites them. The list only shrinks: the tidy test
// fails when one of them has got a test, and when one that is not here has none.
export const stillOpen: ReadonlyArray<string> = []

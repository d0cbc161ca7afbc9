/**
 * A host name to its addresses, all of them and once for each call.
 *
 * Gotcha: not by the system's `getaddrinfo`, which holds one of Node's few threads until the slowest name server of a stranger
 * has answered; the resolver here asks the configured name servers itself and can be given up. It reads no hosts file, which
 * for names of strangers is right; for trying out on one machine `fromSystem` does.
 */
import { lookup, promises as dns } from "node:dns"
import { Effect } from "effect"

/** Every address of the name. Fails with a reason for the log. */
export type Resolve = (host: string) => Effect.Effect<ReadonlyArray<string>, Error>

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)))

/** By the system, hosts file and `localhost` included. */
export const fromSystem: Resolve = (host) =>
  Effect.callback((resume) => {
    lookup(host, { all: true }, (error, found) =>
      resume(error === null ? Effect.succeed(found.map(({ address }) => address)) : Effect.fail(error))
    )
  })

/** By the name servers of this machine, or by those given as `address:port`. */
export const fromNameServers = (servers?: ReadonlyArray<string>): Resolve => {
  return (host) =>
    Effect.suspend(() => {
      // One resolver a call, so that giving up this call cancels its questions and nobody else's.
      const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })
      if (servers !== undefined) resolver.setServers(servers)
      const ask = (question: () => Promise<ReadonlyArray<string>>) =>
        Effect.result(Effect.tryPromise({ try: question, catch: asError }))
      const both = Effect.all([ask(() => resolver.resolve4(host)), ask(() => resolver.resolve6(host))], {
        concurrency: 2
      })
      return both.pipe(
        Effect.flatMap(([v4, v6]) => {
          const found = [v4, v6].flatMap((answer) => (answer._tag === "Success" ? answer.success : []))
          return found.length === 0 && v4._tag === "Failure" ? Effect.fail(v4.failure) : Effect.succeed(found)
        }),
        Effect.onInterrupt(() => Effect.sync(() => resolver.cancel()))
      )
    })
}

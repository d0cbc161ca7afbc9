/** A port that is free now: the wanted one, or any. */
import { createServer } from "node:net"
import { Effect } from "effect"

const tryPort = (port: number) =>
  Effect.callback<number | null>((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(null)))
    server.listen(port, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? null) : null)))
    })
  })

export const freePort = (wanted: number): Effect.Effect<number> =>
  tryPort(wanted).pipe(
    Effect.flatMap((port) => (port === null ? tryPort(0) : Effect.succeed(port))),
    Effect.flatMap((port) =>
      port === null ? Effect.die(new Error("the system gives no TCP port")) : Effect.succeed(port)
    )
  )

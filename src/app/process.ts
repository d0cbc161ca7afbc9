/**
 * A process with Kedge in it: ports, services and what of them runs. `serve`, the workers and the demo all begin here.
 *
 * Gotcha: the schema is brought up to date or checked before any service reads from it, and a stop goes the other way round:
 * listeners first, then the roles, the storage last.
 */
import { Effect, Layer } from "effect"
import { ConfigProblems } from "../cli/ConfigProblems.ts"
import { variables } from "../cli/variables.ts"
import * as Kedge from "../Kedge.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { Storage } from "../ports/Storage.ts"
import { unavailable } from "./asCommandFailed.ts"
import { Health } from "./Health.ts"
import { operatorListener, publicListener } from "./listeners.ts"
import { portsLayer } from "./ports.ts"
import { questionSocket } from "./questionSocket.ts"
import { Supervisor } from "./Supervisor.ts"

/** Ready to be read and written, or a problem of the configuration. */
export const prepareSchema = Effect.gen(function* () {
  const storage = yield* Storage
  const { migrate } = yield* KedgeConfig
  // Nothing in memory lasts, so there is nothing to bring up to date by hand.
  if (migrate || storage.kind === "memory") {
    const ran = yield* storage.migrate
    if (ran.length > 0) yield* Effect.logInfo("the schema is up to date", { migrations: ran.length })
    return
  }
  yield* storage.checkSchema
}).pipe(
  Effect.catchTags({
    SchemaOutdated: ({ message }) =>
      Effect.fail(
        new ConfigProblems({
          problems: [
            {
              name: variables.databaseUrl.name,
              message: `${message}; run \`kedge migrate\`, or set ${variables.migrate.name}=true`
            }
          ]
        })
      ),
    StorageUnavailable: ({ message }) => Effect.fail(unavailable(`the database does not answer: ${message}`))
  })
)

/** Every port and service, over a schema that is right. */
export const kedgeLayer = (settings: Settings) => {
  const schema = Layer.effectDiscard(prepareSchema)
  return Kedge.layer.pipe(Layer.provideMerge(schema.pipe(Layer.provideMerge(portsLayer(settings)))))
}

/** The whole: roles, health, the listeners, and the socket an embedded database is asked over. */
export const serverLayer = (settings: Settings) => {
  const running = Health.layer.pipe(Layer.provideMerge(Supervisor.layer))
  const listeners = Layer.mergeAll(
    operatorListener,
    settings.roles.http ? publicListener : Layer.empty,
    questionSocket
  )
  return listeners.pipe(Layer.provideMerge(running), Layer.provideMerge(kedgeLayer(settings)))
}

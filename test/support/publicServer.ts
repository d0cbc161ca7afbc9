// A public listener on loopback as the application has it: node:http, the envelope, and the SEPs the test mounts.
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, type FileSystem, Layer, type Path } from "effect"
import { type Etag, type HttpPlatform, HttpRouter, HttpServer } from "effect/http"
import { createPublicServer, type PublicServerOptions } from "../../adapters/http-node/createPublicServer.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { type EnvelopeOptions, layer as envelope } from "../../src/http/Envelope.ts"

type Platform = Etag.Generator | HttpPlatform.HttpPlatform | FileSystem.FileSystem | Path.Path

export interface ServerWish {
  readonly envelope?: Partial<EnvelopeOptions>
  readonly server?: Partial<PublicServerOptions>
}

/** Serves the routes until the scope closes; answers `http://127.0.0.1:<port>` and the host with its port. */
export const serve = <E, R>(
  routes: Layer.Layer<never, E, R | HttpRouter.HttpRouter | Platform>,
  { envelope: limits, server }: ServerWish = {}
) =>
  Effect.gen(function* () {
    const around = Layer.unwrap(
      Effect.map(Entropy, (entropy) =>
        envelope({
          bodyMax: 65_536,
          requestTimeout: 30,
          slowMillis: 10_000,
          requestId: entropy.uuid,
          ...limits
        })
      )
    )
    const served = HttpRouter.serve(Layer.provideMerge(routes, around), {
      disableLogger: true,
      disableListenLog: true
    }).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(() => createPublicServer({ requestTimeout: 30, ...server }), {
          port: 0,
          host: "127.0.0.1",
          gracefulShutdownTimeout: 100
        })
      )
    )
    const { address } = Context.get(yield* Layer.build(served), HttpServer.HttpServer)
    if (!("port" in address)) return yield* Effect.die(new Error("the server listens on no port"))
    const host = `127.0.0.1:${address.port}`
    return { base: `http://${host}`, host }
  })

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON; undefined when it is none. */
  readonly json: unknown
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One request with fetch, its body read whole. */
export const ask = (url: string, init?: RequestInit): Effect.Effect<Answer> =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  })

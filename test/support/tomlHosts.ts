// Client domains without a network: which host publishes what, as the port for strangers' addresses would bring it.
import { Effect, Layer } from "effect"
import {
  Outbound,
  type OutboundAnswer,
  OutboundRefused,
  type OutboundRequest,
  OutboundUnavailable
} from "../../src/ports/Outbound.ts"

/** The text of a stellar.toml, an answer of another kind, or none: `down`, or `inside`, which is never called. */
export type Publishes = string | Partial<OutboundAnswer>
export const down = "down"
export const inside = "inside"

const whole = (body: string): OutboundAnswer => ({
  status: 200,
  body: new TextEncoder().encode(body),
  whole: true
})

/** The hosts may change while it runs; `sent` is every request in order. */
export const tomlHosts = (hosts: Map<string, Publishes> = new Map()) => {
  const sent: Array<OutboundRequest> = []
  const layer = Layer.succeed(Outbound, {
    check: (url) => Effect.succeed(new URL(url)),
    send: (request) =>
      Effect.suspend((): Effect.Effect<OutboundAnswer, OutboundRefused | OutboundUnavailable> => {
        sent.push(request)
        const found = hosts.get(new URL(request.url).host) ?? down
        if (found === down) {
          return Effect.fail(
            new OutboundUnavailable({
              words: "its host did not answer",
              detail: "10.0.0.7 refused the connection"
            })
          )
        }
        if (found === inside) {
          return Effect.fail(
            new OutboundRefused({
              words: "its host is not called",
              detail: "it leads to 10.0.0.7",
              lasting: false
            })
          )
        }
        return Effect.succeed(typeof found === "string" ? whole(found) : { ...whole(""), ...found })
      })
  })
  return { hosts, layer, sent }
}

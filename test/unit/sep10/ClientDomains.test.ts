// Which client domains are taken, what is asked of them, and what is believed of the answer. The port for strangers' addresses
// is scripted; clientDomain.test.ts of the integration tests has a real one over TLS.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { ClientDomains } from "../../../src/sep10/ClientDomains.ts"
import { keyOf, noon, serverKey } from "../../support/signIn.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"
import { down, inside, type Publishes, tomlHosts } from "../../support/tomlHosts.ts"

const key = keyOf("wallet").publicKey()
const domain = "wallet.example.org"
const toml = (signingKey = key) =>
  `VERSION="2.7.0"\nSIGNING_KEY="${signingKey}"\n[DOCUMENTATION]\nORG_NAME="Wallet"\n`

interface Wish {
  readonly signIn?: Partial<Settings["signIn"]>
  readonly allowLocal?: boolean
}

const world = (published: Readonly<Record<string, Publishes>> = { [domain]: toml() }, wish: Wish = {}) => {
  const tomls = tomlHosts(new Map(Object.entries(published)))
  const settings: Partial<Settings> = {
    signIn: { ...sep10Settings.signIn, ...wish.signIn },
    allowLocal: wish.allowLocal ?? false
  }
  const lines: Array<string> = []
  const logger = Logger.make(({ message }) => lines.push(JSON.stringify(message)))
  const layer = ClientDomains.layer.pipe(
    Layer.provide(sep10Ports({ settings, outbound: tomls.layer })),
    Layer.provideMerge(Logger.layer([logger]))
  )
  const run = <A, E>(test: Effect.Effect<A, E, ClientDomains>) =>
    Effect.andThen(TestClock.setTime(noon * 1000), test).pipe(Effect.provide(layer))
  return { ...tomls, lines, run }
}

const verify = (named?: string, owner = "192.0.2.1") =>
  Effect.flatMap(ClientDomains, (domains) => domains.verify(named, owner))
const refusal = (named?: string, owner?: string) =>
  Effect.map(Effect.flip(verify(named, owner)), ({ message, status }) => `${status} ${message}`)

const unread = "400 the stellar.toml of client_domain could not be read over https"
const keyless = "400 the stellar.toml of client_domain has no SIGNING_KEY that is an account (G…)"

describe("a client domain", () => {
  it.effect("is verified by the SIGNING_KEY in its stellar.toml (S10-CD-02, S10-CH-12)", () => {
    const { run, sent } = world()
    return run(
      Effect.gen(function* () {
        expect(yield* verify(domain)).toEqual({ domain, key })
        expect(yield* verify()).toBe(null)
        expect(sent).toHaveLength(1)
      })
    )
  })

  it.effect(
    "is asked for one file over https, with bounds on size and time and no secret (S10-CD-04)",
    () => {
      const { run, sent } = world()
      return run(
        Effect.gen(function* () {
          yield* verify(domain)
          expect(sent).toEqual([
            {
              method: "GET",
              url: "https://wallet.example.org/.well-known/stellar.toml",
              headers: { Accept: "text/plain, application/toml" },
              owner: "client domains of 192.0.2.1",
              timeoutSeconds: 5,
              maxBytes: 102_400
            }
          ])
        })
      )
    }
  )

  it.effect.each([
    "",
    "https://wallet.example.org",
    "wallet.example.org/",
    "wallet.example.org/path",
    "wallet.example.org?x=1",
    "wallet.example.org#x",
    "user@wallet.example.org",
    "user:password@wallet.example.org",
    "Wallet.example.org",
    "wallet.example.org:443",
    "wallet.example.org:",
    " wallet.example.org",
    "wallet.example.org\\x",
    "wallet .example.org",
    "bücher.example",
    "2130706433",
    "0x7f.1",
    "0177.1",
    "127.1",
    `${"a".repeat(61)}.org`
  ])("is not %j, which is no bare host (S10-CD-03)", (named) => {
    const { run, sent } = world()
    return run(
      Effect.gen(function* () {
        expect(yield* refusal(named)).toContain("400 client_domain is not a bare host name")
        expect(sent).toEqual([])
      })
    )
  })

  it.effect("is called on port 443 alone, unless the operator lists another (SEC-01, S10-CD-03)", () => {
    const named = "wallet.example.org:8443"
    const { run, sent } = world({ [named]: toml() })
    const listed = world({ [named]: toml() }, { signIn: { allowedClientDomains: [named] } })
    return Effect.gen(function* () {
      expect(yield* run(refusal(named))).toContain("400 client_domain names a port")
      expect(sent).toEqual([])
      expect(yield* listed.run(verify(named))).toEqual({ domain: named, key })
    })
  })

  const broken: ReadonlyArray<readonly [string, Publishes, string]> = [
    ["that does not answer", down, unread],
    ["whose name leads inside", inside, unread],
    ["that redirects", { status: 302, body: new TextEncoder().encode(toml()) }, unread],
    ["without the file", { status: 404 }, unread],
    ["with a file that is too long", { body: new TextEncoder().encode(toml()), whole: false }, unread],
    ["with another text", "<!doctype html><title>secret of the inside</title>", keyless],
    ["with bytes that are no text", { body: Uint8Array.of(0xff, 0xfe, 0x53) }, keyless],
    ["with a text that is no TOML at its end", `${toml()}\n]]`, keyless],
    ["without a key", `VERSION="2.7.0"`, keyless],
    ["with a key of another table", `[x]\nSIGNING_KEY="${key}"`, keyless],
    ["with a key in a comment", `# SIGNING_KEY="${key}"`, keyless],
    ["with a key in a text of several lines", `A="""\nSIGNING_KEY="${key}"\n"""`, keyless],
    ["with a key that is no text", "SIGNING_KEY=5", keyless],
    ["with a mistyped key", toml(`${key.slice(0, -1)}A`), keyless],
    ["with a secret seed as its key", toml(keyOf("wallet").secret()), keyless],
    ["with two keys", `SIGNING_KEY="${key}"\n${toml()}`, keyless]
  ]
  it.effect.each(broken)(
    "%s is 400, in words that tell nothing of the answer or the inside (S10-CD-02, S10-CD-04, SEC-06)",
    ([, publishes, said]) => {
      const { lines, run } = world({ [domain]: publishes })
      return run(
        Effect.gen(function* () {
          expect(yield* refusal(domain)).toBe(said)
          expect(lines).toHaveLength(1)
          expect(lines.join()).toContain(domain)
          expect(lines.join()).not.toContain("secret of the inside")
        })
      )
    }
  )

  it.effect("whose key is ours is refused (S10-CD-05)", () =>
    world({ [domain]: toml(serverKey.publicKey()) }).run(
      Effect.gen(function* () {
        expect(yield* refusal(domain)).toBe("400 the SIGNING_KEY of client_domain is this server's own")
      })
    )
  )

  it.effect("is read once for as long as it is believed, and again after (S10-CD-04)", () => {
    const { hosts, run, sent } = world()
    const other = keyOf("new wallet").publicKey()
    return run(
      Effect.gen(function* () {
        yield* Effect.all(
          Array.from({ length: 20 }, () => verify(domain)),
          { concurrency: "unbounded" }
        )
        expect(sent).toHaveLength(1)
        hosts.set(domain, toml(other))
        yield* TestClock.adjust("299 seconds")
        expect((yield* verify(domain))?.key).toBe(key)
        yield* TestClock.adjust("1 second")
        expect((yield* verify(domain))?.key).toBe(other)
        expect(sent).toHaveLength(2)
      })
    )
  })

  it.effect("that failed is not called by every try, but soon again (SEC-08)", () => {
    const { hosts, run, sent } = world({})
    return run(
      Effect.gen(function* () {
        for (let at = 0; at < 10; at++) expect(yield* refusal(domain)).toBe(unread)
        expect(sent).toHaveLength(1)
        hosts.set(domain, toml())
        yield* TestClock.adjust("5 seconds")
        expect((yield* verify(domain))?.key).toBe(key)
      })
    )
  })
})

describe("a flood of client domains", () => {
  it.effect(
    "uses up the flooder's share alone, and its failures are nobody else's (SEC-08, S10-CH-16)",
    () => {
      const { hosts, run, sent } = world({})
      return run(
        Effect.gen(function* () {
          for (let at = 0; at < 30; at++) yield* refusal(`d${at}.example.org`, "198.51.100.7")
          expect(yield* refusal(domain, "198.51.100.7")).toBe(unread)
          hosts.set(domain, toml())

          expect((yield* verify(domain, "192.0.2.1"))?.key).toBe(key)
          expect(new Set(sent.map(({ owner }) => owner))).toEqual(
            new Set(["client domains of 198.51.100.7", "client domains of 192.0.2.1"])
          )
          // what was read is believed for all
          expect((yield* verify(domain, "198.51.100.7"))?.key).toBe(key)
          expect(sent).toHaveLength(32)
        })
      )
    }
  )
})

describe("attribution", () => {
  it.effect("that is off ignores whatever is named, and calls nobody (S10-CD-01)", () => {
    const { run, sent } = world(undefined, { signIn: { clientDomains: "off" } })
    return run(
      Effect.gen(function* () {
        for (const named of [domain, "https://x/y", ""]) expect(yield* verify(named)).toBe(null)
        expect(sent).toEqual([])
      })
    )
  })

  it.effect("for listed domains ignores all others, and calls none of them (S10-CD-01)", () => {
    const { run, sent } = world(undefined, { signIn: { allowedClientDomains: ["other.example.org"] } })
    return run(
      Effect.gen(function* () {
        expect(yield* verify(domain)).toBe(null)
        expect(yield* refusal("other.example.org")).toBe(unread)
        expect(sent.map(({ url }) => url)).toEqual(["https://other.example.org/.well-known/stellar.toml"])
      })
    )
  })

  it.effect("that is required refuses none with 400 and an unlisted one with 403 (S10-CD-06)", () => {
    const { run, sent } = world(undefined, {
      signIn: { clientDomains: "required", allowedClientDomains: [domain] }
    })
    return run(
      Effect.gen(function* () {
        expect(yield* refusal()).toContain("400 client_domain is missing")
        expect(yield* refusal("other.example.org")).toContain("403 this client_domain is not one")
        expect(sent).toEqual([])
        expect(yield* verify(domain)).toEqual({ domain, key })
      })
    )
  })

  it.effect("is not ignored where requests are signed by the domain's key (S10-CD-01, S10-AH-04)", () => {
    const signedRequests = true
    const off = world(undefined, { signIn: { signedRequests, clientDomains: "off" } })
    const listed = world(undefined, {
      signIn: { signedRequests, allowedClientDomains: ["other.example.org"] }
    })
    return Effect.gen(function* () {
      expect(yield* off.run(refusal(domain))).toContain("400 client_domain is not supported here")
      expect(yield* listed.run(refusal(domain))).toContain("403")
    })
  })

  it.effect(
    "takes plain http from this machine alone, and only where that is allowed (S10-CD-04, SEC-01)",
    () => {
      const named = "localhost:8000"
      const local = world({ [named]: toml(), [domain]: toml() }, { allowLocal: true })
      return Effect.gen(function* () {
        yield* local.run(Effect.andThen(verify(named), verify(domain)))
        expect(local.sent.map(({ url }) => url.split("/")[0])).toEqual(["http:", "https:"])
      })
    }
  )
})

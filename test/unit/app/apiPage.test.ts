import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { apiPage } from "../../../src/app/apiPage.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"

const fetched = (settings: Pick<Settings, "activeSeps" | "baseUrl">, path: string) =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      HttpRouter.toWebHandler(apiPage(settings).pipe(Layer.provide(HttpServer.layerServices)), {
        disableLogger: true
      })
    ),
    ({ handler }) => Effect.promise(() => handler(new Request(`http://localhost${path}`))),
    ({ dispose }) => Effect.promise(dispose)
  )

const pathsOf = Effect.fnUntraced(function* (settings: Pick<Settings, "activeSeps" | "baseUrl">) {
  const response = yield* fetched(settings, "/openapi.json")
  const document = (yield* Effect.promise(() => response.json())) as { readonly paths: object }
  return Object.keys(document.paths).sort()
})

const baseUrl = new URL("https://anchor.example.org")

describe("the description of the API", () => {
  it.effect("names the endpoints of the active SEPs, below the path of the base URL, and no other", () =>
    Effect.gen(function* () {
      expect(yield* pathsOf({ activeSeps: ["sep-1", "sep-10"], baseUrl })).toEqual([
        "/.well-known/stellar.toml",
        "/auth"
      ])
      const below = yield* pathsOf({ activeSeps: ["sep-31"], baseUrl: new URL("https://example.org/anchor") })
      expect(below).toContain("/anchor/sep31/transactions")
      expect(below.every((path) => path.startsWith("/anchor/sep31/"))).toBe(true)
    })
  )

  it.effect("the page loads nothing from anywhere, and its policy would not let it", () =>
    Effect.gen(function* () {
      const response = yield* fetched({ activeSeps: ["sep-31"], baseUrl }, "/docs")
      const html = yield* Effect.promise(() => response.text())
      const markup = html.replaceAll(/<script>[\s\S]*?<\/script>/g, "")

      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
      expect(markup).not.toMatch(/\b(src|href)=/)
      expect(html).toContain("/sep31/transactions")
    })
  )
})

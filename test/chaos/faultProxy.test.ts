// The proxy is itself to be believed: that it cuts where it says, and swallows what it says.
import { once } from "node:events"
import { createConnection, createServer, type Server, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { waitFor } from "../support/waitFor.ts"
import { FaultProxy } from "./FaultProxy.ts"

describe("the fault proxy", () => {
  let server: Server
  let proxy: FaultProxy
  let echo: { heard: string; ends: number }
  const clients: Array<Socket> = []

  /** Answers every word with itself. */
  beforeEach(async () => {
    const its = { heard: "", ends: 0 }
    echo = its
    server = createServer((socket) => {
      socket.on("data", (bytes) => {
        its.heard += bytes.toString()
        socket.write(`echo ${bytes.toString()}`)
      })
      socket.on("error", () => undefined)
      socket.on("close", () => (its.ends += 1))
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    proxy = await FaultProxy.start([(server.address() as AddressInfo).port])
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await proxy.close()
    server.close()
  })

  const connect = async () => {
    const socket = createConnection({ port: proxy.port, host: "127.0.0.1" })
    clients.push(socket)
    const seen = { text: "", isClosed: false, socket }
    socket.on("data", (bytes: Buffer) => (seen.text += bytes.toString()))
    socket.on("error", () => undefined)
    socket.on("close", () => (seen.isClosed = true))
    await once(socket, "connect")
    return seen
  }
  const say = (seen: { readonly socket: Socket }, word: string) => seen.socket.write(word)
  const hears = (seen: { readonly text: string }, text: string) =>
    waitFor(`the answer ${text}`, () => seen.text === text)
  const isWord = (word: string) => (bytes: Buffer) => bytes.toString() === word

  it("passes on what is said, both ways", async () => {
    const client = await connect()

    say(client, "hello")

    await hears(client, "echo hello")
    expect(echo.heard).toBe("hello")
  })

  it("cuts after the bytes it was told of have passed, and before their answer", async () => {
    const client = await connect()
    const cut = proxy.cutAt(isWord("COMMIT"), "sent")

    say(client, "COMMIT")
    await cut

    await waitFor("the line to be gone", () => client.isClosed)
    await waitFor("the server to have it", () => echo.heard === "COMMIT")
    expect(client.text).toBe("")
  })

  it("cuts in the middle of the bytes it was told of", async () => {
    const client = await connect()
    const cut = proxy.cutAt(isWord("COMMIT"), "half")

    say(client, "COMMIT")
    await cut

    await waitFor("both ends to be gone", () => client.isClosed && echo.ends === 1)
    expect("COM".startsWith(echo.heard)).toBe(true)
  })

  it("cuts when the answer is on its way, and the answer is lost", async () => {
    const client = await connect()
    void proxy.cutAt(isWord("COMMIT"), "answered")

    say(client, "COMMIT")

    await waitFor("the line to be gone", () => client.isClosed)
    expect(echo.heard).toBe("COMMIT")
    expect(client.text).toBe("")
  })

  it("cuts one line for one order", async () => {
    const [first, second] = [await connect(), await connect()]
    void proxy.cutAt(isWord("COMMIT"), "sent")
    say(first, "COMMIT")
    await waitFor("the line to be gone", () => first.isClosed)

    say(second, "COMMIT")

    await hears(second, "echo COMMIT")
  })

  it("holds what is said, and passes it on in order when released", async () => {
    const client = await connect()
    say(client, "a")
    await hears(client, "echo a")
    proxy.hold()
    say(client, "b")
    // Past the proxy, a word goes there and back in the meantime.
    const beside = createConnection((server.address() as AddressInfo).port, "127.0.0.1")
    clients.push(beside)
    beside.write("x")
    await once(beside, "data")
    expect(echo.heard).toBe("ax")

    proxy.release()

    await hears(client, "echo aecho b")
  })

  it("leaves a client before a half-open line, open and without an answer", async () => {
    const client = await connect()
    say(client, "a")
    await hears(client, "echo a")

    proxy.swallow()
    say(client, "b")

    await waitFor("the server to lose the line", () => echo.ends === 1)
    proxy.heal()
    const later = await connect()
    say(later, "c")
    await hears(later, "echo c")
    expect(client.isClosed).toBe(false)
    expect(echo.heard).toBe("ac")
  })

  it("garbles what both ends hear, and cuts", async () => {
    const client = await connect()
    say(client, "a")
    await hears(client, "echo a")

    proxy.garble(Buffer.from("#!"))

    await waitFor("the line to be gone", () => client.isClosed)
    expect("echo a#!".startsWith(client.text)).toBe(true)
    expect(proxy.openLines).toBe(0)
  })

  it("refuses while it leads nowhere", async () => {
    proxy.targets = []
    const client = createConnection({ port: proxy.port, host: "127.0.0.1" })
    clients.push(client)
    client.on("error", () => undefined)

    await waitFor("the refusal", () => client.closed)
    expect(proxy.openLines).toBe(0)
  })
})

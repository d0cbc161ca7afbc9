// Names resolved by a name server of the test's own, over UDP, as the configured one would be asked.
import { createSocket } from "node:dgram"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fromNameServers, fromSystem } from "../../../adapters/outbound-node/names.ts"

const [typeA, typeAaaa] = [1, 28]

type Zone = Readonly<
  Record<string, { readonly v4?: ReadonlyArray<string>; readonly v6?: ReadonlyArray<Buffer> }>
>

/** The labels of the question's name, and where the question ends. */
const readQuestion = (packet: Buffer) => {
  const labels: Array<string> = []
  let at = 12
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.subarray(at + 1, at + 1 + length).toString())
    at += 1 + length
  }
  return { name: labels.join("."), type: packet.readUInt16BE(at + 1), end: at + 5 }
}

/** RFC 1035 §4.1: the header with the counts, the question again, and an answer for each address. */
const replyTo = (packet: Buffer, zone: Zone): Buffer => {
  const { end, name, type } = readQuestion(packet)
  const known = zone[name.toLowerCase()]
  const v4 = (known?.v4 ?? []).map((address) => Buffer.from(address.split(".").map(Number)))
  const found = known === undefined ? [] : type === typeA ? v4 : type === typeAaaa ? (known.v6 ?? []) : []
  const header = Buffer.from(packet.subarray(0, 12))
  header.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2)
  header.writeUInt16BE(found.length, 6)
  header.writeUInt32BE(0, 8)
  const answers = found.map((address) => {
    const head = Buffer.alloc(12)
    head.writeUInt16BE(0xc00c, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt32BE(60, 6)
    head.writeUInt16BE(address.length, 10)
    return Buffer.concat([head, address])
  })
  return Buffer.concat([header, packet.subarray(12, end), ...answers])
}

const startNameServer = (zone: Zone) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const socket = createSocket("udp4")
      const asked: Array<string> = []
      socket.on("message", (packet, { address, port }) => {
        asked.push(readQuestion(packet).name)
        socket.send(replyTo(packet, zone), port, address)
      })
      await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
      return { socket, asked, server: `127.0.0.1:${socket.address().port}` }
    }),
    ({ socket }) => Effect.sync(() => socket.close())
  )

const loopback6 = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])

describe("names", () => {
  it.live("every address of a name is found, IPv4 and IPv6 (SEC-02)", () =>
    Effect.gen(function* () {
      const zone = {
        "both.example": { v4: ["192.0.2.1", "10.0.0.1"], v6: [loopback6] },
        "six.example": { v6: [loopback6] }
      }
      const { server } = yield* startNameServer(zone)
      const resolve = fromNameServers([server])

      expect([...(yield* resolve("both.example"))].sort()).toEqual(["10.0.0.1", "192.0.2.1", "::1"])
      expect(yield* resolve("six.example")).toEqual(["::1"])
    })
  )

  it.live("a name that is not there fails with a reason for the log (SEC-06)", () =>
    Effect.gen(function* () {
      const { asked, server } = yield* startNameServer({})
      const error = yield* Effect.flip(fromNameServers([server])("gone.example"))

      expect(error.message).toContain("ENOTFOUND")
      expect(new Set(asked)).toEqual(new Set(["gone.example"]))
    })
  )

  it.live("this machine's own names are known to the system alone", () =>
    Effect.gen(function* () {
      const found = yield* fromSystem("localhost")

      expect(found.every((address) => address === "127.0.0.1" || address === "::1")).toBe(true)
      expect(found.length).toBeGreaterThan(0)
    })
  )
})

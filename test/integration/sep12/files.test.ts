// Files sent before the customer that refers to them: judged by their bytes, sealed, never served back, discarded in time.
import { Effect, Redacted } from "effect"
import { Buffer } from "node:buffer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CustomerId, FileId } from "../../../machines/domain/Ids.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import { anchorA, anchorB, nobody, receiver, type Sep12World, startSep12 } from "../../support/sep12World.ts"

const fileMax = 2_000_000
const inspected: Array<string> = []
let world: Sep12World
beforeAll(async () => {
  world = await startSep12({
    settings: {
      customers: { clients: "authenticated", fileMax },
      timing: { ...testSettings.timing, fileLifetime: 3_600 },
      jwtSecret: Redacted.make("a secret of no less than thirty-two bytes")
    },
    hooks: {
      inspectFile: ({ bytes, contentType }) =>
        Effect.sync(() => {
          inspected.push(contentType)
          return Buffer.from(bytes).includes("EICAR")
            ? { _tag: "Refused" as const, error: "the file holds a virus" }
            : { _tag: "Accepted" as const }
        })
    }
  })
})
afterAll(() => world.stop())

const jpeg = (text = "canary of a face") => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from(text)])
const form = (bytes: Uint8Array<ArrayBuffer>, name = "file") => {
  const body = new FormData()
  body.set(name, new Blob([bytes], { type: "text/html" }), "../../etc/passwd.html")
  return body
}
const upload = (bytes: Uint8Array<ArrayBuffer>, as = anchorA) =>
  world.ask("POST", "/sep12/customer/files", { as, body: form(bytes) })
const uploaded = async (as = anchorA) => String((await upload(jpeg(), as)).body["file_id"])
const listed = async (query: string, as = anchorA) =>
  world.ask("GET", `/sep12/customer/files${query}`, { as })
let memos = 0
const fresh = () => {
  memos += 1
  return { memo: String(memos) }
}

describe("sep12 POST /customer/files", () => {
  it("answers what the file is by its bytes, until when it is kept, and whose it is not yet (S12-FILE-01, S12-FILE-02, S12-FILE-06)", async () => {
    const { body, status } = await upload(jpeg())

    expect(status).toBe(200)
    expect(body).toEqual({
      file_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      content_type: "image/jpeg",
      size: jpeg().length,
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      customer_id: null
    })
    const left = Date.parse(String(body["expires_at"])) - Date.now()
    expect(Math.abs(left - 3_600_000)).toBeLessThan(60_000)
  })

  it("one that is too large is 413, anything else wrong 400 (S12-FILE-03, S12-PUT-15)", async () => {
    const large = await upload(new Uint8Array([...jpeg(), ...new Uint8Array(fileMax)]))
    const html = await upload(new TextEncoder().encode("<script>alert(1)</script>"))
    const empty = await upload(new Uint8Array())
    const none = await world.ask("POST", "/sep12/customer/files", { body: form(jpeg(), "photo") })
    const json = await world.ask("POST", "/sep12/customer/files", { body: { file: "x" } })

    expect([large.status, html.status, empty.status, none.status, json.status]).toEqual([
      413, 400, 400, 400, 400
    ])
    for (const { body } of [large, html, empty, none, json]) expect(body["error"]).toEqual(expect.any(String))
  })

  it("of an owner with a thousand that no customer refers to is refused, and nobody else's (S12-PUT-15)", async () => {
    const [one] = [...world.tables.files.values()]
    if (one === undefined) throw new Error("no file was kept")
    const before = new Map(world.tables.files)
    for (let n = 0; n < 1000; n += 1) {
      const id = `0190a000-0000-7000-8000-0000000${String(10_000 + n)}` as FileId
      world.tables.files.set(id, { ...one, row: { ...one.row, id, owner: anchorB } })
    }
    const crowded = await upload(jpeg(), anchorB)
    const other = await upload(jpeg(), anchorA)
    world.tables.files.clear()
    for (const [id, file] of before) world.tables.files.set(id, file)

    expect([crowded.status, other.status]).toEqual([400, 200])
    expect(crowded.body["error"]).toMatch(/^1000 files wait for the customers/)
    expect((await upload(jpeg(), anchorB)).status).toBe(200)
  })

  it("is looked into by the institution before it is kept, there and in a PUT (SEC-23)", async () => {
    const virus = await upload(jpeg("EICAR"))
    const put = form(jpeg("EICAR"), "photo_id_front")
    for (const [name, value] of Object.entries({ ...receiver, ...fresh() })) put.set(name, value)
    const { body, status } = await world.put(put)

    expect([virus.status, virus.body["error"]]).toEqual([400, "the file holds a virus"])
    expect([status, body["error"]]).toEqual([400, "the file holds a virus"])
    expect(inspected).toContain("image/jpeg")
    const kept = [...world.tables.files.values()].map(({ row }) => row.size)
    expect(kept).not.toContain(jpeg("EICAR").length)
  })

  it("needs a token, and neither name nor bytes are kept readable (S12-GEN-01, SEC-21, S12-FILE-06)", async () => {
    const anonymous = await world.ask("POST", "/sep12/customer/files", { as: null, body: form(jpeg()) })
    await upload(jpeg())
    const rows = JSON.stringify([...world.tables.files.values()].map(({ row }) => row))

    expect(anonymous.status).toBe(401)
    expect(rows).not.toContain("passwd")
    expect(rows).not.toContain("canary")
    expect(world.lines.join("\n")).not.toContain("passwd")
  })
})

describe("sep12 <field>_file_id", () => {
  it("gives the customer that file, which is then its own and does not expire (S12-PUT-07, S12-FILE-02)", async () => {
    const file = await uploaded()
    const id = await world.register({ ...receiver, ...fresh(), photo_id_front_file_id: file })
    const shown = await world.get({ id, type: "sep31-receiver" })
    const { body } = await listed(`?file_id=${file}`)

    expect(shown.body["provided_fields"]).toMatchObject({ photo_id_front: { status: "ACCEPTED" } })
    expect(body["files"]).toEqual([
      { file_id: file, content_type: "image/jpeg", size: jpeg().length, customer_id: id }
    ])
  })

  it("unknown, expired, another's and one of a kind the field does not take are refused (S12-PUT-07)", async () => {
    const theirs = await uploaded(anchorB)
    const late = (await uploaded()) as FileId
    const stored = world.tables.files.get(late)
    if (stored === undefined) throw new Error("the file is not kept")
    world.tables.files.set(late, { ...stored, row: { ...stored.row, expiresAtMillis: 1 } })
    const video = await upload(new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3]))
    const { memo } = fresh()
    for (const file of ["f1", "0190a000-0000-7000-8000-00000000dead", theirs, late, video.body["file_id"]]) {
      const answer = await world.put({ ...receiver, memo, photo_id_front_file_id: file })
      expect([answer.status, typeof answer.body["error"]]).toEqual([400, "string"])
    }
    const text = await world.put({ ...receiver, memo, last_name_file_id: late })
    const both = form(jpeg(), "photo_id_front")
    both.set("photo_id_front_file_id", await uploaded())

    expect(text.status).toBe(400)
    expect((await world.put(both)).status).toBe(400)
    expect((await world.get({ memo })).body).not.toHaveProperty("id")
  })

  it("goes with its customer (S12-DEL-04)", async () => {
    const { memo } = fresh()
    const file = await uploaded()
    const id = await world.register({ ...receiver, memo, photo_id_front_file_id: file })
    await world.ask("DELETE", `/sep12/customer/${anchorA}`, { body: { memo } })

    expect((await listed(`?file_id=${file}`)).body["files"]).toEqual([])
    expect(world.tables.files.has(file as FileId)).toBe(false)
    expect(world.tables.customerValues.get(id as CustomerId)).toBeUndefined()
  })
})

describe("sep12 GET /customer/files", () => {
  it("needs an id of a file or a customer, and answers a list, empty where nothing is found (S12-FILE-04)", async () => {
    expect((await listed("")).status).toBe(400)
    expect((await listed("?file_id=")).status).toBe(400)
    for (const query of ["?file_id=x", "?customer_id=x", "?file_id=0190a000-0000-7000-8000-00000000dead"]) {
      const { body, status } = await listed(query)
      expect([status, body]).toEqual([200, { files: [] }])
    }
  })

  it("lists the files of a customer, and never their bytes (S12-FILE-04, S12-FILE-06)", async () => {
    const [front, back] = [await uploaded(), await uploaded()]
    const id = await world.register({
      ...receiver,
      ...fresh(),
      photo_id_front_file_id: front,
      photo_id_back_file_id: back
    })
    const { body, text } = await listed(`?customer_id=${id}`)

    expect(
      (body["files"] as ReadonlyArray<{ file_id: string }>).map((file) => file.file_id).toSorted()
    ).toEqual([front, back].toSorted())
    expect(text).not.toContain(Buffer.from("canary of a face").toString("base64").slice(0, 10))
    expect(text).not.toContain("canary")
  })

  it("another's files are not there, be they another Sending Anchor's or another memo's (S12-FILE-04, SEC-20)", async () => {
    const file = await uploaded(`${anchorA}:71`)
    const id = await world.register({ ...receiver, photo_id_front_file_id: file }, `${anchorA}:71`)
    const loose = await uploaded(`${anchorA}:71`)

    for (const query of [`?file_id=${file}`, `?customer_id=${id}`, `?file_id=${loose}`]) {
      expect((await listed(query, `${anchorA}:71`)).body["files"]).toHaveLength(1)
      for (const stranger of [anchorB, nobody, `${anchorA}:72`, `${anchorB}:71`]) {
        expect([stranger, (await listed(query, stranger)).body]).toEqual([stranger, { files: [] }])
      }
    }
    const stolen = await world.put({ ...receiver, photo_id_front_file_id: loose }, `${anchorA}:72`)
    expect(stolen.status).toBe(400)
  })

  it("one that nobody refers to is gone when its time is over (S12-FILE-05)", async () => {
    const file = (await uploaded()) as FileId
    const stored = world.tables.files.get(file)
    if (stored === undefined) throw new Error("the file is not kept")
    expect((await listed(`?file_id=${file}`)).body["files"]).toHaveLength(1)
    world.tables.files.set(file, { ...stored, row: { ...stored.row, expiresAtMillis: Date.now() - 1 } })

    expect((await listed(`?file_id=${file}`)).body["files"]).toEqual([])
  })
})

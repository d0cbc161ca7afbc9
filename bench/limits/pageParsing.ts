/** The limit of catching up: the same pages fetched one after the other over a kept connection, and JSON.parse. Nothing else. */
import { Agent, get } from "node:http"
import { cpuSince } from "../world.ts"

interface Page {
  readonly _embedded: { readonly records: ReadonlyArray<{ readonly paging_token: string }> }
}

const fetchText = (agent: Agent, url: URL): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: "application/json" } }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
      response.on("error", reject)
    }).on("error", reject)
  })

/** From a position to the end of the account's payments: how many records, in how many seconds, with how much CPU of ours. */
export const parsePages = async (
  horizon: string,
  account: string,
  position: string
): Promise<{ readonly records: number; readonly seconds: number; readonly cpu: number }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  let records = 0
  let cursor: string | undefined = position
  while (cursor !== undefined) {
    const url = new URL(`/accounts/${account}/payments`, horizon)
    url.search = new URLSearchParams({ cursor, order: "asc", limit: "200", join: "transactions" }).toString()
    const page = JSON.parse(await fetchText(agent, url)) as Page
    records += page._embedded.records.length
    cursor = page._embedded.records.at(-1)?.paging_token
  }
  const seconds = (performance.now() - startedAt) / 1000
  const used = cpuSince(cpu)
  agent.destroy()
  return { records, seconds, cpu: used }
}

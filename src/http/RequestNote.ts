/** What the envelope learns of a request on its way in: kept outside the fiber's context, which is gone when it answers. */
import { Context } from "effect"

export interface Note {
  /** Pattern of the route that took the request (`/sep31/transactions/:id`); null while none has. Never the URL itself. */
  route: string | null
  /** Any web page may read the answer, whatever it is. */
  isOpenToBrowsers: boolean
  /** ISO 639-1: what is said to this client is said in it. Read and set through Language.ts. */
  language: string
}

/** Undefined where no envelope stands around. */
export const RequestNote = Context.Reference<Note | undefined>("kedge/http/RequestNote", {
  defaultValue: () => undefined
})

/**
 * How a second process asks about an embedded database, which only the running one may open: over a socket beside the database's
 * directory that only its owner may use. One line of JSON each way.
 *
 * Gotcha: a socket's path is short (some hundred bytes). Where it would not fit there is none, and the commands say so.
 */
import { chmodSync, rmSync } from "node:fs"
import { createConnection, createServer, type Server, type Socket } from "node:net"
import { relative } from "node:path"
import process from "node:process"
import { Effect, Layer, Schema } from "effect"
import { CommandFailed, exitCodes } from "../cli/CommandFailed.ts"
import { answer, Question, Reply } from "../cli/Questions.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { InboxReplay } from "../watcher/InboxReplay.ts"
import { describeReplay } from "./describeReplay.ts"
import { pgliteDirectory } from "./storage.ts"

const pathMax = 100
const answerSeconds = 30

/** The socket of a database directory; undefined where no path to it is short enough. */
const socketOf = (directory: string): string | undefined => {
  const whole = `${directory}.socket`
  return [whole, relative(process.cwd(), whole)].find((path) => Buffer.byteLength(path) <= pathMax)
}

const decodeQuestion = Schema.decodeUnknownEffect(Schema.fromJsonString(Question))
const decodeReply = Schema.decodeUnknownEffect(Schema.fromJsonString(Reply))

/** One line from a socket; fails when it ends before, or is too long. */
const readLine = (socket: Socket) =>
  Effect.callback<string, Error>((resume) => {
    let text = ""
    socket.setEncoding("utf8")
    socket.on("data", (chunk: string) => {
      text += chunk
      const end = text.indexOf("\n")
      if (end >= 0) resume(Effect.succeed(text.slice(0, end)))
    })
    socket.once("error", (error) => resume(Effect.fail(error)))
    socket.once("close", () => resume(Effect.fail(new Error("it hung up"))))
  })

const answering = Effect.gen(function* () {
  const inbox = yield* InboxReplay
  const replay = Effect.map(inbox.replay, describeReplay)
  return Effect.fnUntraced(function* (socket: Socket) {
    const question = yield* readLine(socket).pipe(Effect.flatMap(decodeQuestion))
    const reply = yield* answer(question, replay)
    yield* Effect.sync(() => socket.end(`${JSON.stringify(reply)}\n`))
  })
})

const listen = (path: string, onSocket: (socket: Socket) => void) =>
  Effect.callback<Server, Error>((resume) => {
    const server = createServer(onSocket)
    server.once("error", (error) => resume(Effect.fail(error)))
    // The directory's lock is ours, so a socket that is still there is of a process that died.
    rmSync(path, { force: true })
    const before = process.umask(0o177)
    server.listen(path, () => {
      chmodSync(path, 0o600)
      resume(Effect.succeed(server))
    })
    process.umask(before)
  })

const close = (path: string, server: Server) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    rmSync(path, { force: true })
  })

/** Answers questions for as long as the scope lives; nothing where the database is one that others can open themselves. */
export const questionSocket = Layer.effectDiscard(
  Effect.gen(function* () {
    const { databaseUrl } = yield* KedgeConfig
    const directory = pgliteDirectory(databaseUrl)
    if (directory === null) return
    const path = socketOf(directory)
    if (path === undefined) {
      return yield* Effect.logWarning("the database's path is too long for a socket; `kedge tx` cannot ask", {
        path: directory
      })
    }
    const answerOn = yield* answering
    const run = Effect.runForkWith(yield* Effect.context<Effect.Services<ReturnType<typeof answerOn>>>())
    const onSocket = (socket: Socket): void => {
      run(
        answerOn(socket).pipe(
          Effect.timeout(`${answerSeconds} seconds`),
          Effect.catchCause((cause) => Effect.logDebug("a question over the socket was not answered", cause)),
          Effect.ensuring(Effect.sync(() => socket.destroySoon()))
        )
      )
    }
    yield* Effect.acquireRelease(listen(path, onSocket), (server) => close(path, server)).pipe(
      Effect.catch((error) =>
        Effect.logWarning("no socket for questions could be opened; `kedge tx` cannot ask", error.message)
      )
    )
  })
)

const notRunning = (directory: string) =>
  new CommandFailed({
    message: `kedge: the database in ${directory} is embedded and can only be asked through the running process; start it first (\`kedge serve\`, or \`npm start\`)`,
    exitCode: exitCodes.unavailable
  })

const connect = (path: string) =>
  Effect.callback<Socket, Error>((resume) => {
    const socket = createConnection(path)
    socket.once("connect", () => resume(Effect.succeed(socket)))
    socket.once("error", (error) => resume(Effect.fail(error)))
  })

/** Asks the process that has this embedded database open. */
export const askRunning = Effect.fnUntraced(function* (directory: string, question: Question) {
  const path = socketOf(directory)
  if (path === undefined) return yield* notRunning(directory)
  return yield* Effect.acquireUseRelease(
    connect(path),
    (socket) =>
      Effect.sync(() => socket.write(`${JSON.stringify(question)}\n`)).pipe(
        Effect.andThen(readLine(socket)),
        Effect.flatMap(decodeReply)
      ),
    (socket) => Effect.sync(() => socket.destroy())
  ).pipe(
    Effect.timeout(`${answerSeconds} seconds`),
    Effect.mapError(() => notRunning(directory))
  )
})

/**
 * The process of the embedded Postgres: `postgres-child.js <port> <most connections>`, started with an IPC channel.
 *
 * PGlite blocks its thread while a statement runs, so it lives in a worker thread and the main thread stays free to
 * notice that the parent is gone. Nothing is on disk: the process may end at any moment, and does so by SIGKILL, which
 * needs no co-operation of a busy worker.
 */
import { setFlagsFromString } from 'node:v8'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type EngineMessage, failureOf, type PostgresFault, readSetFaultMessage } from './engine-messages.js'
import { createPostgresFront } from './postgres-front.js'
import { startSharedSession } from './shared-session.js'

const CHECKPOINT_PERIOD_MS = 5_000

interface PostgresSettings {
  readonly port: number
  readonly maxConnections: number
}

if (isMainThread) supervise()
else await serve(workerData as PostgresSettings, (message) => parentPort?.postMessage(message))

function supervise(): void {
  const end = () => process.kill(process.pid, 'SIGKILL')
  const report = (message: EngineMessage) =>
    process.send?.(message, undefined, undefined, () => {
      if (message.type === 'failed') end()
    })
  if (process.send === undefined) throw new Error('this file is started by "quant-exporter embedded", not by hand')
  process.on('disconnect', end)
  if (!process.connected) end()
  // A terminal sends these to the whole process group; when to end is the parent's decision.
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  const settings: PostgresSettings = { port: Number(process.argv[2]), maxConnections: Number(process.argv[3]) }
  // The quick compiler alone: ready in 2 s instead of 3.5 and 80 MB smaller, and no slower at statements like ours.
  setFlagsFromString('--liftoff-only')
  const worker = new Worker(new URL(import.meta.url), { workerData: settings })
  worker.on('message', report)
  process.on('message', (message) => worker.postMessage(message))
  worker.on('error', (error) => report(failureOf(error)))
}

async function serve({ port, maxConnections }: PostgresSettings, report: (message: EngineMessage) => void) {
  try {
    const { PGlite } = await import('@electric-sql/pglite')
    const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket')
    const session = await startSharedSession(PGlite, (error) => report(failureOf(error)))
    const front = createPostgresFront(PGLiteSocketServer, { session, port, maxConnections })
    const readyPort = await front.listen()
    setInterval(() => void session.checkpoint(), CHECKPOINT_PERIOD_MS)
    parentPort?.on('message', async (message) => {
      const order = readSetFaultMessage<PostgresFault>(message)
      if (order === undefined) return
      try {
        await front.setDown(order.fault !== null)
        report({ type: 'fault_set', id: order.id })
      } catch (error) {
        report(failureOf(error))
      }
    })
    report({ type: 'ready', port: readyPort })
  } catch (error) {
    report(failureOf(error))
  }
}

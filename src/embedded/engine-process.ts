import { createServer } from 'node:net'
import { join } from 'node:path'
import { QuantError } from '../domain/errors.js'
import { type ChildExit, ChildStartError, type RunningChild, startChild } from '../lib/child-process.js'
import { type EngineMessage, type FailureReason, readEngineMessage } from './engine-messages.js'

export const ENGINE_NAMES = ['postgres', 'clickhouse'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

export interface EngineProcessOptions {
  readonly engine: EngineName
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number
  /** Folder of the compiled `postgres-child.js` and `clickhouse-child.js`. */
  readonly childDirectory: string
  /** What follows the port on the child's command line. */
  readonly args: readonly string[]
  readonly signal: AbortSignal
  readonly onMessage?: (message: EngineMessage) => void
  readonly onExit: (exit: ChildExit) => void
}

/** The engine's process; `ready` is the port that it listens on. */
export type EngineProcess = RunningChild<number>

const READY_WITHIN_MS = 60_000

const TITLES: Readonly<Record<EngineName, string>> = { postgres: 'Postgres', clickhouse: 'ClickHouse' }
const PACKAGES: Readonly<Record<EngineName, string>> = {
  postgres: '@electric-sql/pglite and @electric-sql/pglite-socket',
  clickhouse: 'chdb',
}

/**
 * Starts one engine's process and waits until it listens.
 *
 * @throws QuantError `engine_failed` that says which engine, why and what to do; no process is left then.
 */
export async function startEngineProcess(options: EngineProcessOptions): Promise<EngineProcess> {
  const { engine, port, signal } = options
  // Asked first because an engine takes seconds until it would find out by itself.
  if (port !== 0 && !(await portIsFree(port))) throw engineFailure(options, 'port_in_use')
  try {
    return await startChild({
      modulePath: join(options.childDirectory, `${engine}-child.js`),
      args: [String(port), ...options.args],
      // Nothing of ours: no secret reaches the engine, and times are UTC whatever the machine's zone is.
      environment: { TZ: 'UTC' },
      readyWithinMs: READY_WITHIN_MS,
      // Neither engine has anything to save, and neither can stop a running statement.
      stopWithinMs: 0,
      signal,
      readReady: (message) => readPort(options, readEngineMessage(message)),
      onMessage: (message) => {
        const read = readEngineMessage(message)
        if (read !== undefined) options.onMessage?.(read)
      },
      onExit: options.onExit,
    })
  } catch (error) {
    if (error instanceof QuantError || signal.aborted) throw error
    throw engineFailure(options, 'engine', error)
  }
}

function readPort(options: EngineProcessOptions, message: EngineMessage | undefined): number | undefined {
  if (message?.type === 'failed') throw engineFailure(options, message.reason, new Error(message.detail))
  return message?.type === 'ready' ? message.port : undefined
}

function engineFailure({ engine, port }: EngineProcessOptions, reason: FailureReason, cause?: unknown): QuantError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  const stderrTail = cause instanceof ChildStartError && cause.stderrTail !== '' ? `\n${cause.stderrTail}` : ''
  const sentences: Readonly<Record<FailureReason, string>> = {
    package_missing: `${PACKAGES[engine]} cannot be loaded: install the development dependencies (npm ci without --omit=dev); an image has none. ${detail}`,
    port_in_use: `port ${port} of 127.0.0.1 is in use: stop the program that listens there, or choose another port (0 takes a free one)`,
    data_folder: `no data folder can be made in ${detail}: free space there, or set TMPDIR to a folder that can be written`,
    engine: `${detail}${stderrTail}`,
  }
  const message = `The embedded ${TITLES[engine]} did not start: ${sentences[reason]}`
  return new QuantError('engine_failed', message, { cause, context: { engine, reason } })
}

/** False only when another program has it; any other trouble is the engine's own to report. */
function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

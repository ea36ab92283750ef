import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { QuantErrors } from '../domain/errors.js'
import type { ChildExit } from '../lib/child-process.js'
import { type EmbeddedClickHouse, startEmbeddedClickHouse } from './embedded-clickhouse.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js'
import type { EngineName } from './engine-process.js'

export interface EmbeddedEngines {
  readonly postgres: EmbeddedPostgres
  readonly clickhouse: EmbeddedClickHouse
  /**
   * Idempotent; takes less than a second, running statements are cut off. Close pools and clients before, or they see
   * broken connections. Afterwards neither a process nor a file is left.
   */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Ports on 127.0.0.1; 0, the default, takes a free one. */
  readonly postgresPort?: number
  readonly clickhousePort?: number
  /** Most connections to Postgres at a time; further ones are turned away. Default 100. */
  readonly postgresMaxConnections?: number
  /** Folder of the compiled child modules; default: this module's own. Tests run from sources and give the build's. */
  readonly childDirectory?: string
  /** Where ClickHouse's data folder is made; default: the system's folder for temporary files. */
  readonly temporaryDirectory?: string
  /** Aborting it while the engines start stops both and rejects with its reason. */
  readonly signal?: AbortSignal
  /** Called as each engine becomes ready, with the time that it took. */
  readonly onStarted?: (engine: EngineName, tookMs: number) => void
  /** Called when an engine ends without `stop()`: whoever uses it has lost its data. */
  readonly onExit?: (engine: EngineName, exit: ChildExit) => void
}

/**
 * Starts both engines, at the same time, as child processes that end with this process however it ends.
 *
 * @throws QuantError `engine_failed` that says which engine and why, or the signal's reason; nothing is left open then.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedEngines> {
  const childDirectory = options.childDirectory ?? fileURLToPath(new URL('.', import.meta.url))
  const failing = new AbortController()
  const signal = options.signal === undefined ? failing.signal : AbortSignal.any([failing.signal, options.signal])
  const common = (engine: EngineName) => ({
    childDirectory,
    signal,
    onExit: (exit: ChildExit) => options.onExit?.(engine, exit),
  })
  const started = async <Engine>(name: EngineName, start: Promise<Engine>): Promise<Engine> => {
    const startedAt = performance.now()
    try {
      const engine = await start
      options.onStarted?.(name, performance.now() - startedAt)
      return engine
    } catch (error) {
      failing.abort(error)
      throw error
    }
  }
  const args = [String(options.postgresMaxConnections ?? 100)]
  const [postgres, clickhouse] = await Promise.allSettled([
    started('postgres', startEmbeddedPostgres({ port: options.postgresPort ?? 0, args, ...common('postgres') })),
    started(
      'clickhouse',
      startEmbeddedClickHouse({
        port: options.clickhousePort ?? 0,
        temporaryDirectory: options.temporaryDirectory ?? tmpdir(),
        ...common('clickhouse'),
      }),
    ),
  ])
  if (postgres.status === 'fulfilled' && clickhouse.status === 'fulfilled') {
    return enginesOf(postgres.value, clickhouse.value)
  }
  if (postgres.status === 'fulfilled') await postgres.value.stop()
  if (clickhouse.status === 'fulfilled') await clickhouse.value.stop()
  options.signal?.throwIfAborted()
  throw combinedFailure([postgres, clickhouse])
}

/** One error for all that went wrong; an engine that was stopped because of the other one has the other's error. */
function combinedFailure(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = new Set(results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])))
  const [first] = reasons
  if (reasons.size === 1) return first
  const problems = [...reasons].map((reason) => (reason instanceof Error ? reason.message : String(reason)))
  return new QuantErrors('engine_failed', 'The embedded engines did not start', problems)
}

function enginesOf(
  { postgres, stop: stopPostgres }: Awaited<ReturnType<typeof startEmbeddedPostgres>>,
  { clickhouse, stop: stopClickHouse }: Awaited<ReturnType<typeof startEmbeddedClickHouse>>,
): EmbeddedEngines {
  let stopping: Promise<void> | undefined
  return {
    postgres,
    clickhouse,
    stop: () => {
      stopping ??= Promise.all([stopPostgres(), stopClickHouse()]).then(() => {})
      return stopping
    },
  }
}

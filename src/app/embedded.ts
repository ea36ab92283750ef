import { type EmbeddedEngines, type EmbeddedOptions, startEmbedded } from '../embedded/embedded.js'
import { createEmptyTorghut } from '../simulator/simulator.js'
import { DATABASE, environmentOf } from './demo.js'

export interface EmptyTorghut {
  /** What `serve` needs to read it. */
  readonly environment: Readonly<Record<string, string>>
  readonly engines: Pick<EmbeddedEngines, 'postgres' | 'clickhouse'>
  stop(): Promise<void>
}

/** Embedded engines with the trading system's empty tables in them. */
export async function startEmptyTorghut(options: EmbeddedOptions): Promise<EmptyTorghut> {
  const engines = await startEmbedded(options)
  try {
    await createEmptyTorghut({
      dsn: engines.postgres.dsn,
      clickhouse: { url: engines.clickhouse.url, database: DATABASE },
    })
  } catch (error) {
    await engines.stop()
    throw error
  }
  return { environment: environmentOf(engines), engines, stop: () => engines.stop() }
}

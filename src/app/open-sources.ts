import type { Config } from '../config/config.js'
import { openClickHouse } from '../connections/clickhouse-client.js'
import type { FactSink, SourceName } from '../domain/ports.js'
import { MarketSource } from '../ingest/clickhouse/market-source.js'
import { openTorghutPool } from '../ingest/postgres/pool.js'
import { TorghutSource } from '../ingest/postgres/torghut-source.js'
import { wallNow } from './clock.js'
import { torghutOf } from './torghut-of.js'

export interface Sources {
  readonly torghut: TorghutSource
  /** Undefined where none is configured. */
  readonly market: MarketSource | undefined
  close(): Promise<void>
}

/** The configured databases, for commands that read them once. */
export function openSources(config: Config, sinks: Readonly<Record<SourceName, FactSink>>): Sources {
  const common = { overlapMs: config.pollOverlapMs, wallNow, onStatement: () => undefined }
  // A connection that is lost between two statements is told by the next one.
  const pool = openTorghutPool(torghutOf(config), () => undefined, config.torghutTimeoutMs)
  const torghut = new TorghutSource({ ...common, pool, sink: sinks.postgres, decisionOverlapMs: 0 })
  const { clickhouse } = config
  const client = clickhouse === undefined ? undefined : openClickHouse(clickhouse)
  const market =
    client === undefined || clickhouse === undefined
      ? undefined
      : new MarketSource({ ...common, client, timeoutMs: clickhouse.timeoutMs, sink: sinks.clickhouse })
  return {
    torghut,
    market,
    async close() {
      await Promise.all([pool.end(), client?.close()])
    },
  }
}

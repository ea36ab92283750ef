import type { ClickHouseClient } from '@clickhouse/client'
import { asClickHouseError } from './errors.js'

const NEEDED_COLUMNS = ['symbol', 'event_ts', 'seq', 'ingest_ts', 'c'] as const

export interface BarsState {
  readonly serverVersion: string
  /** Undefined where the table is not there. */
  readonly missingColumns: readonly string[] | undefined
}

/** What is there of the table of bars. Rejects with a QuantError when the server cannot be asked. */
export async function discoverBars(client: ClickHouseClient): Promise<BarsState> {
  try {
    const answer = await client.query({
      query: `SELECT version() AS version, groupArray(name) AS names FROM system.columns WHERE database = currentDatabase() AND table = 'ta_microbars'`,
      format: 'JSONEachRow',
    })
    const [row] = await answer.json<{ version: string; names: string[] }>()
    const names = row?.names ?? []
    return {
      serverVersion: row?.version ?? 'unknown',
      missingColumns: names.length === 0 ? undefined : NEEDED_COLUMNS.filter((name) => !names.includes(name)),
    }
  } catch (error) {
    throw asClickHouseError(error)
  }
}

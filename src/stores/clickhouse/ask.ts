import type { ClickHouseClient } from '@clickhouse/client'
import { type AskLimits, clickHouseAsk } from '../../connections/clickhouse-ask.js'
import { causeCodeOf } from '../../domain/errors.js'

/** Statements to the ClickHouse of series; errors name its settings. */
const { ask, run } = clickHouseAsk({
  name: 'the series store',
  place: 'check QUANT_SERIES_CLICKHOUSE_URL',
  remedies: {
    '516': ['source_authentication_failed', 'check user and password in QUANT_SERIES_CLICKHOUSE_URL'],
    '497': ['source_authentication_failed', 'the user lacks a right: see docs/series.md for those it needs'],
    '60': ['schema_unsupported', 'its table is missing'],
    '81': ['schema_unsupported', 'its database is missing'],
    '47': ['schema_unsupported', 'its table lacks a column: it was made by another version'],
    '159': ['source_timeout', 'a statement took too long'],
    '252': ['source_query_failed', 'it has too many parts: it does not keep up with merging'],
    '241': ['source_query_failed', 'it ran out of memory for a statement'],
    '243': ['source_query_failed', 'its disk is full'],
  },
  tls: {
    caSetting: 'QUANT_SERIES_CLICKHOUSE_CA_CERT',
    hostRemedy: 'name it in QUANT_SERIES_CLICKHOUSE_URL by a name that it holds',
    protocolRemedy: 'is the port in QUANT_SERIES_CLICKHOUSE_URL that of its HTTPS interface (8443)?',
  },
})
export { run }

/** The rows of a statement, each as our own query makes it. */
export async function rowsOf<Row>(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown>,
  limits: AskLimits,
): Promise<readonly Row[]> {
  return (await ask(client, { query, query_params }, limits)) as readonly Row[]
}

/** Whether it was the table, or its database, that is not there. */
export function isMissingTable(error: unknown): boolean {
  return ['60', '81'].includes(causeCodeOf(error))
}

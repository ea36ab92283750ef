import type { ClickHouseClient } from '@clickhouse/client'
import type { AskLimits, Statement } from '../../connections/clickhouse-ask.js'
import type { Need } from '../../domain/metric.js'
import { FEEDS, type Feed } from '../../domain/ports.js'
import { ask, errors } from './ask.js'

/** What is read of each feed's table: without a needed column the feed is not read, without a later one it is. */
const COLUMNS: Record<
  Feed,
  { readonly table: string; readonly needed: readonly string[]; readonly later: readonly string[] }
> = {
  bars: { table: 'ta_microbars', needed: ['symbol', 'event_ts', 'seq', 'ingest_ts', 'c'], later: [] },
  signals: {
    table: 'ta_signals',
    needed: ['symbol', 'event_ts', 'seq', 'ingest_ts', 'source'],
    later: ['imbalance_bid_px', 'imbalance_ask_px'],
  },
}

/** The columns of a feed's table that are read where they are there. */
export function columnsReadOf(feed: Feed): readonly string[] {
  const { needed, later } = COLUMNS[feed]
  return [...needed, ...later]
}

export interface FeedState {
  readonly table: string
  /** Undefined where the table is not there. */
  readonly missingColumns: readonly string[] | undefined
}

/** What a ClickHouse server has of the two feeds. */
export interface MarketSchema {
  readonly serverVersion: string
  readonly feeds: Readonly<Record<Feed, FeedState>>
  /** Signals carry a quote; without one there are no mids, but that a signal came is still known. */
  readonly hasQuotes: boolean
  /** Feeds that cannot be read, each with what is missing. */
  readonly lacking: ReadonlyMap<Need, string>
}

/**
 * Asks, with one statement, which of the tables and columns are there.
 *
 * Rejects with a QuantError when the server cannot be asked. A missing table is no error: nothing is read from it.
 */
export async function discoverMarket(client: ClickHouseClient, limits: AskLimits): Promise<MarketSchema> {
  const statement: Statement = {
    query: `SELECT version() AS version, groupArray((table, name)) AS columns FROM system.columns
      WHERE database = currentDatabase() AND table IN {tables:Array(String)}`,
    query_params: { tables: FEEDS.map((feed) => COLUMNS[feed].table) },
  }
  const [row] = await ask(client, statement, limits)
  // There is always one row; without this an empty answer would say that nothing is there.
  if (!isSchemaRow(row)) throw errors.malformed('no schema')
  return schemaOf(row.version, row.columns)
}

interface SchemaRow {
  readonly version: string
  readonly columns: readonly (readonly [table: string, name: string])[]
}

function isSchemaRow(row: unknown): row is SchemaRow {
  if (typeof row !== 'object' || row === null || !('version' in row) || !('columns' in row)) return false
  return Array.isArray(row.columns) && row.columns.every(Array.isArray)
}

function schemaOf(serverVersion: string, columns: readonly (readonly [table: string, name: string])[]): MarketSchema {
  const stateOf = (feed: Feed): FeedState => {
    const { table } = COLUMNS[feed]
    const present = new Set(columns.filter(([of]) => of === table).map(([, name]) => name))
    const missingColumns = columnsReadOf(feed).filter((name) => !present.has(name))
    return { table, missingColumns: present.size === 0 ? undefined : missingColumns }
  }
  const feeds = { bars: stateOf('bars'), signals: stateOf('signals') }
  const lacking = new Map<Need, string>()
  for (const feed of FEEDS) {
    const { table, missingColumns } = feeds[feed]
    const [missing] = (missingColumns ?? []).filter((name) => COLUMNS[feed].needed.includes(name))
    if (missingColumns === undefined) lacking.set(feed, `table ${table}`)
    else if (missing !== undefined) lacking.set(feed, `${table}.${missing}`)
  }
  const hasQuotes = feeds.signals.missingColumns?.every((name) => !COLUMNS.signals.later.includes(name)) ?? false
  return { serverVersion, feeds, hasQuotes, lacking }
}

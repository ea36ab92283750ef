import type { ClickHouseClient } from '@clickhouse/client'
import { agentFor, openClickHouse } from '../../connections/clickhouse-client.js'
import type { ClickHouseConnection, TlsState } from '../../domain/connections.js'
import { FEEDS } from '../../domain/ports.js'
import type { EpochMs } from '../../domain/time.js'
import { errors } from './ask.js'
import { columnsReadOf, discoverMarket, type MarketSchema } from './schema.js'

/** What the user may do with one of the two tables. */
export interface FeedAccess {
  readonly table: string
  readonly isThere: boolean
  readonly readable: readonly string[]
  readonly missing: readonly string[]
  /** What the server said when the columns that are there were asked for; undefined: it gave them. */
  readonly refusal: string | undefined
}

export interface MarketCheck {
  readonly schema: MarketSchema
  readonly user: string
  /** The server's setting for this user: 0 lets write, as far as there are grants; 1 and 2 do not. */
  readonly readonly: number
  /** Grants to change something, as the server lists them. */
  readonly writeGrants: readonly string[]
  readonly tls: TlsState | undefined
  readonly clock: { readonly offsetMs: number; readonly uncertaintyMs: number }
  readonly access: readonly FeedAccess[]
}

const CHANGES = ['INSERT', 'ALTER', 'CREATE', 'DROP', 'TRUNCATE', 'OPTIMIZE', 'SYSTEM', 'ALL']

/**
 * Asks ClickHouse what this user sees and may do, in a few statements that read no facts and send no settings.
 *
 * Rejects with a QuantError when it cannot be asked, at the latest when the signal aborts.
 */
export async function checkMarket(
  connection: ClickHouseConnection,
  wallNow: () => EpochMs,
  signal: AbortSignal,
): Promise<MarketCheck> {
  const agent = agentFor(connection)
  const client = openClickHouse(connection, agent)
  try {
    const schema = await discoverMarket(client, { timeoutMs: connection.timeoutMs, signal })
    const clock = await clockOf(client, wallNow, signal)
    const [about] = await rowsOf<{ user: string; readonly: string }>(
      client,
      `SELECT currentUser() AS user, toString(getSetting('readonly')) AS readonly`,
      signal,
    )
    const grants = await rowsOf<Record<string, string>>(client, 'SHOW GRANTS', signal)
    const access: FeedAccess[] = []
    for (const feed of FEEDS) access.push(await accessOf(client, schema, feed, signal))
    return {
      ...{ schema, clock, access },
      user: about?.user ?? 'unknown',
      readonly: Number(about?.readonly),
      writeGrants: grants.flatMap(Object.values).filter((grant) => mayChange(String(grant))),
      tls: agent?.tls,
    }
  } catch (error) {
    throw errors.of(error)
  } finally {
    await client.close()
  }
}

/** Whether `GRANT A, B(column) ON … TO …` has anything that changes data or tables. */
function mayChange(grant: string): boolean {
  const privileges = /^GRANT (.*?) ON /s.exec(grant)?.[1] ?? ''
  return privileges.split(', ').some((privilege) => CHANGES.includes(privilege.split(/[ (]/)[0] ?? ''))
}

async function clockOf(
  client: ClickHouseClient,
  wallNow: () => EpochMs,
  signal: AbortSignal,
): Promise<MarketCheck['clock']> {
  const askedAt = wallNow()
  const sql = 'SELECT toString(toUnixTimestamp64Milli(now64(3))) AS now'
  const [row] = await rowsOf<{ now: string }>(client, sql, signal)
  const uncertaintyMs = (wallNow() - askedAt) / 2
  return { offsetMs: Number(row?.now) - askedAt - uncertaintyMs, uncertaintyMs }
}

/** Asks for the columns and for no row: the server judges the grants all the same. */
async function accessOf(
  client: ClickHouseClient,
  { feeds }: MarketSchema,
  feed: (typeof FEEDS)[number],
  signal: AbortSignal,
): Promise<FeedAccess> {
  const { table, missingColumns } = feeds[feed]
  const columns = columnsReadOf(feed)
  if (missingColumns === undefined) return { table, isThere: false, readable: [], missing: columns, refusal: undefined }
  const present = columns.filter((column) => !missingColumns.includes(column))
  const common = { table, isThere: true, missing: missingColumns }
  try {
    await rowsOf(client, `SELECT ${present.join(', ')} FROM ${table} LIMIT 0`, signal)
    return { ...common, readable: present, refusal: undefined }
  } catch (error) {
    if (signal.aborted) throw error
    return { ...common, readable: [], refusal: errors.of(error).message }
  }
}

async function rowsOf<Row>(client: ClickHouseClient, query: string, signal: AbortSignal): Promise<Row[]> {
  const answer = await client.query({ query, format: 'JSONEachRow', abort_signal: signal })
  return answer.json<Row>()
}

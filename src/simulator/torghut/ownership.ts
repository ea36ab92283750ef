import { QuantError } from '../../domain/errors.js'
import { SYNTHETIC } from '../trading/strategies.js'
import { CLICKHOUSE_TABLES, SYNTHETIC_MARKER_TABLE } from './clickhouse-schema.js'
import { POSTGRES_TABLES } from './postgres-schema.js'
import type { PostgresStore } from './postgres-writer.js'
import type { ClickHouseStore } from './ta-writer.js'

/**
 * Whose rows are in the databases: nobody's, or the simulator's own from an earlier run.
 *
 * Anything else is a real Torghut, or may be one: then it refuses (QuantError `refused`) before a single row is written.
 */
export async function assertMayWrite(
  postgres: PostgresStore,
  clickhouse: ClickHouseStore,
  database: string,
): Promise<void> {
  await assertPostgresIsOurs(postgres)
  await assertClickHouseIsOurs(clickhouse, database)
}

async function assertPostgresIsOurs(postgres: PostgresStore): Promise<void> {
  const tables = await postgres.query(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ANY($1)',
    [[...POSTGRES_TABLES]],
  )
  const there = new Set(tables.map(({ table_name }) => String(table_name)))
  const strategies = there.has('strategies')
    ? await postgres.query(
        'SELECT count(*) AS all, count(*) FILTER (WHERE starts_with(description, $1)) AS ours FROM strategies',
        [SYNTHETIC],
      )
    : []
  const all = Number(strategies[0]?.all ?? 0)
  const foreign = all - Number(strategies[0]?.ours ?? 0)
  if (foreign > 0) refuse(`its table strategies holds ${foreign} that this simulator did not write`)
  if (all > 0) return
  for (const table of POSTGRES_TABLES.filter((name) => there.has(name))) {
    const rows = await postgres.query(`SELECT 1 FROM ${table} LIMIT 1`)
    if (rows.length > 0) refuse(`its table ${table} holds rows, and no strategy of this simulator`)
  }
}

async function assertClickHouseIsOurs(clickhouse: ClickHouseStore, database: string): Promise<void> {
  const tables = await clickhouse.query('SELECT name FROM system.tables WHERE database = {database:String}', {
    database,
  })
  const there = new Set(tables.map(({ name }) => String(name)))
  if (there.has(SYNTHETIC_MARKER_TABLE)) return
  for (const table of CLICKHOUSE_TABLES.filter((name) => there.has(name))) {
    const rows = await clickhouse.query(`SELECT 1 AS row FROM {database:Identifier}.${table} LIMIT 1`, { database })
    if (rows.length > 0) refuse(`its ClickHouse table ${table} holds rows, and no mark of this simulator`)
  }
}

function refuse(because: string): never {
  throw new QuantError(
    'refused',
    `the simulator does not write into this database: ${because}. Give it an empty database of its own.`,
  )
}

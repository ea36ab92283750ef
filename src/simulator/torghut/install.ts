import { CREATE_SYMBOLS } from '../market/market-sql.js'
import { CLICKHOUSE_TABLES, clickHouseSchema, SYNTHETIC_MARKER_TABLE } from './clickhouse-schema.js'
import { POSTGRES_TABLES, type PostgresSchema } from './postgres-schema.js'
import type { PostgresStore } from './postgres-writer.js'
import type { ClickHouseStore } from './ta-writer.js'
import { createStatements, type Table } from './table.js'

/** Makes the tables that are missing and empties them all; call it only where `assertMayWrite` agreed. */
export async function installPostgres(store: PostgresStore, schema: PostgresSchema): Promise<void> {
  const tables = POSTGRES_TABLES.flatMap((name): Table[] => (schema[name] ? [schema[name]] : []))
  for (const statement of tables.flatMap(createStatements)) await store.query(statement)
  await store.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`)
}

/** The same for ClickHouse. */
export async function installClickHouse(
  store: ClickHouseStore,
  database: string,
  age: { readonly isEarly?: boolean } = {},
): Promise<void> {
  for (const statement of [...clickHouseSchema(age), CREATE_SYMBOLS]) await store.command(statement, { database })
  for (const table of [...CLICKHOUSE_TABLES, SYNTHETIC_MARKER_TABLE]) {
    await store.command(`TRUNCATE TABLE {database:Identifier}.${table}`, { database })
  }
}

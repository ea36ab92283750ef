import { MUTABLE_DECISION_COLUMNS } from './decision-row.js'
import { MUTABLE_EXECUTION_COLUMNS } from './execution-row.js'
import type { PostgresSchema, PostgresTable } from './postgres-schema.js'
import { type Row, writeStatement } from './table.js'

/** What the simulator needs of a Postgres connection; a statement that fails rejects. */
export interface PostgresStore {
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

/** Writes rows in batches that keep each statement short; rows of a table that the schema lacks go nowhere. */
export interface PostgresWriter {
  write(table: PostgresTable, rows: readonly Row[]): Promise<void>
}

/** A batch ends at whichever comes first: both keep a statement under a tenth of a second on an embedded engine. */
const MAX_BATCH_ROWS = 800
const MAX_BATCH_CHARACTERS = 700_000

const MUTABLE: Partial<Record<PostgresTable, readonly string[]>> = {
  trade_decisions: MUTABLE_DECISION_COLUMNS,
  executions: MUTABLE_EXECUTION_COLUMNS,
  trade_cursor: ['cursor_at', 'updated_at'],
}

export function createPostgresWriter(store: PostgresStore, schema: PostgresSchema): PostgresWriter {
  return {
    async write(table, rows) {
      const definition = schema[table]
      if (!definition) return
      const statement = writeStatement(definition, MUTABLE[table] ?? [])
      for (const batch of batches(rows.map((row) => JSON.stringify(row)))) {
        await store.query(statement, [`[${batch.join(',')}]`])
      }
    },
  }
}

function* batches(rows: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let characters = 0
  for (const row of rows) {
    if (batch.length >= MAX_BATCH_ROWS || (batch.length > 0 && characters + row.length > MAX_BATCH_CHARACTERS)) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(row)
    characters += row.length
  }
  if (batch.length > 0) yield batch
}

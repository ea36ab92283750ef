import type pg from 'pg'
import { inReadOnlyTransaction } from './read-only.js'

/** The columns that this version reads, by table. */
const NEEDED_COLUMNS = {
  strategies: ['id', 'name', 'enabled', 'universe_symbols', 'created_at'],
  trade_decisions: [
    'id',
    'strategy_id',
    'alpaca_account_label',
    'symbol',
    'decision_json',
    'status',
    'created_at',
    'executed_at',
  ],
  executions: [
    'id',
    'trade_decision_id',
    'alpaca_account_label',
    'symbol',
    'side',
    'order_type',
    'submitted_qty',
    'filled_qty',
    'avg_fill_price',
    'status',
    'raw_order',
    'created_at',
    'updated_at',
    'last_update_at',
    'execution_expected_adapter',
    'execution_actual_adapter',
  ],
  position_snapshots: [
    'id',
    'alpaca_account_label',
    'as_of',
    'equity',
    'cash',
    'buying_power',
    'positions',
    'created_at',
  ],
} as const

export interface TableState {
  readonly table: string
  /** Undefined where the table is not there. */
  readonly missingColumns: readonly string[] | undefined
}

export interface TorghutState {
  readonly serverVersion: string
  readonly tables: readonly TableState[]
  /** Strategies × accounts that have decided anything; 0 while the tables are incomplete. */
  readonly books: number
}

/** What is there of the schema that this version reads. Rejects with a QuantError when the database cannot be asked. */
export function discoverTorghut(pool: pg.Pool): Promise<TorghutState> {
  return inReadOnlyTransaction(
    pool,
    () => undefined,
    async (query) => {
      const [server] = await query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
      const columns = await query<{ table_name: string; column_name: string }>(
        `SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY($1::text[])`,
        [Object.keys(NEEDED_COLUMNS)],
      )
      const tables = Object.entries(NEEDED_COLUMNS).map(([table, needed]): TableState => {
        const present = new Set(
          columns.filter(({ table_name }) => table_name === table).map(({ column_name }) => column_name),
        )
        return {
          table,
          missingColumns: present.size === 0 ? undefined : needed.filter((column) => !present.has(column)),
        }
      })
      const isComplete = tables.every(({ missingColumns }) => missingColumns?.length === 0)
      const [counted] = isComplete
        ? await query<{ books: number }>(
            'SELECT count(*)::int AS books FROM (SELECT DISTINCT strategy_id, alpaca_account_label FROM trade_decisions) b',
          )
        : []
      return { serverVersion: server?.version ?? 'unknown', tables, books: counted?.books ?? 0 }
    },
  )
}

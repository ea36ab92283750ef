import { POSTGRES_TABLES, type PostgresSchema, type PostgresTable, TORGHUT_TODAY } from './postgres-schema.js'
import type { Table } from './table.js'

/** The day of the earliest schema that the exporter supports. */
export const EARLY_DATE = '2026-02-12'

/** What one of Torghut's migrations brought to a table: the table itself, or columns, indexes and wider types. */
interface Addition {
  readonly date: string
  readonly table: PostgresTable
  /** Nothing but these; without any of the three the table itself is new. */
  readonly columns?: readonly string[]
  readonly indexes?: readonly string[]
  /** Columns that had another type until then. */
  readonly typesBefore?: Readonly<Record<string, string>>
}

const ADDITIONS: readonly Addition[] = [
  {
    date: '2026-02-12',
    table: 'executions',
    columns: [
      'execution_expected_adapter',
      'execution_actual_adapter',
      'execution_fallback_reason',
      'execution_fallback_count',
    ],
  },
  { date: '2026-02-18', table: 'executions', columns: ['order_feed_last_event_ts', 'order_feed_last_seq'] },
  { date: '2026-02-18', table: 'execution_order_events' },
  { date: '2026-02-18', table: 'execution_tca_metrics' },
  {
    date: '2026-02-22',
    table: 'executions',
    columns: ['execution_correlation_id', 'execution_idempotency_key', 'execution_audit_json', 'alpaca_account_label'],
  },
  { date: '2026-05-27', table: 'trade_decisions', typesBefore: { symbol: 'varchar(16)' } },
  { date: '2026-05-27', table: 'executions', typesBefore: { symbol: 'varchar(16)' } },
  {
    date: '2026-05-31',
    table: 'execution_order_events',
    columns: ['fill_quantity_basis', 'filled_qty_delta', 'filled_notional_delta'],
  },
  { date: '2026-06-05', table: 'trade_decisions', indexes: ['created_at, id'] },
  { date: '2026-07-16', table: 'broker_account_activities' },
]

/**
 * Torghut's schema as it was at the beginning of a day (`2026-02-18`): today's without what came on that day or later.
 *
 * An index that named a column which was not there yet is one over the others it names.
 */
export function torghutSchemaOf(date: string): PostgresSchema {
  const undone = ADDITIONS.filter((addition) => addition.date >= date)
  return Object.fromEntries(
    POSTGRES_TABLES.filter((name) => !undone.some((addition) => addition.table === name && isWholeTable(addition))).map(
      (name) => [
        name,
        without(
          TORGHUT_TODAY[name],
          undone.filter((addition) => addition.table === name),
        ),
      ],
    ),
  )
}

/** The schema of the first design: no adapters, no order events, and the account of an order only in its decision. */
export const TORGHUT_EARLY: PostgresSchema = torghutSchemaOf(EARLY_DATE)

function isWholeTable({ columns, indexes, typesBefore }: Addition): boolean {
  return columns === undefined && indexes === undefined && typesBefore === undefined
}

function without<Name extends string>(
  { name, columns, indexes }: Table<Name>,
  undone: readonly Addition[],
): Table<Name> {
  const goneColumns = new Set(undone.flatMap((addition) => addition.columns ?? []))
  const goneIndexes = new Set(undone.flatMap((addition) => addition.indexes ?? []))
  const typesBefore: Record<string, string> = Object.assign({}, ...undone.map((addition) => addition.typesBefore ?? {}))
  return {
    name,
    columns: Object.fromEntries(
      Object.entries(columns)
        .filter(([column]) => !goneColumns.has(column))
        .map(([column, [type, ...rest]]) => [column, [typesBefore[column] ?? type, ...rest] as const]),
    ),
    indexes: indexes
      .filter((index) => !goneIndexes.has(index))
      .map((index) => withoutColumns(index, goneColumns))
      .filter((index) => index !== ''),
  }
}

function withoutColumns(index: string, gone: ReadonlySet<string>): string {
  const unique = index.startsWith('unique ') ? 'unique ' : ''
  const left = index
    .replace(/^unique /, '')
    .split(', ')
    .filter((column) => !gone.has(column))
  return left.length === 0 ? '' : `${unique}${left.join(', ')}`
}

import type pg from 'pg'
import { QuantError } from '../../domain/errors.js'
import type { Need } from '../../domain/metric.js'
import { inReadOnlyTransaction, type Query } from './read-only.js'

export const TABLE_NAMES = [
  'strategies',
  'trade_decisions',
  'executions',
  'position_snapshots',
  'llm_decision_reviews',
  'execution_order_events',
  'broker_account_activities',
] as const
export type TableName = (typeof TABLE_NAMES)[number]

interface Columns {
  /** Columns without which a table that is there cannot be read: those of the earliest schema that has it. */
  readonly needed: readonly string[]
  /** Columns that came later and are done without, each with what rests on it. */
  readonly later?: Readonly<Record<string, Need | undefined>>
  /** Of a table that may be missing: what rests on it. */
  readonly optional?: { readonly need?: Need; readonly isEarly: boolean }
}

/** The columns that this version reads, by table. */
const COLUMNS: Record<TableName, Columns> = {
  strategies: { needed: ['id', 'name', 'enabled', 'universe_symbols', 'created_at', 'updated_at'] },
  trade_decisions: {
    needed: [
      'id',
      'strategy_id',
      'alpaca_account_label',
      'symbol',
      'decision_json',
      'status',
      'created_at',
      'executed_at',
    ],
  },
  executions: {
    needed: [
      'id',
      'trade_decision_id',
      'alpaca_order_id',
      'client_order_id',
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
    ],
    later: {
      execution_actual_adapter: 'adapters',
      execution_expected_adapter: 'adapters',
      alpaca_account_label: undefined,
    },
  },
  position_snapshots: {
    needed: ['id', 'alpaca_account_label', 'as_of', 'equity', 'cash', 'buying_power', 'positions', 'created_at'],
    optional: { need: 'snapshots', isEarly: true },
  },
  llm_decision_reviews: {
    needed: ['id', 'trade_decision_id', 'confidence', 'input_json', 'created_at'],
    optional: { need: 'reviews', isEarly: true },
  },
  execution_order_events: {
    needed: [
      'id',
      'alpaca_account_label',
      'event_ts',
      'event_type',
      'alpaca_order_id',
      'client_order_id',
      'filled_qty',
      'avg_fill_price',
      'execution_id',
      'created_at',
    ],
    later: { fill_quantity_basis: undefined, filled_qty_delta: undefined, filled_notional_delta: undefined },
    optional: { isEarly: false },
  },
  broker_account_activities: {
    needed: [
      'id',
      'account_label',
      'external_activity_id',
      'activity_type',
      'correction_of_external_id',
      'event_at',
      'order_id',
      'symbol',
      'quantity',
      'price',
      'net_amount',
      'first_observed_at',
      'created_at',
    ],
    later: { source: undefined, settle_date: undefined, currency: undefined },
    optional: { isEarly: false },
  },
}

/** The columns of a table that are read where they are there. */
export function columnsReadOf(table: TableName): readonly string[] {
  const { needed, later = {} } = COLUMNS[table]
  return [...needed, ...Object.keys(later)]
}

export interface TableState {
  readonly table: TableName
  /** Undefined where the table is not there, or may not be read. */
  readonly missingColumns: readonly string[] | undefined
}

/** What a trading database has of the schema that this version reads. */
export class TorghutSchema {
  readonly tables: readonly TableState[]
  readonly #missing: ReadonlyMap<TableName, readonly string[] | undefined>

  constructor(
    readonly serverVersion: string,
    columns: readonly (readonly [table: string, column: string])[],
    /** One session is behind all connections: the server is PGlite. */
    readonly hasOneSession = false,
  ) {
    this.tables = TABLE_NAMES.map((table) => {
      const present = new Set(columns.filter(([of]) => of === table).map(([, column]) => column))
      const missing = columnsReadOf(table).filter((column) => !present.has(column))
      return { table, missingColumns: present.size === 0 ? undefined : missing }
    })
    this.#missing = new Map(this.tables.map(({ table, missingColumns }) => [table, missingColumns]))
  }

  /** Whether a table has what reading it takes. */
  has(table: TableName): boolean {
    return this.#missing.get(table)?.every((column) => !COLUMNS[table].needed.includes(column)) ?? false
  }

  /** A column of a table under its alias in SQL; NULL where the schema does not have it. */
  column(table: TableName, alias: string, column: string): string {
    return this.#missing.get(table)?.includes(column) === false ? `${alias}.${column}` : 'NULL::text'
  }

  /** What metrics may need and this schema lacks, each with the table or column that is missing. */
  get lacking(): ReadonlyMap<Need, string> {
    const lacking = new Map<Need, string>()
    for (const { table, missingColumns } of this.tables) {
      const { later = {}, optional } = COLUMNS[table]
      if (optional?.need !== undefined && !this.has(table)) lacking.set(optional.need, `table ${table}`)
      for (const [column, need] of Object.entries(later))
        if (need !== undefined && !lacking.has(need) && missingColumns?.includes(column) === true)
          lacking.set(need, `${table}.${column}`)
    }
    return lacking
  }

  /** What makes the schema one that cannot be read at all, a line each; none when it can. */
  get problems(): string[] {
    return this.tables.flatMap(({ table, missingColumns }) => {
      const { needed, optional } = COLUMNS[table]
      if (missingColumns === undefined) return optional === undefined ? [`table ${table} is missing`] : []
      const missing = missingColumns.filter((column) => needed.includes(column))
      return missing.length > 0 && optional?.isEarly !== false ? [`${table} lacks ${missing.join(', ')}`] : []
    })
  }
}

/** Asks, with one statement, which tables and columns the role may read. */
export async function readSchema(query: Query): Promise<TorghutSchema> {
  const [row] = await query<{ version: string; is_pglite: boolean; columns: [table: string, column: string][] | null }>(
    `SELECT current_setting('server_version') AS version, version() LIKE '%PGlite%' AS is_pglite, json_agg(json_build_array(table_name, column_name)) AS columns
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY($1::text[])`,
    [[...TABLE_NAMES]],
  )
  return new TorghutSchema(row?.version ?? 'unknown', row?.columns ?? [], row?.is_pglite)
}

/** Throws QuantError `schema_unsupported` unless everything that the earliest supported schema has is there. */
export function assertSupported({ problems }: TorghutSchema): void {
  if (problems.length === 0) return
  throw new QuantError(
    'schema_unsupported',
    `postgres: ${problems.join('; ')}. This version reads Torghut's schema of 2026-02-12 and later: check that TORGHUT_DB_DSN names the trading database and that its role may read these tables (GRANT SELECT)`,
    { retryable: true },
  )
}

export interface TorghutState {
  readonly schema: TorghutSchema
  /** Strategies × accounts that have decided anything; 0 while the schema cannot be read. */
  readonly books: number
  readonly booksByStrategy: Readonly<Record<string, number>>
  /** The accounts of those books. */
  readonly accounts: number
}

/** What is there of the schema, and how many books. Rejects with a QuantError when the database cannot be asked. */
export function discoverTorghut(pool: pg.Pool): Promise<TorghutState> {
  return inReadOnlyTransaction(
    pool,
    () => undefined,
    async (query) => {
      const schema = await readSchema(query)
      return { schema, ...(schema.problems.length === 0 ? await countBooks(query) : NO_BOOKS) }
    },
  )
}

/** What is counted while the schema cannot be read. */
export const NO_BOOKS: BookCounts = { books: 0, booksByStrategy: {}, accounts: 0 }

export type BookCounts = Pick<TorghutState, 'books' | 'booksByStrategy' | 'accounts'>

/** Strategies × accounts that have decided anything, and their accounts. */
export async function countBooks(query: Query): Promise<BookCounts> {
  const books = await query<{ strategy: string; account: string }>(
    'SELECT DISTINCT strategy_id::text AS strategy, alpaca_account_label AS account FROM trade_decisions',
  )
  const ofStrategy = new Map<string, number>()
  for (const { strategy } of books) ofStrategy.set(strategy, (ofStrategy.get(strategy) ?? 0) + 1)
  return {
    books: books.length,
    booksByStrategy: Object.fromEntries(ofStrategy),
    accounts: new Set(books.map(({ account }) => account)).size,
  }
}

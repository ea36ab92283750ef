import { type Fact, type FactKind, type FactRejection, parseFact } from '../../domain/facts.js'
import type { Values } from './read-only.js'
import type { TableName } from './schema.js'

/** A row as a flat object: texts, JSON documents and nulls, as the projection of its table names them. */
export type Row = Readonly<Record<string, unknown>>

/** What a table is to the exporter: how to project a row in SQL, where news of it shows, and what facts it makes. */
export interface Table {
  readonly name: 'strategies' | 'trade_decisions' | 'executions' | 'position_snapshots' | 'broker_account_activities'
  /** The kind of fact that a row is; facts of other kinds may come with it. */
  readonly kind: FactKind
  /** A JSON object made of the row `t` and what is joined to it; numbers as text, so that nothing is lost. It has `id` and `version`. */
  readonly projection: string
  /** The same as columns, for tables that are read by the hundred thousand: names cost more there than what they name. */
  readonly columns?: Columns
  readonly joins: string
  /** The table itself, and others whose rows say something about rows of this one. */
  readonly watches: readonly Watch[]
  readonly toFacts: (row: Row) => Reading
}

/** SQL expressions by the names that a row gives their values. */
export type Columns = Readonly<Record<string, string>>

/**
 * The values of some columns as the text of one JSON array: the driver takes two and a half times as long for thirty
 * values of a row as for this one and its parsing, and what waits to be taken in is one text a row instead of thirty.
 */
export function listOf(columns: Columns): string {
  return `json_build_array(${Object.values(columns)})::text`
}

/**
 * Makes rows of such texts; `names` are those of the columns. A row looks into the values when it is asked: making an
 * object of thirty fields costs more than reading the ten of them that matter.
 */
export function rowMakerOf(names: readonly string[]): (selected: Values) => Row {
  class ColumnsRow {
    constructor(readonly values: Values) {}
  }
  for (const [index, name] of names.entries())
    Object.defineProperty(ColumnsRow.prototype, name, {
      get(this: ColumnsRow) {
        return this.values[index]
      },
    })
  return ([list]) => new ColumnsRow(JSON.parse(String(list)) as Values) as object as Row
}

/** The JSON object that holds the same as some columns. */
export function projectionOf(columns: Columns): string {
  return `json_build_object(${Object.entries(columns).map(([name, sql]) => `'${name}', ${sql}`)})`
}

/** A table whose new and rewritten rows make a row be read. */
export interface Watch {
  readonly name: TableName
  /** Selects the ids of rows of the table that this is a watch of, from an array of ids of watched rows. */
  readonly rowIds: (ids: string) => string
}

/** The table watched for its own rows. */
export function ownRows(name: TableName): Watch {
  return { name, rowIds: (ids) => `SELECT unnest(${ids})` }
}

export interface Reading {
  readonly facts: readonly Fact[]
  readonly rejections: readonly FactRejection[]
}

/** Parses one plain fact; what is wrong with it becomes a counted rejection that names the row. */
export function read(kind: FactKind, id: string, raw: Record<string, unknown>): Reading {
  const parsed = parseFact(kind, raw)
  if (typeof parsed !== 'string') return { facts: [parsed], rejections: NO_REJECTIONS }
  return { facts: [], rejections: [{ kind, id, reason: 'malformed', detail: parsed }] }
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
}

export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** The first of some fields that holds anything. */
export function firstOf(source: Record<string, unknown> | undefined, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = text(source?.[name])
    if (value !== undefined) return value
  }
  return undefined
}

/** A price of 0 is how upstream says that it has none; anything else is left to the schema to accept or refuse. */
export function priceOf(value: unknown): string | undefined {
  const price = text(value)
  return price === undefined || Number(price) === 0 ? undefined : price
}

/**
 * What a symbol in the slash form says of its quote currency. Other than USD there are no money figures; the core
 * compares symbols without the slash and could not tell any more.
 */
export function instrumentOf(symbol: unknown): Reading {
  const quote = typeof symbol === 'string' && symbol.includes('/') ? symbol.split('/')[1] : undefined
  if (quote === undefined || quote === '' || quote.toUpperCase() === 'USD') return NOTHING
  return read('instrument', String(symbol), { at: 0, symbol, currency: quote.toUpperCase() })
}

const NO_REJECTIONS: readonly FactRejection[] = []
const NOTHING: Reading = { facts: [], rejections: NO_REJECTIONS }

export function join(...all: readonly Reading[]): Reading {
  const readings = all.filter(({ facts, rejections }) => facts.length + rejections.length > 0)
  if (readings.length === 1 && readings[0] !== undefined) return readings[0]
  return { facts: readings.flatMap(({ facts }) => facts), rejections: readings.flatMap(({ rejections }) => rejections) }
}

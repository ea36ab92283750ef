/**
 * Tables as data, so that the statements that make them and the ones that fill them cannot disagree, and an older
 * schema is a second list of the same kind: rows bring every column, a table takes those it has.
 */
export interface Table<Name extends string = string> {
  readonly name: Name
  /** Type, and what else the column's definition says. */
  readonly columns: Readonly<Record<string, readonly [type: string, rest?: string]>>
  /** Columns of each further index; a leading `unique` makes it one. */
  readonly indexes: readonly string[]
}

/** A row as it goes into JSON: times RFC 3339, decimals as text. */
export type Row = Readonly<Record<string, unknown>>

/** CREATE statements for a table and its indexes. */
export function createStatements({ name, columns, indexes }: Table): string[] {
  const definitions = Object.entries(columns).map(([column, parts]) => `  ${column} ${parts.filter(Boolean).join(' ')}`)
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (\n${definitions.join(',\n')}\n)`,
    ...indexes.map((index) => {
      const unique = index.startsWith('unique ')
      const list = index.replace(/^unique /, '')
      const identifier = `${unique ? 'uq' : 'ix'}_${name}_${list.replace(/, /g, '_')}`.slice(0, 63)
      return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${identifier} ON ${name} (${list})`
    }),
  ]
}

/**
 * One statement for any number of rows, given as one JSON parameter: `$1`, an array of objects.
 *
 * A row whose id is there gets the values of its mutable columns; without mutable columns it stays as it is. So a batch
 * may be sent again after a failure that left open whether it had arrived.
 */
export function writeStatement({ name, columns }: Table, mutable: readonly string[]): string {
  const names = Object.keys(columns).join(', ')
  const types = Object.entries(columns).map(([column, [type]]) => `${column} ${type}`)
  const changes = mutable.filter((column) => column in columns).map((column) => `${column} = EXCLUDED.${column}`)
  return [
    `INSERT INTO ${name} (${names})`,
    `SELECT ${names} FROM jsonb_to_recordset($1::jsonb) AS given(${types.join(', ')})`,
    `ON CONFLICT (id) DO ${changes.length > 0 ? `UPDATE SET ${changes.join(', ')}` : 'NOTHING'}`,
  ].join('\n')
}

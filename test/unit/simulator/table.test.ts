import { POSTGRES_TABLES, TORGHUT_TODAY } from '../../../src/simulator/torghut/postgres-schema.js'
import { createStatements, type Table, writeStatement } from '../../../src/simulator/torghut/table.js'

const table: Table = {
  name: 'marks',
  columns: { id: ['uuid', 'PRIMARY KEY'], price: ['numeric(20,8)'], at: ['timestamptz', 'NOT NULL'] },
  indexes: ['at', 'unique at, id'],
}

test('makes a table and its indexes where they are missing', () => {
  expect(createStatements(table)).toEqual([
    'CREATE TABLE IF NOT EXISTS marks (\n  id uuid PRIMARY KEY,\n  price numeric(20,8),\n  at timestamptz NOT NULL\n)',
    'CREATE INDEX IF NOT EXISTS ix_marks_at ON marks (at)',
    'CREATE UNIQUE INDEX IF NOT EXISTS uq_marks_at_id ON marks (at, id)',
  ])
})

test('writes any number of rows with one parameter, changing only the mutable columns of those that are there', () => {
  expect(writeStatement(table, ['price', 'not_in_this_schema'])).toBe(
    [
      'INSERT INTO marks (id, price, at)',
      'SELECT id, price, at FROM jsonb_to_recordset($1::jsonb) AS given(id uuid, price numeric(20,8), at timestamptz)',
      'ON CONFLICT (id) DO UPDATE SET price = EXCLUDED.price',
    ].join('\n'),
  )
  expect(writeStatement(table, [])).toMatch(/DO NOTHING$/)
})

test('has every table of today under its own name, each with an id', () => {
  for (const name of POSTGRES_TABLES) {
    expect(TORGHUT_TODAY[name].name).toBe(name)
    expect(Object.keys(TORGHUT_TODAY[name].columns)[0]).toBe('id')
  }
})

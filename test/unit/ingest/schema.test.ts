import { QuantError } from '../../../src/domain/errors.js'
import { assertSupported, TorghutSchema } from '../../../src/ingest/postgres/schema.js'
import { type PostgresSchema, TORGHUT_TODAY } from '../../../src/simulator/torghut/postgres-schema.js'
import { TORGHUT_EARLY, torghutSchemaOf } from '../../../src/simulator/torghut/schema-history.js'

function schemaOf(tables: PostgresSchema, without: readonly string[] = []): TorghutSchema {
  const columns = Object.values(tables).flatMap(({ name, columns: of }) =>
    Object.keys(of).map((column) => [name, column] as const),
  )
  return new TorghutSchema(
    '15.0',
    columns.filter(([table, column]) => !without.includes(table) && !without.includes(`${table}.${column}`)),
  )
}

test('today’s schema lacks nothing, the early one adapters and order events', () => {
  const today = schemaOf(TORGHUT_TODAY)
  expect([...today.lacking]).toEqual([])
  expect(today.tables.every(({ missingColumns }) => missingColumns?.length === 0)).toBe(true)
  const early = schemaOf(TORGHUT_EARLY)
  expect(early.problems).toEqual([])
  expect([...early.lacking]).toEqual([['adapters', 'executions.execution_actual_adapter']])
  expect(early.has('execution_order_events')).toBe(false)
  expect(early.column('executions', 't', 'alpaca_account_label')).toBe('NULL::text')
  expect(today.column('executions', 't', 'alpaca_account_label')).toBe('t.alpaca_account_label')
})

test('a schema between is read with what it has', () => {
  const march = schemaOf(torghutSchemaOf('2026-03-01'))
  expect([...march.lacking]).toEqual([])
  expect(march.has('execution_order_events')).toBe(true)
  expect(march.column('execution_order_events', 'e', 'fill_quantity_basis')).toBe('NULL::text')
})

test('tables that may be missing are named by what rests on them', () => {
  const schema = schemaOf(TORGHUT_TODAY, ['position_snapshots', 'llm_decision_reviews', 'execution_order_events'])
  expect(schema.problems).toEqual([])
  expect([...schema.lacking]).toEqual([
    ['snapshots', 'table position_snapshots'],
    ['reviews', 'table llm_decision_reviews'],
  ])
})

test('a table of order events without its first columns is not read, and no reason to stop', () => {
  const schema = schemaOf(TORGHUT_TODAY, ['execution_order_events.event_ts'])
  expect(schema.problems).toEqual([])
  expect(schema.has('execution_order_events')).toBe(false)
})

test('what the earliest schema has is required, and all that is missing is told at once', () => {
  const schema = schemaOf(TORGHUT_TODAY, [
    'strategies',
    'executions.status',
    'position_snapshots.equity',
    'executions.side',
  ])
  expect(schema.problems).toEqual([
    'table strategies is missing',
    'executions lacks side, status',
    'position_snapshots lacks equity',
  ])
  expect(() => assertSupported(schema)).toThrow(
    expect.objectContaining({
      code: 'schema_unsupported',
      message: expect.stringContaining('executions lacks side, status'),
    }),
  )
  expect(() => assertSupported(schema)).toThrow(QuantError)
})

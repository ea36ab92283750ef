import { POSTGRES_TABLES, TORGHUT_TODAY } from '../../../src/simulator/torghut/postgres-schema.js'
import { TORGHUT_EARLY, torghutSchemaOf } from '../../../src/simulator/torghut/schema-history.js'

test('the early schema has neither adapters nor order events, and the account of an order only in its decision', () => {
  expect(Object.keys(TORGHUT_EARLY)).toEqual([
    'strategies',
    'trade_decisions',
    'executions',
    'llm_decision_reviews',
    'position_snapshots',
    'trade_cursor',
  ])
  expect(Object.keys(TORGHUT_EARLY.executions?.columns ?? {})).toEqual([
    'id',
    'trade_decision_id',
    'alpaca_order_id',
    'client_order_id',
    'symbol',
    'side',
    'order_type',
    'time_in_force',
    'submitted_qty',
    'filled_qty',
    'avg_fill_price',
    'status',
    'raw_order',
    'last_update_at',
    'created_at',
    'updated_at',
  ])
  expect(TORGHUT_EARLY.executions?.indexes).toEqual([
    'trade_decision_id',
    'symbol, status',
    'unique alpaca_order_id',
    'unique client_order_id',
  ])
  expect(TORGHUT_EARLY.trade_decisions?.columns.symbol).toEqual(['varchar(16)', 'NOT NULL'])
  expect(TORGHUT_EARLY.trade_decisions?.indexes).not.toContain('created_at, id')
})

test('a day between has what came before it', () => {
  const march = torghutSchemaOf('2026-03-01')
  expect(march.executions?.columns).toEqual({
    ...TORGHUT_TODAY.executions.columns,
    symbol: ['varchar(16)', 'NOT NULL'],
  })
  expect(Object.keys(march.execution_order_events?.columns ?? {})).not.toContain('fill_quantity_basis')
  expect(march.broker_account_activities).toBeUndefined()
})

test('what comes on a day is not there at its beginning, and is a day later', () => {
  expect(torghutSchemaOf('2026-02-18').execution_order_events).toBeUndefined()
  expect(torghutSchemaOf('2026-02-19').execution_order_events).toBeDefined()
  expect(Object.keys(torghutSchemaOf('2026-11-01'))).toEqual([...POSTGRES_TABLES])
  expect(torghutSchemaOf('2026-11-01')).toEqual(TORGHUT_TODAY)
})

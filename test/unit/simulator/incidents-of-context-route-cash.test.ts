import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { during, FROM, record, TABLES, timeOf } from './recorded-incident.js'
import { type RecordedRow, type RecordedSimulation, START } from './recorded-simulation.js'

const STOP = FROM + 20 * MINUTE_MS
const END = START + 40 * MINUTE_MS
const SPAN = { stopAfterMs: STOP - FROM, liveMs: END - START }

let ordinary: RecordedSimulation
beforeAll(async () => {
  ordinary = await record(undefined, SPAN)
}, 60_000)

function expectSame(recording: RecordedSimulation, tables: readonly string[]): void {
  for (const table of tables) expect(recording.rows(table)).toEqual(ordinary.rows(table))
}

test('stale-context has reviews made on an old market context, and on a new one after it; nothing else changes', async () => {
  const recording = await record('stale-context', SPAN)
  const ages = (from: number, to: number) =>
    during(recording.rows('llm_decision_reviews'), 'created_at', from, to).map((row) => {
      const { market_context } = row.input_json as { market_context: { freshness_seconds: number } }
      return market_context.freshness_seconds
    })
  const [old, fresh] = [ages(FROM, STOP), ages(STOP, END)]
  expect(old.length).toBeGreaterThan(5)
  expect(Math.min(...old)).toBeGreaterThan(1_800)
  expect(fresh.length).toBeGreaterThan(5)
  expect(Math.max(...fresh)).toBeLessThanOrEqual(240)
  expectSame(
    recording,
    TABLES.filter((name) => name !== 'llm_decision_reviews'),
  )
})

test('route-fallback has every order of its time leave by another adapter, with the reason, and fill as it would have', async () => {
  const recording = await record('route-fallback', SPAN)
  const executions = recording.rows('executions')
  const orders = during(executions, 'created_at', FROM + SECOND_MS, STOP)
  expect(new Set(orders.map((row) => row.execution_expected_adapter))).toEqual(new Set(['alpaca', 'lean']))
  for (const row of orders) {
    expect(row.execution_actual_adapter).toBe(row.execution_expected_adapter === 'lean' ? 'alpaca' : 'lean')
    expect(row).toMatchObject({
      execution_fallback_reason: expect.any(String),
      execution_fallback_count: 1,
      raw_order: { _execution_adapter: row.execution_actual_adapter },
    })
  }
  const later = during(executions, 'created_at', STOP + SECOND_MS, END)
  const meant = later.filter((row) => row.execution_actual_adapter === row.execution_expected_adapter)
  expect(later.length).toBeGreaterThan(10)
  expect(meant.length / later.length).toBeGreaterThan(0.9)
  const fills = (rows: readonly RecordedRow[]) =>
    rows.map((row) => [row.id, row.status, row.filled_qty, row.avg_fill_price])
  expect(fills(executions)).toEqual(fills(ordinary.rows('executions')))
})

test('cash-gap takes half a percent of the initial cash out of what the broker shows, and gives it back', async () => {
  const recording = await record('cash-gap', SPAN)
  const expected = new Map(ordinary.rows('position_snapshots').map((row) => [row.id, row]))
  const gaps = recording.rows('position_snapshots').map((row) => {
    const before = expected.get(row.id)
    expect(row.positions).toEqual(before?.positions)
    const usd = Number(before?.cash) - Number(row.cash)
    expect(Number(before?.equity) - Number(row.equity)).toBeCloseTo(usd, 6)
    return { account: row.alpaca_account_label, at: timeOf(row, 'as_of'), usd: Math.round(usd) }
  })
  const missing = (account: string, from: number, to: number) =>
    new Set(gaps.filter((gap) => gap.account === account && gap.at > from && gap.at <= to).map(({ usd }) => usd))
  expect(missing('alpha-live', START, FROM)).toEqual(new Set([0]))
  expect(missing('alpha-live', FROM, STOP)).toEqual(new Set([2_500]))
  expect(missing('crypto-live', FROM, STOP)).toEqual(new Set([1_250]))
  expect(missing('alpha-live', STOP, END)).toEqual(new Set([0]))
  expectSame(
    recording,
    TABLES.filter((name) => name !== 'position_snapshots'),
  )
})

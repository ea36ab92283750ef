import type { ExplanationRow } from '../../../../src/domain/explanation.js'
import type { Fact } from '../../../../src/domain/facts.js'
import { DEFAULT_RETURN_RULES } from '../../../../src/domain/return-rules.js'
import { type Asked, explained, figureOf, number, partOf, rowsOf, sum } from '../../../support/explanation.js'
import { bar, decision, filled, instant, order, snapshot, strategy } from '../../../support/facts.js'

/** Each number again, from nothing but what its explanation says. */

const AT = instant('2026-11-20T19:30:00Z')
const held = (mark: number) => [{ symbol: 'BBB', qty: 5, avg_entry_price: 40, mark }]
/** What the fills below make of AAA, as the broker shows it. */
const TRADED = [
  ['2026-11-20T14:40:00Z', 10],
  ['2026-11-20T15:00:00Z', -5],
  ['2026-11-20T15:30:00Z', -3],
  ['2026-11-20T16:00:00Z', 0],
  ['2026-11-20T16:20:00Z', -4],
] as const
const heldAt = (at: number) => {
  const qty = TRADED.findLast(([from]) => instant(from) <= at)?.[1] ?? 0
  return qty === 0 ? held(41) : [...held(41), { symbol: 'AAA', qty, avg_entry_price: 100, mark: 100 }]
}
const equities = [100_000, 100_400, 100_100, 100_600, 99_900, 100_300]
/** Two symbols, gains, losses, a flip, costs, and a snapshot every ten minutes. */
const FACTS: readonly Fact[] = [
  strategy(),
  decision({ at: '2026-11-20T14:35:00Z' }),
  snapshot('2026-11-19T20:50:00Z', held(40)),
  filled({ at: '2026-11-18T15:00:00Z', side: 'buy', qty: 5, price: 40, symbol: 'BBB' }),
  filled({ at: '2026-11-20T14:40:00Z', side: 'buy', qty: 10, price: 100, costs: 1, execution_id: 'bought' }),
  filled({ at: '2026-11-20T15:00:00Z', side: 'sell', qty: 15, price: 101.5, costs: 1.5, execution_id: 'flipped' }),
  filled({ at: '2026-11-20T15:30:00Z', side: 'buy', qty: 2, price: 103, costs: 0.25, execution_id: 'covered' }),
  filled({ at: '2026-11-20T16:00:00Z', side: 'buy', qty: 3, price: 99, costs: 0.25, execution_id: 'closed' }),
  filled({ at: '2026-11-20T16:06:00Z', side: 'buy', qty: 1, price: 99, execution_id: 'again' }),
  filled({ at: '2026-11-20T16:07:00Z', side: 'sell', qty: 1, price: 90, execution_id: 'lost' }),
  filled({ at: '2026-11-20T16:20:00Z', side: 'sell', qty: 4, price: 98, execution_id: 'short' }),
  ...Array.from({ length: 28 }, (_, index) => {
    const at = instant('2026-11-20T14:45:00Z') + index * 600_000
    return snapshot(at, heldAt(at), { equity: equities[index % 6] ?? 0 })
  }),
  bar('AAA', '2026-11-20T19:29:30Z', 97),
  bar('BBB', '2026-11-20T19:28:50Z', 42),
]

const again = (metric: string, asked: Asked = {}) => {
  const explanation = explained(metric, AT, FACTS, asked)
  expect(explanation.isReproduced).toBe(true)
  return explanation
}

/** What a fill realised: quantity closed times what the price lies beyond the average cost. */
function realizedBy(row: ExplanationRow): number {
  const [before, size] = [number(row, 'held_before'), number(row, 'quantity')]
  const traded = row.side === 'buy' ? size : -size
  if (before === 0 || before > 0 === traded > 0) return 0
  const closed = Math.min(Math.abs(before), size)
  return Math.sign(before) * closed * (number(row, 'price') - number(row, 'average_cost_before'))
}

test('realized_pnl is what the fills closed', () => {
  const explanation = again('realized_pnl')
  const rows = rowsOf(explanation, 'fills')
  expect(sum(rows.map(realizedBy))).toBeCloseTo(figureOf(explanation), 9)
  expect(rows[0]).toMatchObject({ execution_id: 'flipped', at: '2026-11-20T15:00:00.000Z', realized_usd: 15 })
  for (const row of rows) expect(realizedBy(row)).toBeCloseTo(number(row, 'realized_usd'), 9)
})

test('unrealized_pnl is quantity times mark, less cost', () => {
  const explanation = again('unrealized_pnl')
  const rows = rowsOf(explanation, 'positions')
  const worth = rows.map((row) => number(row, 'quantity') * number(row, 'mark') - number(row, 'cost_usd'))
  expect(sum(worth)).toBeCloseTo(figureOf(explanation), 9)
  expect(rows[0]).toMatchObject({ symbol: 'AAA', mark_source: 'bar', mark_age_seconds: 30 })
  expect(rows[1]).toMatchObject({ symbol: 'BBB', mark_at: '2026-11-20T19:28:50.000Z', mark_age_seconds: 70 })
})

test('net_pnl is what was realised, what the marks moved, and costs', () => {
  const explanation = again('net_pnl')
  const unrealized = (part: string) => sum(rowsOf(explanation, part).map((row) => number(row, 'unrealized_usd')))
  const realized = sum(rowsOf(explanation, 'fills').map(realizedBy))
  const { values } = partOf(explanation, 'costs')
  const costs =
    number(values, 'order_costs_usd') + number(values, 'fees_in_kind_usd') + number(values, 'account_fees_usd')
  const takenOver = number(partOf(explanation, 'result').values, 'taken_over_usd')
  const gross = realized + unrealized('positions') - unrealized('positions_at_start') - takenOver
  expect(costs).toBe(3)
  expect(gross - costs).toBeCloseTo(figureOf(explanation), 9)
})

test.each(['cumulative_return', 'intraday_return'])('%s is the last equity over the first', (metric) => {
  const explanation = again(metric)
  const { values } = partOf(explanation, 'growth')
  expect(number(values, 'last_equity_usd') / number(values, 'first_equity_usd') - 1).toBeCloseTo(
    figureOf(explanation),
    12,
  )
})

test('a deposit splits the way of a return', () => {
  const deposit = snapshot('2026-11-20T19:20:00Z', heldAt(AT), { equity: 110_500 })
  const explanation = explained('cumulative_return', AT, [...FACTS, deposit])
  const { values } = partOf(explanation, 'growth')
  let factor = 1 / number(values, 'first_equity_usd')
  const flows = rowsOf(explanation, 'growth')
  for (const row of flows) {
    const after = number(row, 'equity_after_usd')
    factor *= (after - number(row, 'flow_usd')) / after
  }
  expect(flows.length).toBeGreaterThan(0)
  expect(factor * number(values, 'last_equity_usd') - 1).toBeCloseTo(figureOf(explanation), 12)
})

const MINIMUM: Asked = { settings: { returnRules: { ...DEFAULT_RETURN_RULES, minimumObservations: 5 } } }

test('sharpe_annualized is the mean of the returns over their deviation, times the root of the periods', () => {
  const explanation = again('sharpe_annualized', MINIMUM)
  const returns = rowsOf(explanation, 'series').map(
    (row) => (number(row, 'equity_usd') - Number(row.flow_usd ?? 0)) / number(row, 'equity_before_usd') - 1,
  )
  const mean = sum(returns) / returns.length
  const deviation = Math.sqrt(sum(returns.map((one) => (one - mean) ** 2)) / (returns.length - 1))
  const { values } = partOf(explanation, 'series')
  expect(values).toMatchObject({ n: returns.length, cell_seconds: 300 })
  expect((mean / deviation) * Math.sqrt(number(values, 'periods_per_year'))).toBeCloseTo(figureOf(explanation), 8)
})

test('the drawdowns are low over peak, and the time from one to the other', () => {
  const { values } = partOf(again('max_drawdown'), 'drawdown')
  expect(1 - number(values, 'trough_usd') / number(values, 'peak_usd')).toBeCloseTo(figureOf(again('max_drawdown')), 12)
  expect(1 - number(values, 'last_usd') / number(values, 'last_peak_usd')).toBeCloseTo(
    figureOf(again('current_drawdown')),
    12,
  )
  const [from, to] = [String(values.longest_from), String(values.longest_to)].map((text) => Date.parse(text))
  expect(((to ?? 0) - (from ?? 0)) / 60_000).toBe(figureOf(again('drawdown_duration_minutes')))
})

test('profit_factor and its kin are made of the trades', () => {
  const explanation = again('profit_factor')
  const nets = rowsOf(explanation, 'trades').map((row) => number(row, 'net_usd'))
  const [won, lost] = [sum(nets.filter((net) => net > 0)), sum(nets.filter((net) => net < 0))]
  expect(won / -lost).toBeCloseTo(figureOf(explanation), 9)
  expect(figureOf(again('trade_count'))).toBe(nets.length)
  expect(figureOf(again('expectancy_per_trade'))).toBeCloseTo(sum(nets) / nets.length, 9)
  const holding = rowsOf(explanation, 'trades').map((row) => number(row, 'held_minutes'))
  expect(figureOf(again('avg_holding_minutes'))).toBeCloseTo(sum(holding) / holding.length, 9)
  const trip = rowsOf(explanation, 'trades').find((row) => row.closed_by === 'closed')
  expect(trip).toMatchObject({ opened_by: 'flipped', opened_at: '2026-11-20T15:00:00.000Z', symbol: 'AAA' })
  for (const row of rowsOf(explanation, 'trades'))
    expect(number(row, 'gross_usd') - number(row, 'costs_usd')).toBeCloseTo(number(row, 'net_usd'), 8)
})

test('gross_exposure and concentration are sums over the positions', () => {
  const explanation = again('gross_exposure')
  const sizes = rowsOf(explanation, 'positions').map((row) => Math.abs(number(row, 'quantity') * number(row, 'mark')))
  expect(sum(sizes)).toBeCloseTo(figureOf(explanation), 9)
  expect(figureOf(again('position_hhi'))).toBeCloseTo(sum(sizes.map((size) => (size / sum(sizes)) ** 2)), 12)
  const leverage = again('leverage_gross_over_equity')
  expect(sum(sizes) / number(partOf(leverage, 'equity').values, 'equity_usd')).toBeCloseTo(figureOf(leverage), 12)
})

test('cost_bps is costs over notional', () => {
  const explanation = again('cost_bps')
  const rows = rowsOf(explanation, 'fills')
  const notional = sum(rows.map((row) => number(row, 'price') * number(row, 'quantity')))
  const costs = sum(rows.map((row) => number(row, 'costs_usd')))
  expect((costs / notional) * 10_000).toBeCloseTo(figureOf(explanation), 9)
})

test('missing_price_rate is the missing minutes over the due ones', () => {
  const explanation = again('missing_price_rate', { window: '15m' })
  const rows = rowsOf(explanation, 'coverage')
  const count = (name: string) => sum(rows.map((row) => number(row, name)))
  expect(count('missing_minutes') / count('due_minutes')).toBeCloseTo(figureOf(explanation), 12)
  expect(rows.map((row) => row.symbol)).toEqual(['AAA', 'BBB'])
})

test('ages are taken from the instants', () => {
  const explanation = again('ta_freshness_seconds')
  const newest = Date.parse(String(partOf(explanation, 'instants').values.newest_bar_at))
  expect((AT - newest) / 1_000).toBe(figureOf(explanation))
})

test('what cannot be told says why, and which symbols are to blame', () => {
  const unmarked = [...FACTS.slice(0, 2), order({ execution_id: 'open', submitted_at: '2026-11-20T15:00:00Z' })]
  expect(explained('cumulative_return', AT, unmarked).result).toMatchObject({ reason: 'no_equity' })
  expect(partOf(explained('cumulative_return', AT, unmarked), 'growth').values).toMatchObject({ unknown: 'no_equity' })
})

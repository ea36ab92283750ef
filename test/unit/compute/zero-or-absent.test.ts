import type { Fact } from '../../../src/domain/facts.js'
import { WINDOWS, type Window } from '../../../src/domain/window.js'
import { bookOf, briefs, briefsAt, framesAt, resultsOf } from '../../support/engine.js'
import { bar, decision, filled, instant, instrument, order, snapshot, strategy } from '../../support/facts.js'

/** METRICS section 3, "0 or absent", row by row for the metrics that are built. */

const newYork = (day: string, time: string) => instant(`${day}T${time}-04:00`)
const at = (time: string) => newYork('2026-07-15', time)
const BOOK = strategy({ accounts: ['PA1'] })

/** Bought the day before at 100; 101 an hour ago, 102 now. */
const HELD: readonly Fact[] = [
  filled({ at: newYork('2026-07-14', '11:00:00'), side: 'buy', qty: 10, price: 100 }),
  bar('AAA', at('10:00:00'), 101),
  bar('AAA', at('11:00:00'), 102),
]

/** Nothing decided, ordered or looked at. */
const NOTHING_WATCHED = {
  route_fallback_rate: 'no_orders',
  decision_veto_rate: 'no_decisions',
  context_freshness_seconds: 'no_reviews',
  missing_price_rate: 'no_universe',
  missing_signal_rate: 'no_universe',
}

/** Rows 8–12, 15, 16 and 41 where each figure has one reason, in a window. */
function returnsBecause(reason: string, window: Window): Record<string, string> {
  const isShort = ['1m', '5m', '15m'].includes(window)
  return {
    ...Object.fromEntries(RETURN_METRICS.map((name) => [name, reason])),
    calmar: ['5d', '20d'].includes(window) ? reason : 'not_defined_for_window',
    beta_vs_benchmark: isShort ? 'not_defined_for_window' : reason === 'currency' ? reason : 'no_benchmark',
  }
}

const RETURN_METRICS = [
  'volatility_annualized',
  'downside_volatility_annualized',
  'sharpe_annualized',
  'sortino_annualized',
  'var_95_historical',
  'cvar_95_historical',
]

/** The same where nothing happened and nothing was held. */
function flatReturns(window: Window): Record<string, number | string> {
  return {
    ...returnsBecause('no_drawdown', window),
    volatility_annualized: 0,
    downside_volatility_annualized: 0,
    sharpe_annualized: 'zero_variance',
    sortino_annualized: 'no_downside',
    var_95_historical: 0,
    cvar_95_historical: 0,
  }
}

/** Nobody ever said what the account is worth. */
const NO_SNAPSHOT = {
  cumulative_return: 'no_equity',
  intraday_return: 'no_equity',
  equity: 'no_equity',
  max_drawdown: 'no_equity',
  drawdown_duration_minutes: 'no_equity',
  current_drawdown: 'no_equity',
  leverage_gross_over_equity: 'no_equity',
}

const NO_TRADES = {
  trade_count: 0,
  win_rate: 'no_trades',
  profit_factor: 'no_trades',
  avg_win: 'no_trades',
  avg_loss: 'no_trades',
  payoff_ratio: 'no_trades',
  expectancy_per_trade: 'no_trades',
  avg_holding_minutes: 'no_trades',
}

const NO_ORDERS = {
  turnover_ratio: 0,
  fill_ratio: 'no_orders',
  reject_rate: 'no_orders',
  cancel_rate: 'no_orders',
  slippage_bps_vs_mid: 'no_fills',
  implementation_shortfall_bps: 'no_orders',
  decision_to_submit_latency_ms_p50: 'no_orders',
  decision_to_submit_latency_ms_p95: 'no_orders',
  submit_to_fill_latency_ms_p50: 'no_orders',
  submit_to_fill_latency_ms_p95: 'no_orders',
}

/** Orders filled at once, without a decision, a quote or a limit. */
const PLAINLY_FILLED = {
  turnover_ratio: 'no_equity',
  fill_ratio: 1,
  reject_rate: 0,
  cancel_rate: 0,
  slippage_bps_vs_mid: 'no_mid',
  implementation_shortfall_bps: 'no_decision_price',
  decision_to_submit_latency_ms_p50: 'no_timestamps',
  decision_to_submit_latency_ms_p95: 'no_timestamps',
  submit_to_fill_latency_ms_p50: 0,
  submit_to_fill_latency_ms_p95: 0,
}

const FLAT = {
  ...NOTHING_WATCHED,
  ...NO_TRADES,
  ...NO_ORDERS,
  cumulative_return: 0,
  intraday_return: 0,
  equity: 'no_equity',
  max_drawdown: 0,
  drawdown_duration_minutes: 0,
  current_drawdown: 0,
  leverage_gross_over_equity: 0,
  realized_pnl: 0,
  unrealized_pnl: 0,
  net_pnl: 0,
  gross_pnl: 0,
  cost_bps: 'no_fills',
  cost_total: 0,
  traded_notional: 0,
  gross_exposure: 0,
  net_exposure: 0,
  position_concentration_top1_pct: 'no_positions',
  position_concentration_top5_pct: 'no_positions',
  position_hhi: 'no_positions',
  open_positions: 0,
}

describe('nothing happened', () => {
  test.each(WINDOWS)('a flat book has zeros, and reasons where there is nothing to divide by, in %s', (window) => {
    const gap = window.endsWith('d') ? 'no_equity' : 'not_defined_for_window'
    expect(briefsAt(at('11:00:00'), [BOOK], { window })).toEqual({
      ...FLAT,
      ...flatReturns(window),
      pnl_reconciliation_gap: gap,
    })
  })

  test('a book that went flat before the window is as flat as one that never traded', () => {
    const facts = [...HELD, filled({ at: newYork('2026-07-14', '12:00:00'), side: 'sell', qty: 10, price: 101 })]
    expect(briefsAt(at('11:00:00'), facts, { window: '1h' })).toEqual({
      ...FLAT,
      ...flatReturns('1h'),
      pnl_reconciliation_gap: 'not_defined_for_window',
    })
  })

  test('an idle book has its levels and the change of its unrealised result', () => {
    expect(briefsAt(at('11:00:00'), HELD, { window: '1h' })).toEqual({
      ...NOTHING_WATCHED,
      ...NO_SNAPSHOT,
      ...NO_TRADES,
      ...NO_ORDERS,
      ...returnsBecause('no_equity', '1h'),
      pnl_reconciliation_gap: 'not_defined_for_window',
      // Of the hour's 59 due minutes the bar of 11:00 is not due yet, and that of 10:00 ended when the hour began.
      missing_price_rate: 1,
      missing_signal_rate: 1,
      realized_pnl: 0,
      unrealized_pnl: 20,
      net_pnl: 10,
      gross_pnl: 10,
      cost_bps: 'no_fills',
      cost_total: 0,
      traded_notional: 0,
      gross_exposure: 1_020,
      net_exposure: 1_020,
      position_concentration_top1_pct: 100,
      position_concentration_top5_pct: 100,
      position_hhi: 1,
      open_positions: 1,
    })
  })

  test('an order or a decision without a fill makes no figure absent that rests on fills', () => {
    const facts = [
      BOOK,
      decision({ at: at('10:59:00') }),
      order({ execution_id: 'e', submitted_at: at('10:59:01'), ended_at: at('10:59:30'), status: 'rejected' }),
    ]
    expect(briefsAt(at('11:00:00'), facts, { window: '5m' })).toEqual({
      ...FLAT,
      ...NO_SNAPSHOT,
      ...returnsBecause('no_equity', '5m'),
      pnl_reconciliation_gap: 'not_defined_for_window',
      decision_veto_rate: 0,
      turnover_ratio: 'no_equity',
      reject_rate: 1,
      decision_to_submit_latency_ms_p50: 'no_timestamps',
      decision_to_submit_latency_ms_p95: 'no_timestamps',
      submit_to_fill_latency_ms_p50: 'no_fills',
      submit_to_fill_latency_ms_p95: 'no_fills',
      missing_price_rate: 1,
      missing_signal_rate: 1,
    })
  })
})

describe('unknown_opening_position', () => {
  /** Two strategies trade a symbol in one account, and its first snapshot shows more than their fills explain. */
  const shared = [
    snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 110, avg_entry_price: 99, mark: 100 }]),
    filled({ at: at('09:35:00'), side: 'buy', qty: 10, price: 101 }),
    filled({ at: at('10:30:00'), side: 'buy', qty: 5, price: 102, strategy_id: 's2' }),
  ]

  test('covers what rests on positions, and leaves what was traded', () => {
    expect(briefsAt(at('11:00:00'), shared)).toEqual({
      ...NOTHING_WATCHED,
      ...NO_SNAPSHOT,
      ...Object.fromEntries(Object.keys(NO_TRADES).map((name) => [name, 'unknown_opening_position'])),
      ...PLAINLY_FILLED,
      ...returnsBecause('no_equity', '1d'),
      leverage_gross_over_equity: 'unknown_opening_position',
      pnl_reconciliation_gap: 'no_equity',
      realized_pnl: 'unknown_opening_position',
      unrealized_pnl: 'unknown_opening_position',
      net_pnl: 'unknown_opening_position',
      gross_pnl: 'unknown_opening_position',
      cost_bps: 'no_cost_source',
      cost_total: 0,
      traded_notional: 1_010,
      gross_exposure: 'unknown_opening_position',
      net_exposure: 'unknown_opening_position',
      position_concentration_top1_pct: 'unknown_opening_position',
      position_concentration_top5_pct: 'unknown_opening_position',
      position_hhi: 'unknown_opening_position',
      open_positions: 'unknown_opening_position',
    })
  })

  test('an idle window still realised nothing', () => {
    expect(briefsAt(at('11:00:00'), shared, { window: '15m' })).toMatchObject({
      realized_pnl: 0,
      gross_pnl: 'unknown_opening_position',
      cost_bps: 'no_fills',
    })
  })

  test('names the symbols', () => {
    const { gross_pnl, realized_pnl } = resultsOf(bookOf(framesAt(at('11:00:00'), shared)))
    for (const result of [gross_pnl, realized_pnl])
      expect(result).toEqual({
        status: 'insufficient_data',
        reason: 'unknown_opening_position',
        meta: { symbols: ['AAA'] },
      })
  })
})

describe('missing_mark', () => {
  /** Taken over from a snapshot without a price, and traded for the first time an hour later. */
  const facts = [
    snapshot(at('09:40:00'), [{ symbol: 'AAA', qty: 110, avg_entry_price: 99 }]),
    filled({ at: at('10:40:00'), side: 'sell', qty: 10, price: 100 }),
  ]

  test('a position that had no price at the start has no change of value; there are no partial sums', () => {
    const others = [filled({ at: at('09:35:00'), side: 'buy', qty: 1, price: 50, symbol: 'BBB' })]
    const frame = bookOf(framesAt(at('11:00:00'), [...facts, ...others]))
    expect(briefs(frame, '1h')).toMatchObject({
      gross_pnl: 'missing_mark',
      net_pnl: 'missing_mark',
      realized_pnl: 10,
      unrealized_pnl: 100,
      traded_notional: 1_000,
    })
    expect(resultsOf(frame, '1h').gross_pnl?.meta).toEqual({ symbols: ['AAA'] })
  })

  test('is said before unknown_opening_position', () => {
    const unknown = [
      snapshot(at('09:40:00'), [
        { symbol: 'AAA', qty: 110, avg_entry_price: 99 },
        { symbol: 'CCC', qty: 7, avg_entry_price: 1 },
      ]),
      filled({ at: at('10:40:00'), side: 'sell', qty: 10, price: 100 }),
      filled({ at: at('10:40:00'), side: 'buy', qty: 1, price: 1, symbol: 'CCC' }),
      filled({ at: at('10:40:00'), side: 'buy', qty: 1, price: 1, symbol: 'CCC', strategy_id: 's2' }),
    ]
    expect(briefsAt(at('11:00:00'), unknown, { window: '1h' })).toMatchObject({
      gross_pnl: 'missing_mark',
      unrealized_pnl: 'unknown_opening_position',
    })
  })
})

describe('cost_bps', () => {
  const bought = (more: object) => filled({ at: at('10:59:00'), side: 'buy', qty: 10, price: 100, ...more })

  test.each([
    ['no record of the account names a cost', [bought({})], 'no_cost_source'],
    ['a record names a cost of zero', [bought({ costs: 0 })], 0],
    ['a record names a cost', [bought({ costs: 0.5 })], 5],
    ['only an older record names one', [bought({}), { ...bought({ costs: 1, symbol: 'BBB' }), ...earlier() }], 0],
    ['nothing was filled, with a source', [{ ...bought({ costs: 1 }), ...earlier() }], 'no_fills'],
  ])('when %s', (_, facts, expected) => {
    expect(briefsAt(at('11:00:00'), facts, { window: '5m' }).cost_bps).toBe(expected)
  })

  function earlier() {
    const before = at('10:00:00')
    return { submittedAt: before, filledAt: before, endedAt: before }
  }
})

describe('currency', () => {
  const euros = instrument({ symbol: 'SAP', currency: 'EUR' })
  const inEuros = filled({ at: at('10:30:00'), side: 'buy', qty: 1, price: 200, symbol: 'SAP' })

  test('what holds or trades a symbol in euros has no sums in dollars', () => {
    expect(briefsAt(at('11:00:00'), [...HELD, euros, inEuros], { window: '1h' })).toEqual({
      ...NOTHING_WATCHED,
      ...NO_TRADES,
      ...PLAINLY_FILLED,
      turnover_ratio: 'currency',
      fill_ratio: 'currency',
      slippage_bps_vs_mid: 'currency',
      ...Object.fromEntries(Object.keys(NO_SNAPSHOT).map((name) => [name, 'currency'])),
      ...returnsBecause('currency', '1h'),
      pnl_reconciliation_gap: 'not_defined_for_window',
      missing_price_rate: 1,
      missing_signal_rate: 1,
      realized_pnl: 'currency',
      unrealized_pnl: 'currency',
      net_pnl: 'currency',
      gross_pnl: 'currency',
      cost_bps: 'currency',
      cost_total: 0,
      traded_notional: 'currency',
      gross_exposure: 'currency',
      net_exposure: 'currency',
      position_concentration_top1_pct: 'currency',
      position_concentration_top5_pct: 'currency',
      position_hhi: 'currency',
      open_positions: 2,
    })
  })

  test('a window in which it was neither held nor traded has them', () => {
    const sold = filled({ at: at('10:31:00'), side: 'sell', qty: 1, price: 210, symbol: 'SAP' })
    expect(briefsAt(at('11:00:00'), [...HELD, euros, inEuros, sold], { window: '15m' })).toMatchObject({
      realized_pnl: 0,
      gross_exposure: 1_020,
    })
  })

  test('is said before missing_mark', () => {
    const facts = [
      euros,
      snapshot(at('09:40:00'), [
        { symbol: 'AAA', qty: 110, avg_entry_price: 99 },
        { symbol: 'SAP', qty: 7, avg_entry_price: 200 },
      ]),
      filled({ at: at('10:50:00'), side: 'sell', qty: 110, price: 100 }),
      filled({ at: at('09:41:00'), side: 'sell', qty: 1, price: 200, symbol: 'SAP' }),
    ]
    expect(briefsAt(at('11:00:00'), facts, { window: '1h' })).toMatchObject({
      gross_pnl: 'currency',
      net_pnl: 'currency',
      realized_pnl: 110,
    })
  })
})

import {
  avgHoldingMinutesOf,
  avgLossOf,
  avgWinOf,
  expectancyPerTradeOf,
  payoffRatioOf,
  profitFactorOf,
  sumsOfTrades,
  type TradeSums,
  tradeCountOf,
  winRateOf,
} from '../../../../src/compute/formulas/trades.js'
import type { MetricResult } from '../../../../src/domain/metric.js'
import { brief } from '../../../support/engine.js'

const FORMULAS: Readonly<Record<string, (sums: TradeSums) => MetricResult>> = {
  trade_count: tradeCountOf,
  win_rate: winRateOf,
  profit_factor: profitFactorOf,
  avg_win: avgWinOf,
  avg_loss: avgLossOf,
  payoff_ratio: payoffRatioOf,
  expectancy_per_trade: expectancyPerTradeOf,
  avg_holding_minutes: avgHoldingMinutesOf,
}

test('without a trade there is nothing to divide by', () => {
  const sums = sumsOfTrades([])
  expect(Object.entries(FORMULAS).map(([name, formula]) => [name, brief(formula(sums))])).toEqual(
    Object.keys(FORMULAS).map((name) => [name, name === 'trade_count' ? 0 : 'no_trades']),
  )
})

test('plain results are rounded to 8 decimals before they are classified', () => {
  expect(brief(winRateOf(sumsOfTrades([{ pnl: 4e-9 }, { pnl: 1 }])))).toBe(0.5)
  expect(brief(avgLossOf(sumsOfTrades([{ pnl: -5e-9 }])))).toBe(-1e-8)
})

test('a number that is none is refused', () => {
  expect(() => sumsOfTrades([{ pnl: Number.NaN }])).toThrow('not a finite number')
})

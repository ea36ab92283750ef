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
import { MINUTE_MS } from '../../../../src/domain/time.js'
import { bookOf, brief, framesAt, resultsOf } from '../../../support/engine.js'
import { filled, instant, instrument } from '../../../support/facts.js'
import { expectValue, referenceCases } from '../../../support/reference-cases.js'

interface Fill {
  readonly side: 'buy' | 'sell'
  readonly qty: number
  readonly price: number
  readonly commission?: number
  readonly ts_minutes?: number
  readonly multiplier?: number
}
interface Input {
  readonly trades?: readonly { readonly pnl: number; readonly entry_minutes: number; readonly exit_minutes: number }[]
  readonly fills?: readonly Fill[]
}

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
const OPEN = instant('2026-07-15T09:31:00-04:00')

const cases = referenceCases<Input>('trades')
const suite = cases.length > 0 ? describe : describe.skip
suite('trades of independent projects (../shared/vectors)', () => {
  test('are all known to this suite', () => {
    expect(cases.filter(({ metric }) => FORMULAS[metric] === undefined)).toEqual([])
    expect(cases.length).toBeGreaterThan(60)
  })

  const each = cases.map((one) => [one.id, one] as const)
  if (each.length > 0)
    test.each(each)('%s', (_, one) => {
      const { fills } = one.input
      const result = fills === undefined ? ofTrades(one.metric, one.input.trades ?? []) : ofFills(one.metric, fills)
      expectValue(result?.status === 'ok' ? result.value : null, one)
    })
})

function ofTrades(metric: string, trades: NonNullable<Input['trades']>): MetricResult | undefined {
  const plain = trades.map(({ pnl, entry_minutes, exit_minutes }) => {
    return { pnl, entryMinutes: entry_minutes, exitMinutes: exit_minutes }
  })
  return FORMULAS[metric]?.(sumsOfTrades(plain))
}

function ofFills(metric: string, fills: readonly Fill[]): MetricResult | undefined {
  const multiplier = fills.find((fill) => fill.multiplier !== undefined)?.multiplier
  const facts = fills.map(({ side, qty, price, commission, ts_minutes }, index) =>
    filled({ at: OPEN + (ts_minutes ?? index) * MINUTE_MS, side, qty, price, costs: commission ?? null }),
  )
  const terms = multiplier === undefined ? [] : [instrument({ symbol: 'AAA', multiplier })]
  const last = Math.max(...facts.map(({ submittedAt }) => submittedAt))
  return resultsOf(bookOf(framesAt(last, [...terms, ...facts])), '20d')[metric]
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

import { MONEY_DIGITS, type MoneyE17, ratio, toNumber } from '../../domain/exact.js'
import { concentrationOf, grossExposureOf, hhiOf, leverageOf, netExposureOf } from '../formulas/exposure.js'
import { costBpsOf, unrealizedOf } from '../formulas/performance.js'
import {
  avgHoldingMinutesOf,
  avgLossOf,
  avgWinOf,
  expectancyPerTradeOf,
  payoffRatioOf,
  profitFactorOf,
  tradeCountOf,
  turnoverOf,
  winRateOf,
} from '../formulas/trades.js'
import { grossPnlOf } from '../metrics/performance/gross-pnl.js'
import { insufficient, ok, okMoney, unknown } from '../result.js'
import type { Valuation } from '../valuation.js'
import { type Calculation, calculationOf, missing } from './calculation.js'
import type { CalcCase } from './case.js'
import { CALC_QUANTITY_DIGITS, type CalcBook } from './fills.js'
import { money } from './numbers.js'
import type { CalcReading } from './reading.js'
import { isKnown } from './series.js'

/** Figures of the fills of a symbol, and of positions. */
export const BOOK_FIGURES: readonly Calculation[] = [
  calculationOf(
    'realized_pnl',
    ofFills(({ state }) => okMoney(state.realized)),
  ),
  calculationOf(
    'unrealized_pnl',
    ofMarkedFills((_, unrealized) => unrealized),
  ),
  calculationOf(
    'net_pnl',
    ofMarkedFills(({ state, costs }, unrealized) => state.realized + unrealized - costs),
  ),
  calculationOf(
    'gross_pnl',
    ofFills((book, given) => {
      const realized = { known: true, value: book.state.realized } as const
      const gross = grossPnlOf({
        activity: 'active',
        result: () => ({ realized, unrealizedChange: unrealizedAt(book, given) }),
      })
      return gross.known ? okMoney(gross.value) : unknown(gross)
    }),
  ),
  calculationOf(
    'cost_bps',
    ofFills(({ state, costs, hasCosts }) => {
      const bps = costBpsOf(costs, state.notional)
      return bps.status === 'ok' && !hasCosts ? insufficient('no_cost_source') : bps
    }),
  ),
  calculationOf(
    'cost_total',
    ofFills(({ costs }) => okMoney(costs)),
  ),
  calculationOf('traded_notional', {
    lacks: ({ given: { input } }) => lacksTraded(input),
    compute: (reading) => ok(tradedBy(reading)),
  }),
  calculationOf('turnover_ratio', {
    lacks: ({ given: { input } }) => [...lacksTraded(input), ...missing({ equity: input.equity })],
    compute: (reading) => turnoverOf(tradedBy(reading), meanOf(equitiesOf(reading.given))),
  }),
  calculationOf(
    'gross_exposure',
    ofExposures((values) => okMoney(grossExposureOf(values))),
  ),
  calculationOf(
    'net_exposure',
    ofExposures((values) => okMoney(netExposureOf(values))),
  ),
  calculationOf('leverage_gross_over_equity', {
    lacks: (reading) => [...lacksExposures(reading), ...missing({ equity: reading.given.input.equity })],
    compute: (reading) => {
      const last = equitiesOf(reading.given).at(-1)
      return last === undefined ? insufficient('no_equity') : leverageOf(exposuresOf(reading), money(last))
    },
  }),
  calculationOf(
    'position_concentration_top1_pct',
    ofExposures((values) => concentrationOf(1, values)),
  ),
  calculationOf(
    'position_concentration_top5_pct',
    ofExposures((values) => concentrationOf(5, values)),
  ),
  calculationOf('position_hhi', ofExposures(hhiOf)),
  {
    name: 'realized_pnl_net',
    unit: 'USD',
    decimals: 2,
    ...ofFills(({ state, costs }) => okMoney(state.realized - costs)),
  },
  { name: 'position_qty', unit: 'quantity', decimals: 9, ...ofFills(({ state }) => ok(sizeOf(state.quantity))) },
  {
    name: 'avg_entry_price',
    unit: 'USD',
    decimals: 8,
    // A flat position has no price; 0 is how those write it who print a table of positions.
    ...ofFills((book) => {
      const { quantity, cost } = book.state
      return ok(quantity === 0n ? 0 : ratio(cost, book.valueAt(1)))
    }),
  },
]

/** Statistics of closed trades: those given, or the round trips of the fills. */
export const TRADE_FIGURES: readonly Calculation[] = [
  calculationOf('trade_count', ofTrades(tradeCountOf)),
  calculationOf('win_rate', ofTrades(winRateOf)),
  calculationOf('profit_factor', ofTrades(profitFactorOf)),
  calculationOf('avg_win', ofTrades(avgWinOf)),
  calculationOf('avg_loss', ofTrades(avgLossOf)),
  calculationOf('payoff_ratio', ofTrades(payoffRatioOf)),
  calculationOf('expectancy_per_trade', ofTrades(expectancyPerTradeOf)),
  calculationOf('avg_holding_minutes', {
    lacks: (reading) => [...lacksTrades(reading), ...lacksTimes(reading)],
    compute: ({ trades }) => avgHoldingMinutesOf(trades),
  }),
]

type Parts = Pick<Calculation, 'lacks' | 'compute'>

function ofFills(compute: (book: CalcBook, given: CalcCase) => ReturnType<Calculation['compute']>): Parts {
  return {
    lacks: ({ given }) => missing({ fills: given.input.fills }),
    compute: ({ book, given }) => (book === undefined ? insufficient('no_fills') : compute(book, given)),
  }
}

function ofMarkedFills(compute: (book: CalcBook, unrealized: MoneyE17) => MoneyE17): Parts {
  return ofFills((book, given) => {
    const unrealized = unrealizedAt(book, given)
    return unrealized.known ? okMoney(compute(book, unrealized.value)) : unknown(unrealized)
  })
}

/** What is held at the mark, less what it cost; nothing held needs no mark. */
function unrealizedAt({ state, valueAt }: CalcBook, { params: { mark } }: CalcCase): Valuation<MoneyE17> {
  if (state.quantity === 0n) return { known: true, value: 0n }
  if (mark === undefined) return { known: false, reason: 'missing_mark', symbols: [] }
  return { known: true, value: unrealizedOf([{ value: valueAt(mark), cost: state.cost }]) }
}

function ofExposures(compute: (values: readonly MoneyE17[]) => ReturnType<Calculation['compute']>): Parts {
  return { lacks: lacksExposures, compute: (reading) => compute(exposuresOf(reading)) }
}

function lacksExposures({ given: { input, params } }: CalcReading): string[] {
  const isMarked = input.fills !== undefined && params.mark !== undefined
  return input.exposures === undefined && !isMarked ? ['exposures, or fills and params.mark'] : []
}

function exposuresOf({ given, book }: CalcReading): MoneyE17[] {
  const { exposures } = given.input
  if (exposures !== undefined) return exposures.map(money)
  return book === undefined || book.state.quantity === 0n ? [] : [book.valueAt(given.params.mark ?? 0)]
}

function lacksTraded({ traded_notional, fills }: CalcCase['input']): string[] {
  return traded_notional === undefined && fills === undefined ? ['traded_notional, or fills'] : []
}

function tradedBy({ given, book }: CalcReading): number {
  const { traded_notional: given_notional } = given.input
  const traded = given_notional === undefined ? (book?.state.notional ?? 0n) : totalOf([given_notional].flat())
  return toNumber(traded, MONEY_DIGITS)
}

function equitiesOf({ input: { equity } }: CalcCase): number[] {
  return equity === undefined ? [] : [equity].flat().filter(isKnown)
}

/** Exact up to one rounding, as the engine's mean of equities is. */
function meanOf(equities: readonly number[]): number | undefined {
  if (equities.length === 0) return undefined
  return ratio(totalOf(equities), BigInt(equities.length) * 10n ** BigInt(MONEY_DIGITS))
}

function totalOf(amounts: readonly number[]): MoneyE17 {
  return amounts.reduce((sum, amount) => sum + money(amount), 0n)
}

function sizeOf(quantity: bigint): number {
  return toNumber(quantity, CALC_QUANTITY_DIGITS)
}

function ofTrades(statistic: (trades: CalcReading['trades']) => ReturnType<Calculation['compute']>): Parts {
  return { lacks: lacksTrades, compute: ({ trades }) => statistic(trades) }
}

function lacksTrades({ given: { input } }: CalcReading): string[] {
  return input.trades === undefined && input.fills === undefined ? ['trades, or fills'] : []
}

/** A trade takes from its entry to its exit. */
function lacksTimes({ given: { input }, book }: CalcReading): string[] {
  if (input.trades === undefined) return book !== undefined && !book.isTimed ? ['ts_minutes of every fill'] : []
  const isTimed = input.trades.every((trade) => trade.entry_minutes !== undefined && trade.exit_minutes !== undefined)
  return isTimed ? [] : ['entry_minutes and exit_minutes of every trade']
}

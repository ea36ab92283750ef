import type { CalendarName } from '../../src/domain/calendar.js'
import type { Fact } from '../../src/domain/facts.js'
import { instrument, strategy } from '../support/facts.js'

/** Who trades what where in the generated histories. */

const STRATEGIES: Readonly<Record<string, CalendarName>> = { s1: 'XNYS', s2: 'XNYS', s3: '24x7' }

/** One alone in its account, one alone that never closes, and an account that three share. */
export const BOOKS = [
  { strategy_id: 's1', account: 'A1' },
  { strategy_id: 's3', account: 'A3' },
  { strategy_id: 's1', account: 'A2' },
  { strategy_id: 's2', account: 'A2' },
  { strategy_id: 's3', account: 'A2' },
] as const
export type CastBook = (typeof BOOKS)[number]
export const ACCOUNTS = ['A1', 'A2', 'A3'] as const
export const SYMBOLS = ['AAA', 'BBB', 'BTCUSD', 'FUT', 'EURX'] as const
/** Common ones come more often. */
export const SYMBOL_WEIGHTS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4] as const

export function calendarOf(strategyId: string): CalendarName {
  return STRATEGIES[strategyId] ?? 'XNYS'
}

export function lotOf(symbol: string): number {
  return symbol === 'BTCUSD' ? 0.35 : 1
}

export function multiplierOf(symbol: string): number {
  return symbol === 'FUT' ? 50 : 1
}

/** What the first and the third are measured against: an index that nobody trades, and a coin. */
export const BENCHMARKS = ['IDX', 'BTCUSD'] as const

/** What is said about strategies and instruments, usually before the first event. */
export const DESCRIPTIONS: readonly Fact[] = [
  strategy({ strategy_id: 's1', name: 'one', calendar: 'XNYS', accounts: ['A1', 'A2'], benchmark: BENCHMARKS[0] }),
  strategy({ strategy_id: 's2', name: 'two', calendar: 'XNYS', accounts: ['A2'], universe: ['AAA', 'FUT'] }),
  strategy({ strategy_id: 's3', name: 'three', calendar: '24x7', accounts: ['A2', 'A3'], benchmark: BENCHMARKS[1] }),
  instrument({ symbol: 'FUT', multiplier: multiplierOf('FUT'), lot_size: 1 }),
  instrument({ symbol: 'BTCUSD', lot_size: 0.0001 }),
  instrument({ symbol: 'EURX', currency: 'EUR' }),
]

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'
import { type StrategyProfile, strategy } from './strategies.js'

/** Symbols that a desk trades. */
const UNIVERSE = 12

/**
 * One of many desks alike, which trade as often as signals let them: for load, not for its story. Desks next to each other
 * trade other symbols, so that all of them together trade the whole list.
 */
export function createDeskStrategy(number: number, symbols: readonly string[]): StrategyProfile {
  const [first = 'SPY', ...others] = Array.from(
    { length: Math.min(UNIVERSE, symbols.length) },
    (_, index) => symbols[(number * UNIVERSE + index) % symbols.length] ?? 'SPY',
  )
  return strategy({
    name: `desk-${number}`,
    description: 'one of many desks alike, long and short',
    account: `desk-${number}`,
    universe: [first, ...others],
    direction: 'long_short',
    historyGapMs: 40 * MINUTE_MS,
    liveGapMs: 10 * SECOND_MS,
    maxPositions: 6,
    positionShare: 0.1,
    horizonMs: HOUR_MS,
    skill: 0.02,
    flatAtClose: false,
    reviewedShare: 0.2,
    tags: ['momentum_up', 'spread_normal', 'exit_mean'],
  })
}

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.js'
import { uuidOf } from '../random.js'

/** One strategy in the account it trades in: a book. */
export interface StrategyProfile {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly account: string
  readonly universe: readonly [string, ...string[]]
  readonly direction: 'long' | 'long_short'
  /** Mean time between two decisions in the back-history, and in the last hour before the start and from then on. */
  readonly historyGapMs: number
  readonly liveGapMs: number
  readonly maxPositions: number
  /** Size of a new position, as a share of the account's initial cash. */
  readonly positionShare: number
  /** How far ahead it thinks; with `skill` it is right about the direction with probability 0.5 + skill. */
  readonly horizonMs: number
  readonly skill: number
  /** Closes everything in the last minutes of each session. */
  readonly flatAtClose: boolean
  /** Part of its decisions that a language model reviews first. */
  readonly reviewedShare: number
  readonly tags: readonly [string, ...string[]]
}

/** Every description begins with this word: how the simulator knows its own rows. */
export const SYNTHETIC = 'synthetic'

/** A profile with the id that belongs to its name. */
export function strategy(profile: Omit<StrategyProfile, 'id'>): StrategyProfile {
  return { id: uuidOf(`strategy/${profile.name}`), ...profile, description: `${SYNTHETIC}: ${profile.description}` }
}

/** Five books in four accounts. Ids are the same whatever the seed, so that examples and dashboards can name them. */
export const STRATEGIES: readonly StrategyProfile[] = [
  strategy({
    name: 'opening-range-breakout',
    description: 'buys and sells breaks of the morning range, flat by the close, alone in its account',
    account: 'alpha-live',
    universe: ['AAPL', 'MSFT', 'NVDA', 'AMZN', 'GOOGL', 'META', 'TSLA', 'AVGO', 'AMD', 'NFLX', 'QQQ', 'MU'],
    direction: 'long_short',
    historyGapMs: 6 * MINUTE_MS,
    liveGapMs: 4 * MINUTE_MS,
    maxPositions: 6,
    positionShare: 0.14,
    horizonMs: 45 * MINUTE_MS,
    skill: 0.09,
    flatAtClose: true,
    reviewedShare: 0.6,
    tags: ['range_break', 'volume_surge', 'vwap_reclaim', 'trend_day', 'failed_break'],
  }),
  strategy({
    name: 'mean-reversion',
    description: 'fades moves away from the session average, long and short',
    account: 'shared-paper',
    universe: ['SPY', 'JPM', 'BAC', 'WFC', 'GS', 'V', 'MA', 'UNH', 'JNJ', 'PFE', 'MRK', 'KO', 'PEP', 'PG', 'WMT', 'HD'],
    direction: 'long_short',
    historyGapMs: 5 * MINUTE_MS,
    liveGapMs: 3 * MINUTE_MS,
    maxPositions: 8,
    positionShare: 0.06,
    horizonMs: 90 * MINUTE_MS,
    skill: 0.01,
    flatAtClose: false,
    reviewedShare: 0.35,
    tags: ['rsi_extreme', 'boll_touch', 'vwap_stretch', 'spread_normal', 'exit_mean'],
  }),
  strategy({
    name: 'sector-rotation',
    description: 'holds the strongest sectors for days, long only, in the same account as mean-reversion',
    account: 'shared-paper',
    universe: ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLY', 'XLP', 'XLU', 'XLB', 'XLC', 'SPY'],
    direction: 'long',
    historyGapMs: 18 * MINUTE_MS,
    liveGapMs: 9 * MINUTE_MS,
    maxPositions: 6,
    positionShare: 0.08,
    horizonMs: 30 * HOUR_MS,
    skill: 0.12,
    flatAtClose: false,
    reviewedShare: 0.8,
    tags: ['sector_strength', 'rank_change', 'rebalance', 'breadth'],
  }),
  strategy({
    name: 'trend-following',
    description: 'follows multi-hour trends through the LEAN runner, alone in its account',
    account: 'lean-paper',
    universe: ['CAT', 'DE', 'BA', 'GE', 'LMT', 'XOM', 'CVX', 'COP', 'SLB', 'IBM', 'ORCL', 'CRM', 'GLD', 'TLT'],
    direction: 'long_short',
    historyGapMs: 9 * MINUTE_MS,
    liveGapMs: 5 * MINUTE_MS,
    maxPositions: 7,
    positionShare: 0.11,
    horizonMs: 8 * HOUR_MS,
    skill: 0,
    flatAtClose: false,
    reviewedShare: 0.2,
    tags: ['ema_cross', 'macd_turn', 'higher_high', 'trail_stop'],
  }),
  strategy({
    name: 'crypto-momentum',
    description: 'trades coins day and night, long only',
    account: 'crypto-live',
    universe: ['BTC/USD', 'ETH/USD', 'SOL/USD', 'LTC/USD', 'AVAX/USD', 'LINK/USD', 'UNI/USD', 'DOGE/USD'],
    direction: 'long',
    historyGapMs: 15 * MINUTE_MS,
    liveGapMs: 80 * SECOND_MS,
    maxPositions: 5,
    positionShare: 0.03,
    horizonMs: 2 * HOUR_MS,
    skill: 0.12,
    flatAtClose: false,
    reviewedShare: 0.3,
    tags: ['momentum_up', 'volume_spike', 'breakout_24h', 'cooldown_over'],
  }),
]

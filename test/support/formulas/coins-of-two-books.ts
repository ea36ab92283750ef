import type { Fact } from '../../../src/domain/facts.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { bar, brokerFill, decision, fact, filled, instant, instrument, snapshot, strategy } from '../facts.js'
import { instantsOf } from './instants.js'

/** Two books of an account, one of them around the clock, and one that never closes and has its account for itself. */

/** A Saturday. */
export const COINS_AT = instant('2026-07-18T15:00:00Z')

const drawn = (index: number, below: number) => (index * 6_947 + 71_993) % below

const BEFORE_MS = instantsOf([
  [MINUTE_MS, 10 * SECOND_MS],
  [HOUR_MS, 4 * MINUTE_MS],
  [DAY_MS, HOUR_MS],
  [20 * DAY_MS, 8 * HOUR_MS],
])

/** Bought and sold in turn, more often bought. */
function tradesOf(strategyId: string, account: string, symbol: string, each: number): Fact[] {
  return BEFORE_MS.filter((_, index) => index % each === 0).flatMap((before, index): Fact[] => {
    const id = `${strategyId} ${account} ${index}`
    const at = COINS_AT - before - 3 * SECOND_MS
    const price = 200 + drawn(index, 17)
    const side = drawn(index, 5) < 3 ? 'buy' : 'sell'
    return [
      filled({
        ...{ at, side, qty: `0.${1 + drawn(index, 8)}`, price, symbol },
        ...{ execution_id: id, strategy_id: strategyId, account, adapter: 'alpaca' },
      }),
      brokerFill({ execution_id: id, fill_id: 'a', at, qty: '0.05', price: price + 1, costs: '0.07' }),
    ]
  })
}

const OBSERVED = BEFORE_MS.flatMap((before, index) =>
  ['PA1', 'PA2'].map((account) =>
    snapshot(COINS_AT - before, [], { account, equity: 50_000 + (drawn(index, 19) - 9) * 30 }),
  ),
)
const BARS = BEFORE_MS.flatMap((before, index) =>
  ['BTCUSD', 'ETHUSD'].map((symbol, which) =>
    bar(symbol, COINS_AT - before - SECOND_MS, 200 + which * 3 + drawn(index, 11)),
  ),
)

export const COINS_OF_TWO_BOOKS: readonly Fact[] = [
  strategy({ strategy_id: 's1', calendar: '24x7', accounts: ['PA1'], capital_share: '0.7', benchmark: 'ETHUSD' }),
  strategy({ strategy_id: 's2', name: 'two', accounts: ['PA1'] }),
  strategy({ strategy_id: 's3', name: 'three', calendar: '24x7', accounts: ['PA2'], benchmark: 'ETHUSD' }),
  instrument({ symbol: 'ETHUSD', multiplier: 2 }),
  ...tradesOf('s1', 'PA1', 'BTCUSD', 2),
  ...tradesOf('s2', 'PA1', 'ETHUSD', 3),
  ...tradesOf('s3', 'PA2', 'BTCUSD', 1),
  ...['PA1', 'PA2'].map((account) =>
    fact('cash_flow', { account, flow_id: 'fee', at: COINS_AT - 5 * HOUR_MS, amount: '-1.25', kind: 'fee' }),
  ),
  decision({
    ...{ decision_id: 'reviewed', at: COINS_AT - HOUR_MS, reviewed_at: COINS_AT - HOUR_MS + SECOND_MS },
    ...{ context_freshness_seconds: 71.5 },
  }),
  ...OBSERVED,
  ...BARS,
]

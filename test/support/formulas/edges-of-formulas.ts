import type { Fact } from '../../../src/domain/facts.js'
import { MINUTE_MS } from '../../../src/domain/time.js'
import { bar, decision, fact, filled, instant, order, snapshot, strategy } from '../facts.js'

/** What only some formulas look at: a trade that broke even, returns without a loss, positions of nobody, other cash. */

export const EDGES_AT = instant('2026-07-15T12:00:30-04:00')

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const ZZZ = { symbol: 'ZZZ', qty: -30, mark: 7 }

/** Up every five minutes, never down. */
const RISING = Array.from({ length: 29 }, (_, index) =>
  snapshot(at('09:35:00') + index * 5 * MINUTE_MS, [ZZZ], { equity: 100_000 + index * 100 + (index % 3) * 20 }),
)

const trip = (from: string, to: string, profit: number) => [
  filled({ at: at(from), side: 'buy', qty: 1, price: 20 }),
  filled({ at: at(to), side: 'sell', qty: 1, price: 20 + profit }),
]

export const EDGES_OF_FORMULAS: readonly Fact[] = [
  strategy({ accounts: ['PA1', 'dark'] }),
  ...RISING,
  ...trip('10:01:00', '10:04:00', 0),
  ...trip('10:11:00', '10:14:00', 3),
  ...trip('11:01:00', '11:03:00', -2),
  fact('cash_flow', { account: 'PA1', flow_id: 'd', at: at('10:31:00'), amount: 40, kind: 'dividend' }),
  snapshot(at('11:57:00'), [ZZZ], { equity: 0, cash: 50_000 }),
  // Its equity is carried on from 11:55 for five minutes.
  ...[
    ['11:54:50', 7],
    ['11:56:00', 7.1],
    ['11:59:00', 7.3],
    ['12:00:10', 7.4],
  ].map(([time, close]) => bar('ZZZ', at(String(time)), Number(close))),
  // Weighed by quantity as soon as one has no price.
  order({
    ...{ execution_id: 'bare', submitted_at: at('11:50:00'), ended_at: at('11:55:00'), status: 'canceled' },
    ...{ symbol: 'CCC', submitted_qty: 9 },
  }),
  // Rejected after it was submitted before some windows, and one that still is open.
  order({
    ...{ execution_id: 'late', submitted_at: at('11:40:00'), ended_at: at('11:59:50'), status: 'rejected' },
    ...{ submitted_qty: 3, limit_price: 21 },
  }),
  order({ execution_id: 'open', submitted_at: at('11:59:40'), submitted_qty: 2, limit_price: 19 }),
  decision({ account: 'dark', at: at('11:30:00') }),
  snapshot(at('11:31:00'), [{ symbol: 'QQQ', qty: 4 }], { account: 'dark' }),
]

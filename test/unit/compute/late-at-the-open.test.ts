import {
  AT_ONCE,
  answered,
  applyAll,
  bookOf,
  createEngine,
  expectSameFrames,
  framesAt,
  resultsOf,
} from '../../support/engine.js'
import { bar, filled, instant, snapshot, strategy } from '../../support/facts.js'

/**
 * The equity at the open is read again and again while the session runs, and is remembered. Right after the open its prices
 * still come in: what was remembered before the last of them came would be wrong all day.
 */

const at = (time: string) => instant(`2026-07-15T${time}Z`)
const SHARED = { account: 'PA1', symbol: 'BTC/USD' }
const FACTS = [
  strategy({ calendar: '24x7' }),
  strategy({ strategy_id: 's2', name: 'other', calendar: '24x7' }),
  filled({ ...SHARED, at: instant('2026-07-14T22:00:00Z'), side: 'buy', qty: 2, price: 100 }),
  filled({ ...SHARED, at: instant('2026-07-14T22:00:00Z'), side: 'buy', qty: 2, price: 100, strategy_id: 's2' }),
  snapshot(instant('2026-07-14T23:58:00Z'), [{ symbol: 'BTC/USD', qty: 4, mark: 100 }]),
  bar('BTC/USD', instant('2026-07-14T23:58:00Z'), 100),
  bar('BTC/USD', instant('2026-07-14T23:59:50Z'), 101),
]
const LATE = bar('BTC/USD', instant('2026-07-14T23:59:59.500Z'), 103)

test('a price of just before the open that comes just after it counts in what is counted from the open', () => {
  const engine = createEngine({ startAt: at('00:00:02'), settings: AT_ONCE })
  applyAll(engine, FACTS)
  engine.tick(at('00:00:02'), answered(at('00:00:02')))
  engine.apply([LATE])
  const frames = engine.tick(at('00:00:03'), answered(at('00:00:03')))
  // Half of the account's 100 000 and of four coins' rise by 3, and two coins' rise since the snapshot marked the open.
  expect(resultsOf(bookOf(frames)).equity).toMatchObject({ status: 'ok', value: 50_006 + 6 })
  expectSameFrames(frames, framesAt(at('00:00:03'), [...FACTS, LATE], { settings: AT_ONCE }))
})

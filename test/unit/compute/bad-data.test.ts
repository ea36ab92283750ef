import type { Fact } from '../../../src/domain/facts.js'
import { WINDOWS } from '../../../src/domain/window.js'
import { answered, applyAll, bookOf, briefs, createEngine, resultsOf } from '../../support/engine.js'
import { bar, filled, instant, order, snapshot, strategy } from '../../support/facts.js'

/**
 * What a database may say that cannot be, or that says too little: the book that it is about goes by a rule that can be
 * named, it is counted where it is refused, and the others' frames are what they were.
 */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('11:00:00')
const OTHER = { strategy_id: 'other', account: 'PA2' }

const ANOTHER_BOOK: readonly Fact[] = [
  strategy({ strategy_id: 'other', accounts: ['PA2'] }),
  filled({ ...OTHER, at: at('10:00:00'), side: 'buy', qty: 10, price: 100, symbol: 'AAA' }),
  filled({ ...OTHER, at: at('10:30:00'), side: 'sell', qty: 4, price: 101, symbol: 'AAA' }),
  snapshot(at('10:00:15'), [{ symbol: 'AAA', qty: 10, mark: 100 }], { account: 'PA2' }),
  snapshot(at('10:59:45'), [{ symbol: 'AAA', qty: 6, mark: 101 }], { account: 'PA2' }),
]
const OWN_BOOK: readonly Fact[] = [
  strategy({ accounts: ['PA1'] }),
  filled({ at: at('10:00:00'), side: 'buy', qty: 10, price: 50, symbol: 'BBB' }),
  snapshot(at('09:30:15'), [], { equity: 10_000 }),
  snapshot(at('10:59:45'), [{ symbol: 'BBB', qty: 10, mark: 50 }], { equity: 10_000 }),
]
const PRICES: readonly Fact[] = [
  ...['10:00:00', '10:30:00', '10:59:59'].map((time) => bar('AAA', at(time), 101)),
  ...['10:00:00', '10:30:00', '10:59:59'].map((time) => bar('BBB', at(time), 50)),
]

function framesWith(bad: readonly Fact[]) {
  const engine = createEngine({ startAt: NOW })
  applyAll(engine, [...ANOTHER_BOOK, ...OWN_BOOK, ...PRICES, ...bad])
  return { frames: engine.tick(NOW, answered(NOW)), counts: engine.factCounts }
}

const allOf = ({ frames }: ReturnType<typeof framesWith>, key = {}) =>
  WINDOWS.map((window) => resultsOf(bookOf(frames, key), window))

const CLEAN = framesWith([])
const CLEAN_1D = briefs(bookOf(CLEAN.frames))

describe('data that cannot be', () => {
  const cases: Record<string, { bad: readonly Fact[]; own: Record<string, unknown>; counts?: Record<string, number> }> =
    {
      'a quantity whose average price is null waits for it, and is no fill': {
        bad: [
          order({ execution_id: 'x', symbol: 'BBB', submitted_qty: 5, filled_qty: 5, submitted_at: at('10:40:00') }),
        ],
        own: { traded_notional: CLEAN_1D.traded_notional, open_positions: 1 },
        counts: { waitingForPrice: 1 },
      },
      'a sell of a symbol that nobody bought opens a short': {
        bad: [filled({ at: at('10:40:00'), side: 'sell', qty: 3, price: 20, symbol: 'ZZZ' })],
        own: { open_positions: 2, net_exposure: 500 - 60, gross_exposure: 500 + 60, realized_pnl: 0 },
      },
      'an equity of 0 for 15 seconds is refused, and no drawdown': {
        bad: [snapshot(at('10:59:30'), [{ symbol: 'BBB', qty: 10, mark: 50 }], { equity: 0, cash: 9_500 })],
        own: { max_drawdown: 0, equity: 10_000 },
        counts: { snapshotsRefused: 1 },
      },
      'one print 40 % off moves nothing': {
        bad: [bar('BBB', at('11:00:00'), 70)],
        own: { unrealized_pnl: 0, gross_exposure: 500, equity: 10_000 },
      },
      'an order stamped an hour ahead waits for its time': {
        bad: [filled({ at: at('12:00:00'), side: 'sell', qty: 10, price: 60, symbol: 'BBB' })],
        own: { realized_pnl: 0, open_positions: 1 },
      },
      'a snapshot stamped an hour ahead waits for its time': {
        bad: [snapshot(at('12:00:00'), [], { equity: 1 })],
        own: { equity: 10_000, max_drawdown: 0 },
      },
      'a price stamped an hour ahead waits for its time': {
        bad: [bar('BBB', at('12:00:00'), 51), bar('BBB', at('12:00:01'), 51)],
        own: { unrealized_pnl: 0, equity: 10_000 },
      },
    }

  test.each(Object.entries(cases))('%s', (_, { bad, own, counts = {} }) => {
    const dirty = framesWith(bad)
    expect(briefs(bookOf(dirty.frames))).toMatchObject(own)
    expect(dirty.counts).toEqual({ ...CLEAN.counts, ...counts })
    expect(allOf(dirty, { strategyId: 'other', account: 'PA2' })).toEqual(
      allOf(CLEAN, { strategyId: 'other', account: 'PA2' }),
    )
  })

  test('a book without snapshots has results and no equity, and says so', () => {
    const engine = createEngine({ startAt: NOW })
    applyAll(engine, [...ANOTHER_BOOK, ...OWN_BOOK.filter(({ fact }) => fact !== 'position_snapshot'), ...PRICES])
    const frames = engine.tick(NOW, answered(NOW))
    expect(briefs(bookOf(frames))).toMatchObject({
      net_pnl: 0,
      open_positions: 1,
      equity: 'no_equity',
      cumulative_return: 'no_equity',
      leverage_gross_over_equity: 'no_equity',
    })
    expect(allOf({ frames, counts: engine.factCounts }, { strategyId: 'other', account: 'PA2' })).toEqual(
      allOf(CLEAN, { strategyId: 'other', account: 'PA2' }),
    )
  })

  test('what was ahead of its time takes effect when the time has come', () => {
    const engine = createEngine({ startAt: NOW })
    const ahead = filled({ at: at('12:00:00'), side: 'sell', qty: 10, price: 60, symbol: 'BBB' })
    applyAll(engine, [...OWN_BOOK, ...PRICES, ahead])
    engine.tick(NOW, answered(NOW))
    const due = engine.tick(at('12:00:00'), answered(at('12:00:00')))
    expect(briefs(bookOf(due))).toMatchObject({ realized_pnl: 100, open_positions: 0 })
  })
})

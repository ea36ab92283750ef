import type { Fact } from '../../../src/domain/facts.js'
import { answered, bookOf, briefs, briefsAt, createEngine, framesAt } from '../../support/engine.js'
import { bar, filled, instant, order, snapshot, strategy } from '../../support/facts.js'

/** METRICS section 1, "Opening inventory": what was held before history began. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const held = (qty: number | string, more: object = {}) => ({
  symbol: 'AAA',
  qty,
  avg_entry_price: 90,
  mark: 95,
  ...more,
})
const FIRST = at('09:40:00')
const NOW = at('11:00:00')
const bought = filled({ at: at('09:35:00'), side: 'buy', qty: 10, price: 100 })
const sold = filled({ at: at('10:30:00'), side: 'sell', qty: 10, price: 110 })
const theirs = (raw: object = {}) =>
  filled({ at: at('10:45:00'), side: 'buy', qty: 1, price: 100, strategy_id: 's2', ...raw })

const UNKNOWN = 'unknown_opening_position'

describe('a first snapshot that the fills explain', () => {
  test('lets history begin flat', () => {
    expect(briefsAt(NOW, [bought, snapshot(FIRST, [held(10)]), sold])).toMatchObject({
      realized_pnl: 100,
      open_positions: 0,
      gross_pnl: 100,
    })
  })

  test('counts a fill of its own instant', () => {
    const facts = [filled({ at: FIRST, side: 'buy', qty: 10, price: 100 }), snapshot(FIRST, [held(10)]), sold]
    expect(briefsAt(NOW, facts).realized_pnl).toBe(100)
  })

  test('may need the fills of several books together', () => {
    const facts = [bought, theirs({ at: at('09:36:00') }), snapshot(FIRST, [held(11)]), sold]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 100, open_positions: 0 })
  })

  test('is the earliest that is known, also when it comes late', () => {
    const later = snapshot(at('10:00:00'), [held(999)])
    expect(briefsAt(NOW, [bought, later, sold]).open_positions).toBe(1)
    expect(briefsAt(NOW, [bought, later, snapshot(FIRST, [held(10)]), sold]).open_positions).toBe(0)
  })

  test('counts in an account of its own', () => {
    expect(briefsAt(NOW, [bought, snapshot(FIRST, [held(999)], { account: 'PA2' }), sold]).realized_pnl).toBe(100)
  })
})

describe('a crypto book', () => {
  const crypto = { calendars: { s1: '24x7', s2: '24x7' } } as const
  const values = (qty: string, parts: object = crypto) => briefsAt(NOW, [bought, snapshot(FIRST, [held(qty)])], parts)

  test.each([
    ['9.95', 950],
    ['10.05', 950],
  ])('explains %s of 10 by fees in coin', (qty, exposure) => {
    expect(values(qty).gross_exposure).toBe(exposure)
  })

  test('explains no more than half a per cent', () => {
    expect(values('9.949999999').gross_exposure).toBe(945.249999905)
  })

  test('is the only one that does', () => {
    expect(values('9.95', {}).gross_exposure).toBe(945.25)
  })
})

describe('a first snapshot that one book must have brought', () => {
  test('starts its ledger; fills up to it are traded, but move nothing', () => {
    const frame = bookOf(framesAt(NOW, [bought, snapshot(FIRST, [held(30)]), bar('AAA', at('10:59:00'), 96)]))
    expect(briefs(frame)).toMatchObject({
      gross_exposure: 30 * 96,
      unrealized_pnl: 30 * 6,
      gross_pnl: 30,
      traded_notional: 1_000,
      realized_pnl: 0,
    })
  })

  test('may show a short', () => {
    expect(briefsAt(NOW, [snapshot(FIRST, [held(-20)]), sold, bar('AAA', at('10:59:00'), 96)])).toMatchObject({
      net_exposure: -30 * 96,
      unrealized_pnl: 20 * 90 + 10 * 110 - 30 * 96,
    })
  })

  test('may show nothing where the fills left something', () => {
    expect(briefsAt(NOW, [bought, snapshot(FIRST, []), theirs({ symbol: 'BBB' })])).toMatchObject({
      open_positions: 0,
      traded_notional: 1_000,
    })
  })

  test('without an average is taken over at its mark', () => {
    const facts = [snapshot(FIRST, [held(30, { avg_entry_price: null })]), sold]
    expect(briefsAt(NOW, facts).realized_pnl).toBe(10 * (110 - 95))
  })

  test('without a mark enters gross_pnl at its average', () => {
    const facts = [snapshot(FIRST, [held(10, { mark: null })]), sold]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 200, gross_pnl: 200 })
  })

  test('without any price cannot be valued, so nothing is said until it is flat', () => {
    const facts = [snapshot(FIRST, [held(30, { avg_entry_price: null, mark: null })]), sold]
    expect(briefsAt(NOW, facts)).toMatchObject({
      open_positions: UNKNOWN,
      gross_exposure: UNKNOWN,
      realized_pnl: UNKNOWN,
    })
    expect(briefsAt(NOW, [...facts, snapshot(at('10:50:00'), [])], { window: '5m' })).toMatchObject({
      open_positions: 0,
      realized_pnl: 0,
    })
  })

  test('belongs to the one that traded it, though others trade elsewhere in the account', () => {
    const facts = [
      snapshot(FIRST, [held(10)]),
      sold,
      theirs({ symbol: 'BBB' }),
      order({ execution_id: 'unfilled', strategy_id: 's2', submitted_at: at('10:00:00') }),
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: 200, open_positions: 0 })
  })

  test('belongs to no book when nobody traded it', () => {
    const facts: Fact[] = [strategy({ accounts: ['PA1'] }), snapshot(FIRST, [held(10)])]
    expect(briefsAt(NOW, facts)).toMatchObject({ open_positions: 0, gross_exposure: 0 })
    expect(briefsAt(at('10:29:59'), [...facts, sold]).open_positions).toBe(0)
    expect(briefsAt(at('10:30:00'), [...facts, sold]).realized_pnl).toBe(200)
  })
})

describe('a first snapshot that several books may have brought', () => {
  const shared = [bought, snapshot(FIRST, [held(30)]), theirs()]

  test('is nobody’s until one shows the symbol flat', () => {
    const frames = framesAt(NOW, shared)
    for (const strategyId of ['s1', 's2'])
      expect(briefs(bookOf(frames, { strategyId }))).toMatchObject({ realized_pnl: UNKNOWN, gross_pnl: UNKNOWN })
  })

  test('was known before the second of them traded it', () => {
    expect(briefsAt(at('10:44:59'), shared)).toMatchObject({ open_positions: 1, gross_exposure: 30 * 95 })
    expect(briefsAt(at('10:45:00'), shared).open_positions).toBe(UNKNOWN)
  })

  test('is known again from a flat snapshot on, in windows that start at or after it', () => {
    const facts = [
      ...shared,
      snapshot(at('10:50:00'), [held(31)]),
      snapshot(at('10:55:00'), []),
      filled({ at: at('10:57:00'), side: 'buy', qty: 2, price: 100 }),
      filled({ at: at('10:58:00'), side: 'sell', qty: 2, price: 103 }),
    ]
    const frame = bookOf(framesAt(NOW, facts))
    expect(briefs(frame, '5m')).toMatchObject({ realized_pnl: 6, gross_pnl: 6, open_positions: 0 })
    expect(briefs(frame, '15m')).toMatchObject({ realized_pnl: UNKNOWN, gross_pnl: UNKNOWN, open_positions: 0 })
    expect(briefs(frame, '1h')).toMatchObject({ traded_notional: 406, unrealized_pnl: 0 })
  })

  test('becomes known when the flat snapshot comes', () => {
    const engine = createEngine({ startAt: NOW })
    const positions = (time: string) => briefs(bookOf(engine.tick(at(time), answered(at(time))))).open_positions
    engine.apply(shared)
    expect(positions('11:00:00')).toBe(UNKNOWN)
    engine.apply([snapshot(at('11:00:10'), [held(31)])])
    expect(positions('11:00:11')).toBe(UNKNOWN)
    engine.apply([snapshot(at('11:00:25'), [])])
    expect(positions('11:00:24')).toBe(UNKNOWN)
    expect(positions('11:00:25')).toBe(0)
  })

  test('stays known when the flat snapshot is no longer kept', () => {
    const now = at('11:30:00')
    const engine = createEngine({ startAt: now })
    // The last snapshot of that minute, which is the one that is kept, shows it again.
    engine.apply([...shared, snapshot(at('10:50:05'), []), snapshot(at('10:50:20'), [held(1)])])
    const values = (time: string) => briefs(bookOf(engine.tick(at(time), answered(at(time)))), '15m')
    expect(values('11:30:00')).toMatchObject({ realized_pnl: 0, open_positions: 0 })
    values('12:30:00')
    engine.apply([filled({ at: at('12:30:01'), side: 'buy', qty: 1, price: 100 })])
    expect(values('12:30:02')).toMatchObject({ realized_pnl: 0, open_positions: 1 })
  })

  test('that is flat itself is known from there on, whatever the fills before it left', () => {
    const facts = [
      bought,
      theirs({ at: at('09:36:00') }),
      snapshot(FIRST, [], {}),
      snapshot(at('09:55:00'), [held(3)]),
      filled({ at: at('10:00:00'), side: 'buy', qty: 2, price: 100 }),
      sold,
    ]
    expect(briefsAt(NOW, facts)).toMatchObject({ realized_pnl: UNKNOWN, open_positions: 1, net_exposure: -880 })
    expect(briefsAt(NOW, facts, { window: '1h' }).realized_pnl).toBe(20)
  })
})

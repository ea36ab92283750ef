import fc from 'fast-check'
import { calculateCases } from '../../src/app/calc/calculate-cases.js'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { bookOf, brief, framesAt, resultsOf } from '../support/engine.js'
import { ACCOUNT, filled, instant, strategy } from '../support/facts.js'
import { parameters } from './parameters.js'

/**
 * Parity with the control plane that came before: on histories that begin flat and are never short, realized_pnl is the
 * result by average cost that it shows. The loop below is that definition written anew, in doubles, and shares nothing
 * with the ledger.
 */

interface Trade {
  readonly at: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly qty: number
  readonly price: number
}

/** What sales up to an instant realised against the mean price of what was held; nothing is sold that is not there. */
function realizedByAverageCost(trades: readonly Trade[], until: number): number {
  const holdings = new Map<string, { units: number; meanPrice: number }>()
  let realized = 0
  for (const { at, symbol, side, qty, price } of trades) {
    if (at > until) break
    const held = holdings.get(symbol) ?? { units: 0, meanPrice: 0 }
    if (side === 'buy') {
      const units = held.units + qty
      holdings.set(symbol, { units, meanPrice: (held.units * held.meanPrice + qty * price) / units })
    } else {
      const sold = Math.min(qty, held.units)
      realized += sold * (price - held.meanPrice)
      holdings.set(symbol, { units: held.units - sold, meanPrice: held.meanPrice })
    }
  }
  return realized
}

function realizedByEngine(trades: readonly Trade[], at: number): (window: Window) => number | string {
  const facts = trades.map(({ qty, price, ...trade }) => filled({ ...trade, qty: String(qty), price: String(price) }))
  const book = bookOf(framesAt(at, [strategy({ accounts: [ACCOUNT] }), ...facts]))
  return (window) => brief(resultsOf(book, window).realized_pnl)
}

const BEGIN = instant('2026-11-16T09:31:00-05:00')
const THOUSANDTH = 1_000

const step = fc.record({
  symbol: fc.constantFrom('AAA', 'BBB', 'CCC'),
  isSale: fc.boolean(),
  /** Thousandths of a unit; of a sale, at most what is there. */
  size: fc.integer({ min: 1, max: 500_000 }),
  sellsAll: fc.boolean(),
  cents: fc.integer({ min: 1, max: 100_000 }),
  waitSeconds: fc.integer({ min: 1, max: 5_400 }),
})

/** Purchases and sales in which nobody sells what he does not have. */
const longOnly = fc.array(step, { minLength: 1, maxLength: 60 }).map((steps) => {
  const held = new Map<string, number>()
  let at = BEGIN
  return steps.flatMap(({ symbol, isSale, size, sellsAll, cents, waitSeconds }): Trade[] => {
    const before = held.get(symbol) ?? 0
    const traded = isSale ? (sellsAll ? before : Math.min(size, before)) : size
    if (traded === 0) return []
    at += waitSeconds * SECOND_MS
    held.set(symbol, before + (isSale ? -traded : traded))
    return [{ at, symbol, side: isSale ? 'sell' : 'buy', qty: traded / THOUSANDTH, price: cents / 100 }]
  })
})

describe('on histories that begin flat and are never short, realized_pnl', () => {
  test('is the result by average cost, of every window the part that was realised in it', () => {
    fc.assert(
      fc.property(longOnly, (trades) => {
        const at = trades.at(-1)?.at ?? BEGIN
        const turnover = trades.reduce((sum, { qty, price }) => sum + qty * price, 1)
        const ours = realizedByEngine(trades, at)
        const total = realizedByAverageCost(trades, at)
        // What the doubles of the loop can lose.
        const within = turnover * 1e-12
        expect(Math.abs(Number(ours('20d')) - total)).toBeLessThanOrEqual(within)
        for (const [window, minutes] of [['1m', 1] as const, ['15m', 15] as const, ['1h', 60] as const]) {
          const before = realizedByAverageCost(trades, at - minutes * MINUTE_MS)
          expect(Math.abs(Number(ours(window)) - (total - before))).toBeLessThanOrEqual(within)
        }
      }),
      parameters(100),
    )
  })

  test('is what calc makes of the same fills', () => {
    fc.assert(
      fc.property(longOnly, (trades) => {
        const fills = trades
          .filter(({ symbol }) => symbol === 'AAA')
          .map(({ at, side, qty, price }) => ({ side, qty, price, ts_minutes: at / MINUTE_MS }))
        const cases = [{ metric: 'realized_pnl', input: { fills }, params: {} }]
        const { answers } = calculateCases({ cases, isList: true, problems: [] }, { metrics: [], raw: true })
        const ours = realizedByEngine(
          trades.filter(({ symbol }) => symbol === 'AAA'),
          trades.at(-1)?.at ?? BEGIN,
        )
        expect(answers[0]?.realized_pnl?.value).toBe(fills.length === 0 ? 0 : ours('20d'))
      }),
      parameters(50),
    )
  })

  const trade = (minute: number, side: 'buy' | 'sell', qty: number, price: number): Trade => {
    return { at: BEGIN + minute * MINUTE_MS, symbol: 'AAA', side, qty, price }
  }
  test.each([
    ['a purchase and a sale of a part', [trade(0, 'buy', 10, 100), trade(60, 'sell', 4, 110)], 40],
    ['two purchases and a sale', [trade(0, 'buy', 10, 100), trade(1, 'buy', 10, 120), trade(60, 'sell', 5, 130)], 100],
    // The rest of such a sale was dropped there; here it opens a short, which realises nothing yet.
    ['a sale of more than is held', [trade(0, 'buy', 3, 200), trade(30, 'sell', 5, 210)], 30],
  ])('is what the tests of that control plane expect of %s', (_, trades, expected) => {
    const at = trades.at(-1)?.at ?? BEGIN
    expect(realizedByAverageCost(trades, at)).toBeCloseTo(expected, 8)
    const ours = realizedByEngine(trades, at)
    for (const window of WINDOWS) expect([window, ours(window)]).toEqual([window, expected])
  })
})

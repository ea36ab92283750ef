import fc from 'fast-check'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { WindowMetric } from '../../src/compute/metrics/definition.js'
import type { LevelView, WindowResult } from '../../src/compute/view.js'
import { bookId } from '../../src/domain/book.js'
import type { Fact } from '../../src/domain/facts.js'
import { WINDOWS } from '../../src/domain/window.js'
import { briefs, frameBytes, framesAt, SETTINGS } from '../support/engine.js'
import { bar, filled, instant, snapshot } from '../support/facts.js'
import { Knowledge, type ReferenceFill } from '../support/reference/knowledge.js'
import { calendarOf } from './cast.js'
import { history, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'

const shape = { era: WEEK, orders: 8, snapshots: 5, barRuns: 4, instants: 4 }

interface Seen {
  readonly result: WindowResult
  readonly heldCount: LevelView['heldCount']
}

/** A metric that only looks: it keeps the exact sums that the others are made of. */
function spy(seen: Seen[]): WindowMetric {
  return {
    name: 'spy',
    group: 'pipeline',
    unit: 'count',
    tier: 'light',
    windows: 'all',
    formulaVersion: 'v1',
    prometheus: 'spy',
    sources: ['orders'],
    summary: '',
    compute: (view) => {
      seen.push({ result: view.result(), heldCount: view.level.heldCount })
      return { status: 'ok', value: 0 }
    },
  }
}

/** The double of an exact amount: what a published value must be, bit for bit. */
const published = (moneyE17: bigint) => Number(`${moneyE17}e-17`)

describe('identities', () => {
  test('gross = realized + Δunrealized and net = gross − costs hold in exact integers, rounded once', () => {
    fc.assert(
      fc.property(history(shape), ({ deliveries, instants }) => {
        for (const at of instants) {
          const seen: Seen[] = []
          const dictionary = [...DICTIONARY, spy(seen)]
          const frames = freshFrames(at, latestOf(arrivedBy(at, deliveries)), { dictionary })
          const all = [...frames.books.values()].flatMap((frame) => WINDOWS.map((window) => briefs(frame, window)))
          seen.forEach(({ result }, index) => {
            const { realized, unrealizedChange, orderCosts, feesInKind, accountFees } = result
            const values = all[index]
            if (!realized.known || !unrealizedChange.known || !feesInKind.known) return
            const costs = orderCosts + feesInKind.value + accountFees
            const gross = realized.value + unrealizedChange.value
            expect(values?.realized_pnl).toBe(published(realized.value))
            expect(values?.gross_pnl).toBe(published(gross))
            expect(values?.net_pnl).toBe(published(gross - costs))
            expect(values?.cost_total).toBe(published(costs))
          })
        }
      }),
      parameters(60),
    )
  })

  test('what ends flat has earned its cash, to the last unit', () => {
    fc.assert(
      fc.property(history({ ...shape, snapshots: 0, series: 0 }), ({ deliveries, instants }) => {
        const at = Math.max(instants.at(-1) ?? 0, WEEK_ENDS_AT)
        const facts = latestOf(deliveries.map(({ fact }) => fact))
        const closed = [...facts, ...closingOrders(at, facts)]
        const known = new Knowledge(at, closed, { ...SETTINGS, calendarOf })
        const seen: Seen[] = []
        const frames = freshFrames(at, closed, { dictionary: [spy(seen)] })
        const places = [...frames.books.keys()].flatMap((id) => WINDOWS.map((window) => ({ id, window })))
        seen.forEach(({ result: { realized }, heldCount }, index) => {
          if (places[index]?.window !== '20d' || !realized.known) return
          const cash = known.fills
            .filter(({ order: { strategyId = '', account } }) => bookId({ strategyId, account }) === places[index]?.id)
            .map((fill) => (fill.order.side === 'sell' ? known.worthOf(fill) : -known.worthOf(fill)))
          expect(heldCount).toEqual({ known: true, value: 0 })
          expect(realized.value).toBe(cash.reduce((sum, amount) => sum + amount, 0n))
        })
      }),
      parameters(60),
    )
  })
})

const WEEK_ENDS_AT = instant('2026-12-02T21:00:00Z')

/** One order for every symbol that a book still holds, at an odd price. */
function closingOrders(at: number, facts: readonly Fact[]): Fact[] {
  const held = new Map<string, { of: ReferenceFill['order']; quantity: bigint }>()
  for (const { order, quantity } of new Knowledge(at, facts, { ...SETTINGS, calendarOf }).fills) {
    const key = `${order.strategyId} ${order.account} ${order.symbol}`
    const before = held.get(key)?.quantity ?? 0n
    held.set(key, { of: order, quantity: before + (order.side === 'buy' ? quantity : -quantity) })
  }
  return [...held.values()]
    .filter(({ quantity }) => quantity !== 0n)
    .map(({ of, quantity }) => ({
      ...of,
      executionId: `close ${of.strategyId} ${of.account} ${of.symbol}`,
      side: quantity > 0n ? 'sell' : 'buy',
      status: 'filled',
      submittedAt: at,
      filledAt: at,
      endedAt: at,
      filledQty: quantity > 0n ? quantity : -quantity,
      avgFillPrice: 9_999_999_999n,
    }))
}

describe('numbers of any size', () => {
  const AT = instant('2026-07-15T12:00:00-04:00')
  const quantity = fc.constantFrom('0.000000001', '0.5', '1', '333.333333333', '1000000000')
  const price = fc.constantFrom('0.00000001', '0.01', '3', '99999.99999999', '90000000000')
  const trade = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    qty: quantity,
    price,
    symbol: fc.constantFrom('AAA', 'BBB'),
    seconds: fc.integer({ min: 0, max: 300 }),
    costs: fc.option(fc.constantFrom(0, -0.01, 1e9), { nil: undefined }),
  })

  test('give finite values, and no metric fails', () => {
    fc.assert(
      fc.property(
        fc.array(trade, { minLength: 1, maxLength: 8 }),
        fc.array(price, { maxLength: 3 }),
        fc.option(price),
        (trades, bars, mark) => {
          const facts: Fact[] = [
            ...trades.map(({ seconds, costs, ...rest }) =>
              filled({ ...rest, at: AT - seconds * 1_000, ...(costs === undefined ? {} : { costs }) }),
            ),
            ...bars.map((close, index) => bar('AAA', AT - index * 1_000, close)),
            ...(mark === null ? [] : [snapshot(AT - 200_000, [{ symbol: 'AAA', qty: '1000000000', mark }])]),
          ]
          const frames = framesAt(AT, facts)
          expect(frameBytes(frames)).toContain('realized_pnl')
          for (const frame of frames.books.values())
            for (const window of WINDOWS)
              for (const result of frame.windows[window].results) expect(result?.status).not.toBe('error')
        },
      ),
      parameters(150),
    )
  })
})

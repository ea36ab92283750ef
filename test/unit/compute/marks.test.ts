import { SymbolLedger } from '../../../src/compute/accumulators/symbol-ledger.js'
import { NO_COSTS } from '../../../src/compute/costs.js'
import { markAt, markAtStart } from '../../../src/compute/marks.js'
import { SECOND_MS } from '../../../src/domain/time.js'
import { CALENDARS } from '../../support/engine.js'
import { instant } from '../../support/facts.js'
import { mark, NOON, type Parts, sources } from '../../support/marks.js'

describe('the mark', () => {
  test('is the newest bar while it is no older than 120 s, whatever else is newer', () => {
    const parts = {
      bars: [
        [-10, 100],
        [0, 101],
      ],
      snapshots: [[60, 102]],
      fills: [[61, 103]],
    } as const
    expect(mark(parts, 0)).toBe('bar 101')
    expect(mark(parts, 120)).toBe('bar 101')
    expect(mark(parts, 120.001)).toBe('fill 103')
  })

  test.each([
    ['the snapshot', { bars: [[0, 100]], snapshots: [[2, 102]], fills: [[1, 103]] }, 'snapshot 102'],
    ['the bar, an old one too', { bars: [[3, 100]], snapshots: [[2, 102]], fills: [[1, 103]] }, 'bar 100'],
    ['the own fill', { bars: [[0, 100]], snapshots: [[2, 102]], fills: [[3, 103]] }, 'fill 103'],
    [
      'of all three at one time the snapshot',
      { bars: [[2, 100]], snapshots: [[2, 102]], fills: [[2, 103]] },
      'snapshot 102',
    ],
    ['of bar and fill at one time the bar', { bars: [[2, 100]], fills: [[2, 103]] }, 'bar 100'],
    ['a fill where there is nothing else', { fills: [[-9_000, 103]] }, 'fill 103'],
    ['a snapshot where there is nothing else', { snapshots: [[-9_000, 102]] }, 'snapshot 102'],
    ['the middle of a quote', { bars: [[0, 100]], mids: [[3, 101]], fills: [[2, 103]] }, 'mid 101'],
    ['of bar and quote at one time the bar', { bars: [[2, 100]], mids: [[2, 101]], fills: [[1, 103]] }, 'bar 100'],
    ['of quote and fill at one time the quote', { mids: [[2, 101]], fills: [[2, 103]] }, 'mid 101'],
    [
      'no quote at all when the newest one is not valid',
      {
        mids: [
          [3, 101],
          [4, 0],
        ],
        fills: [[2, 103]],
      },
      'fill 103',
    ],
    ['nothing where there is nothing', {}, 'none'],
    [
      'nothing that is still to come',
      { bars: [[901, 1]], snapshots: [[901, 1]], mids: [[901, 1]], fills: [[901, 1]] },
      'none',
    ],
  ] as const)('is, without a fresh bar, the newest of the others: %s', (_, parts, expected) => {
    expect(mark(parts, 900)).toBe(expected)
  })

  test('grows old in session time: the last bar of the day is fresh in the morning', () => {
    const from = instant('2026-07-15T15:59:00-04:00')
    const nextOpen = (instant('2026-07-16T09:30:00-04:00') - from) / SECOND_MS
    const parts = { bars: [[0, 100]], snapshots: [[600, 102]], from } as const
    expect(mark(parts, nextOpen)).toBe('bar 100')
    expect(mark(parts, nextOpen + 60)).toBe('bar 100')
    expect(mark(parts, nextOpen + 60.001)).toBe('snapshot 102')
  })

  test('grows old at once in a market that never closes', () => {
    const parts = {
      bars: [[0, 100]],
      snapshots: [[60, 102]],
      calendar: CALENDARS['24x7'],
      from: instant('2026-07-18T12:00:00Z'),
    } as const
    expect(mark(parts, 120)).toBe('bar 100')
    expect(mark(parts, 120.001)).toBe('snapshot 102')
  })

  test('by a fill is notional over quantity, rounded half to even', () => {
    const quotient = (notional: bigint, quantity: bigint) => {
      const ledger = new SymbolLedger({ multiplier: 50n * 10n ** 9n, lotSize: 1n })
      ledger.replace(
        [],
        [
          {
            executionId: 'e',
            fillId: 'f',
            at: NOON,
            submittedAt: NOON,
            side: 'sell',
            costs: NO_COSTS,
            quantity,
            notional,
          },
        ],
      )
      return markAt({ ...sources({}), ledger }, NOON).mark?.priceE8
    }
    expect(quotient(300n, 3n)).toBe(100n)
    expect(quotient(5n, 2n)).toBe(2n)
    expect(quotient(7n, 2n)).toBe(4n)
  })
})

describe('the mark at the start of a window', () => {
  const parts = {
    bars: [
      [299, 100],
      [301, 101],
    ],
    snapshots: [[0, 90]],
  } as const

  test('is the price of the snapshot while that is no more than five session minutes older', () => {
    expect(mark(parts, 300, markAtStart)).toBe('snapshot 90')
    expect(mark(parts, 300.001, markAtStart)).toBe('bar 100')
  })

  test('is never the price of a later snapshot', () => {
    expect(mark({ ...parts, snapshots: [[310, 90]] }, 309, markAtStart)).toBe('bar 101')
  })

  test('counts the five minutes in session time', () => {
    const from = instant('2026-07-15T15:56:00-04:00')
    const evening = { bars: [[239, 100]], snapshots: [[0, 90]], from } as const
    const nextOpen = (instant('2026-07-16T09:30:00-04:00') - from) / SECOND_MS
    expect(mark(evening, 9 * 60, markAtStart)).toBe('snapshot 90')
    expect(mark(evening, nextOpen + 60, markAtStart)).toBe('snapshot 90')
    expect(mark(evening, nextOpen + 60.001, markAtStart)).toBe('bar 100')
  })
})

describe('a mark holds until', () => {
  const until = (parts: Parts, seconds: number, read = markAt) =>
    (read(sources(parts), NOON + seconds * SECOND_MS).holdsUntil - NOON) / SECOND_MS

  test.each([
    ['a fresh bar is too old', { bars: [[0, 100]] }, 120.001],
    [
      'the next bar',
      {
        bars: [
          [0, 100],
          [7, 101],
        ],
      },
      7,
    ],
    ['the next snapshot', { bars: [[0, 100]], snapshots: [[8, 101]] }, 8],
    ['the next fill', { bars: [[0, 100]], fills: [[9, 101]] }, 9],
    ['for good, where nothing is fresh and nothing comes', { snapshots: [[0, 100]] }, Number.POSITIVE_INFINITY],
  ] as const)('%s', (_, parts, expected) => {
    expect(until(parts, 1)).toBe(expected)
  })

  test('the snapshot at a start is too old, or the next one comes', () => {
    expect(until({ snapshots: [[0, 100]] }, 1, markAtStart)).toBe(300.001)
    expect(
      until(
        {
          snapshots: [
            [0, 100],
            [15, 101],
          ],
        },
        1,
        markAtStart,
      ),
    ).toBe(15)
  })
})

import fc from 'fast-check'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import type { BookFrame } from '../../src/domain/frame.js'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS } from '../../src/domain/window.js'
import { briefs, SETTINGS } from '../support/engine.js'
import { type ReferenceBook, referenceByAdapterAt } from '../support/reference.js'
import { calendarOf } from './cast.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'
import { roundedLike } from './rounded-like.js'
import { referenceScheduleOf, settingsOf } from './schedule.js'

/** Many orders, which take one of two routes or say nothing of it. */
const ROUTED = { orders: 16, minOrders: 8, snapshots: 1, barRuns: 3, instants: 5, flows: 0 } as const
const SPLIT = DICTIONARY.flatMap(({ name, byAdapter }) => (byAdapter === true ? name : []))
/** What is said of an adapter that did nothing in a window. */
const NOTHING_DONE = Object.fromEntries(
  SPLIT.map((name) => [name, name === 'slippage_bps_vs_mid' ? 'no_fills' : 'no_orders']),
)

describe('what each adapter did is what METRICS says of its orders alone', () => {
  test.each([
    ['in a week, in one book', WEEK, { ...ROUTED, books: 1 }, 50],
    ['in a week, in several books', WEEK, { ...ROUTED, books: 3 }, 30],
    ['over a month', MONTH, { ...ROUTED, books: 1 }, 30],
  ] as const)('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...shape }), ({ deliveries, instants, hasSchedule }) => {
        for (const at of instants) {
          const facts = latestOf(arrivedBy(at, deliveries))
          const frames = freshFrames(at, facts, { settings: settingsOf({ hasSchedule }) })
          const reference = referenceByAdapterAt(at, facts, {
            ...SETTINGS,
            ...referenceScheduleOf({ hasSchedule }),
            calendarOf,
          })
          for (const [id, frame] of frames.books) compare(frame, reference.get(id) ?? new Map(), `${toIso(at)} ${id}`)
        }
      }),
      parameters(numRuns),
    )
  })
})

function compare(frame: BookFrame, reference: ReadonlyMap<string, ReferenceBook>, where: string): void {
  for (const adapter of new Set([...frame.byAdapter.keys(), ...reference.keys()])) {
    const windows = frame.byAdapter.get(adapter)
    const expectedIn = reference.get(adapter)
    for (const window of WINDOWS) {
      const all = windows === undefined ? NOTHING_DONE : briefs({ ...frame, windows }, window)
      const answers = Object.fromEntries(SPLIT.map((name) => [name, all[name] ?? 'absent']))
      const expected = roundedLike(answers, expectedIn?.[window] ?? {})
      expect({ where, adapter, window, ...answers }).toEqual({ where, adapter, window, ...expected })
    }
  }
}

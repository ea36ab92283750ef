import fc from 'fast-check'
import { instantOf } from '../../src/compute/book-sources.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { DEFAULT_RETURN_RULES } from '../../src/domain/return-rules.js'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS } from '../../src/domain/window.js'
import { briefs, SETTINGS } from '../support/engine.js'
import { type Answer, referenceAt } from '../support/reference.js'
import { calendarOf } from './cast.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'
import { roundedLike } from './rounded-like.js'
import { referenceScheduleOf, settingsOf } from './schedule.js'

const TRADING = { orders: 8, snapshots: 6, barRuns: 5, instants: 5 }
/** Few orders, many snapshots and flows, in two books: what drawdowns and chained returns are made of. */
const WATCHED = { orders: 4, snapshots: 20, barRuns: 4, instants: 5, flows: 4, books: 2 } as const
/** A book of whose account much is known. */
const OBSERVED = { orders: 4, snapshots: 1, barRuns: 1, instants: 2, flows: 1, books: 1, series: 2 } as const
/** One book that turns its positions over and over. */
const TURNING = { orders: 16, minOrders: 8, snapshots: 1, barRuns: 2, instants: 4, flows: 0, books: 1 } as const

/** Histories are short: figures that want twenty returns would never be seen. */
const RETURN_RULES = { ...DEFAULT_RETURN_RULES, minimumObservations: 2, riskFreeAnnual: 0.04 }
const SLOW = DICTIONARY.flatMap(({ name, tier }) => (tier === 'light' ? [] : name))
describe('every metric of every book and window is what METRICS says when all fills are gone through again', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 100],
    ['over a month with holidays', MONTH, TRADING, 40],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 100],
    ['over a month of many snapshots and flows', MONTH, WATCHED, 40],
    ['in a week with runs of returns', WEEK, OBSERVED, 60],
    ['over a month with runs of returns', MONTH, OBSERVED, 30],
    ['in a week of many round trips', WEEK, TURNING, 60],
  ])('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...shape }), ({ deliveries, instants, hasSchedule }) => {
        const settings = { ...settingsOf({ hasSchedule }), returnRules: RETURN_RULES }
        for (const [index, instant] of instants.entries()) {
          // At every other instant all tiers are of T; in between a process that has just started knows of the slower ones
          // what became known since.
          const at = index % 2 === 0 ? instant : instantOf('heavy', instant, SETTINGS)
          const isCompared = (name: string) => at % SETTINGS.periodsMs.heavy === 0 || !SLOW.includes(name)
          const facts = latestOf(arrivedBy(at, deliveries))
          const frames = freshFrames(at, facts, { settings })
          const reference = referenceAt(at, facts, {
            ...SETTINGS,
            ...referenceScheduleOf({ hasSchedule }),
            calendarOf,
            minObservations: RETURN_RULES.minimumObservations,
            riskFreeAnnual: RETURN_RULES.riskFreeAnnual,
          })
          expect([...frames.books.keys()].sort()).toEqual([...reference.keys()].sort())
          for (const [id, frame] of frames.books)
            for (const window of WINDOWS) {
              const answers = picked(briefs(frame, window), isCompared)
              const expected = roundedLike(answers, picked(shown(reference.get(id)?.[window] ?? {}), isCompared))
              if (Object.entries(expected).every(([name, value]) => Object.is(answers[name], value))) continue
              expect({ at: toIso(at), id, window, ...answers }).toEqual({ at: toIso(at), id, window, ...expected })
            }
        }
      }),
      parameters(numRuns),
    )
  })
})

function picked<Value>(values: Readonly<Record<string, Value>>, isPicked: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isPicked(name)))
}

/** What the dictionary has, of what the reference says. */
function shown(expected: Readonly<Record<string, Answer>>): Readonly<Record<string, Answer>> {
  const names = new Set(DICTIONARY.map(({ name }) => name))
  return Object.fromEntries(Object.entries(expected).filter(([name]) => names.has(name)))
}

import fc from 'fast-check'
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
import { referenceScheduleOf, settingsOf } from './schedule.js'

const TRADING = { orders: 8, snapshots: 6, barRuns: 5, instants: 5 }
/** Few orders, many snapshots and flows, in two books: what drawdowns and chained returns are made of. */
const WATCHED = { orders: 4, snapshots: 20, barRuns: 4, instants: 5, flows: 4, books: 2 } as const

/** Quotients of exact numbers: whoever rounds them, this is how far they may be apart. */
const RELATIVE = 1e-12
/** Sums of doubles: a little farther, and small ones by the size of what cancels in them. */
const RELATIVE_OF_SUMS = 1e-9
const ABSOLUTE_OF_SUMS = 1e-12
const SUMS = [
  ...['volatility_annualized', 'downside_volatility_annualized', 'sharpe_annualized', 'sortino_annualized', 'calmar'],
  ...['var_95_historical', 'cvar_95_historical', 'beta_vs_benchmark'],
]
/** Histories are short: figures that want twenty returns would never be seen. */
const RETURN_RULES = { ...DEFAULT_RETURN_RULES, minimumObservations: 2, riskFreeAnnual: 0.04 }
const QUOTIENTS = [
  'equity',
  'cumulative_return',
  'intraday_return',
  'max_drawdown',
  'current_drawdown',
  'drawdown_duration_minutes',
  'leverage_gross_over_equity',
  'pnl_reconciliation_gap',
  ...DICTIONARY.filter(({ group, extended }) => group === 'trades' || (group === 'execution' && !extended)).map(
    ({ name }) => name,
  ),
]

describe('every metric of every book and window is what METRICS says when all fills are gone through again', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 100],
    ['over a month with holidays', MONTH, TRADING, 40],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 100],
    ['over a month of many snapshots and flows', MONTH, WATCHED, 40],
  ])('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...shape }), ({ deliveries, instants, hasSchedule }) => {
        const settings = { ...settingsOf({ hasSchedule }), returnRules: RETURN_RULES }
        for (const at of instants) {
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
              const answers = briefs(frame, window)
              const expected = roundedLike(answers, shown(reference.get(id)?.[window] ?? {}))
              if (Object.entries(expected).every(([name, value]) => Object.is(answers[name], value))) continue
              expect({ at: toIso(at), id, window, ...answers }).toEqual({ at: toIso(at), id, window, ...expected })
            }
        }
      }),
      parameters(numRuns),
    )
  })
})

/** What the dictionary has, of what the reference says. */
function shown(expected: Readonly<Record<string, Answer>>): Readonly<Record<string, Answer>> {
  const names = new Set(DICTIONARY.map(({ name }) => name))
  return Object.fromEntries(Object.entries(expected).filter(([name]) => names.has(name)))
}

/** The expected quotients, each as the other side rounded it where that is near enough. */
function roundedLike(
  answers: Readonly<Record<string, number | string>>,
  expected: Readonly<Record<string, Answer>>,
): Record<string, number | string> {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= RELATIVE * Math.abs(b)
  const isNearSum = (a: number, b: number) => Math.abs(a - b) <= RELATIVE_OF_SUMS * Math.abs(b) + ABSOLUTE_OF_SUMS
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => {
      const answer = answers[name]
      const isSame =
        typeof value === 'number' &&
        typeof answer === 'number' &&
        ((QUOTIENTS.includes(name) && isNear(answer, value)) || (SUMS.includes(name) && isNearSum(answer, value)))
      return [name, isSame ? answer : value]
    }),
  )
}

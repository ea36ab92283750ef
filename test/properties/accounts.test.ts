import fc from 'fast-check'
import { ACCOUNT_DICTIONARY } from '../../src/compute/account-dictionary.js'
import type { AccountFrame } from '../../src/domain/frame.js'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { AT_ONCE, accountBriefs, SETTINGS } from '../support/engine.js'
import { referenceAccountsAt } from '../support/reference/accounts.js'
import { calendarOf } from './cast.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'
import { referenceScheduleOf, settingsOf } from './schedule.js'

const TRADING = { orders: 8, snapshots: 6, barRuns: 5, instants: 5 }
/** Few orders, many snapshots and flows, in two books. */
const WATCHED = { orders: 4, snapshots: 20, barRuns: 4, instants: 5, flows: 4, books: 2 } as const

/** A drawdown is a quotient of exact numbers: whoever rounds it, this is how far it may be apart. */
const RELATIVE = 1e-12

describe('every gauge of every account is what its documentation says when all facts are gone through again', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 50],
    ['over a month with holidays', MONTH, TRADING, 20],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 30],
    ['over a month of many snapshots and flows', MONTH, WATCHED, 20],
  ])('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...shape }), ({ deliveries, instants, hasSchedule }) => {
        for (const at of instants) {
          const facts = latestOf(arrivedBy(at, deliveries))
          const frames = freshFrames(at, facts, { settings: { ...AT_ONCE, ...settingsOf({ hasSchedule }) } })
          const options = { ...SETTINGS, ...referenceScheduleOf({ hasSchedule }), calendarOf }
          const reference = referenceAccountsAt(at, facts, options)
          expect([...frames.accounts.keys()].sort()).toEqual([...reference.keys()].sort())
          for (const [label, frame] of frames.accounts)
            for (const window of WINDOWS) {
              const expected = reference.get(label)?.[window] ?? {}
              expectAnswers({ at: toIso(at), label, window }, frame, window, expected)
            }
        }
      }),
      parameters(numRuns),
    )
  })
})

function expectAnswers(
  where: object,
  frame: AccountFrame,
  window: Window,
  expected: Readonly<Record<string, number | string>>,
): void {
  const answers = accountBriefs(frame, window)
  expect(Object.keys(expected).sort()).toEqual(ACCOUNT_DICTIONARY.map(({ name }) => name).sort())
  const rounded = Object.entries(expected).map(([name, value]) => {
    const answer = answers[name]
    const isNear =
      typeof value === 'number' && typeof answer === 'number' && Math.abs(answer - value) <= RELATIVE * Math.abs(value)
    return [name, name === 'account_max_drawdown' && isNear ? answer : value]
  })
  expect({ ...where, ...answers }).toEqual({ ...where, ...Object.fromEntries(rounded) })
}

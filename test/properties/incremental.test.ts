import fc from 'fast-check'
import { AT_ONCE, expectSameFrames, tierInstants } from '../support/engine.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, begunBy, freshFrames, latestOf, RunningProcess, restartedFrames } from './processes.js'
import { settingsOf } from './schedule.js'

const TRADING = { orders: 8, snapshots: 6, barRuns: 5 }
/** Few orders, many snapshots and flows, in two books: what is remembered of equity. */
const WATCHED = { orders: 4, snapshots: 20, barRuns: 4, flows: 4, books: 2 } as const

describe('a process that has been there all along says at every T what one says that has just started', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 60],
    ['over a month with holidays', MONTH, TRADING, 15],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 30],
  ])('%s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(
        history({ era, ...shape, instants: 24 }),
        fc.integer({ min: 0, max: 3 }),
        ({ deliveries, instants, hasSchedule }, extraEvery) => {
          const parts = { settings: { ...AT_ONCE, ...settingsOf({ hasSchedule }) } }
          const running = new RunningProcess(deliveries, (instants[0] ?? 0) - 1, parts)
          instants.forEach((at, index) => {
            if (extraEvery > 0 && index % extraEvery === 0) running.framesAt(at - 1, false)
            const fresh = freshFrames(at, begunBy(at, latestOf(arrivedBy(at, deliveries))), parts)
            expectSameFrames(running.framesAt(at), fresh)
          })
        },
      ),
      parameters(numRuns),
    )
  })

  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, TRADING, 20],
    ['in a week of many snapshots and flows', WEEK, WATCHED, 30],
  ])('slower tiers of their own instants, %s', (_, era, shape, numRuns) => {
    fc.assert(
      fc.property(history({ era, ...shape, instants: 12 }), ({ deliveries, instants, hasSchedule }) => {
        const parts = { settings: settingsOf({ hasSchedule }) }
        const running = RunningProcess.startedAt(tierInstants(instants[0] ?? 0)[0] ?? 0, deliveries, parts)
        for (const at of instants) expectSameFrames(running.framesOfTiers(at), restartedFrames(at, deliveries, parts))
      }),
      parameters(numRuns),
    )
  })
})

import fc from 'fast-check'
import { expectSameFrames } from '../support/engine.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, begunBy, freshFrames, latestOf, RunningProcess } from './processes.js'

describe('a process that has been there all along says at every T what one says that has just started', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, 130],
    ['over a month with holidays', MONTH, 40],
  ])('%s', (_, era, numRuns) => {
    fc.assert(
      fc.property(
        history({ era, orders: 8, snapshots: 6, barRuns: 5, instants: 24 }),
        fc.integer({ min: 0, max: 3 }),
        ({ deliveries, instants }, extraEvery) => {
          const running = new RunningProcess(deliveries, (instants[0] ?? 0) - 1)
          instants.forEach((at, index) => {
            if (extraEvery > 0 && index % extraEvery === 0) running.framesAt(at - 1, false)
            const fresh = freshFrames(at, begunBy(at, latestOf(arrivedBy(at, deliveries))))
            expectSameFrames(running.framesAt(at), fresh)
          })
        },
      ),
      parameters(numRuns),
    )
  })
})

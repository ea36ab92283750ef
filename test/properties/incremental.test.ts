import fc from 'fast-check'
import { expectSameFrames } from '../support/engine.js'
import { history } from './generated-history.js'
import { arrivedBy, begunBy, freshFrames, latestOf, RunningProcess } from './histories.js'

describe('a process that has been there all along', () => {
  test('says at every T what one says that has just started', () => {
    fc.assert(
      fc.property(
        history({ orders: 8, snapshots: 6, barRuns: 5, instants: 24 }),
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
      { numRuns: Number(process.env.RUNS ?? 200), seed: Number(process.env.SEED ?? Date.now()) },
    )
  })
})

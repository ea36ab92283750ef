import fc from 'fast-check'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS } from '../../src/domain/window.js'
import { briefs, SETTINGS } from '../support/engine.js'
import { referenceAt } from '../support/reference.js'
import { calendarOf, history } from './generated-history.js'
import { arrivedBy, freshFrames, latestOf } from './histories.js'

describe('every metric of every book and window', () => {
  test('is what METRICS says when all fills are gone through again', () => {
    fc.assert(
      fc.property(history({ orders: 8, snapshots: 6, barRuns: 5, instants: 5 }), ({ deliveries, instants }) => {
        for (const at of instants) {
          const facts = latestOf(arrivedBy(at, deliveries))
          const frames = freshFrames(at, facts)
          const reference = referenceAt(at, facts, { ...SETTINGS, calendarOf })
          expect([...frames.books.keys()].sort()).toEqual([...reference.keys()].sort())
          for (const [id, frame] of frames.books)
            for (const window of WINDOWS) {
              const expected = { at: toIso(at), id, window, ...reference.get(id)?.[window] }
              expect({ at: toIso(at), id, window, ...briefs(frame, window) }).toEqual(expected)
            }
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 200), seed: Number(process.env.SEED ?? Date.now()) },
    )
  })
})

import fc from 'fast-check'
import { toIso } from '../../src/domain/time.js'
import { WINDOWS } from '../../src/domain/window.js'
import { briefs, SETTINGS } from '../support/engine.js'
import { referenceAt } from '../support/reference.js'
import { calendarOf } from './cast.js'
import { history, MONTH, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { arrivedBy, freshFrames, latestOf } from './processes.js'

describe('every metric of every book and window is what METRICS says when all fills are gone through again', () => {
  test.each([
    ['in a week of sessions, half days and closed hours', WEEK, 150],
    ['over a month with holidays', MONTH, 50],
  ])('%s', (_, era, numRuns) => {
    fc.assert(
      fc.property(history({ era, orders: 8, snapshots: 6, barRuns: 5, instants: 5 }), ({ deliveries, instants }) => {
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
      parameters(numRuns),
    )
  })
})

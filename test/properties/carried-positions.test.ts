import fc from 'fast-check'
import { withoutCarried } from '../../src/compute/carried-positions.js'
import type { FrameSet } from '../../src/domain/frame.js'
import { DAY_MS } from '../../src/domain/time.js'
import { expectSameFrames } from '../support/engine.js'
import { history, WEEK } from './generated-history.js'
import { parameters } from './parameters.js'
import { freshFrames, latestOf, startedAt } from './processes.js'
import { settingsOf } from './schedule.js'

/** Many round trips, and after so many days the longest window begins in the midst of them. */
const TURNING = { orders: 16, minOrders: 8, snapshots: 0, barRuns: 2, instants: 4, flows: 0, books: 1 } as const
const DAYS_LATER = [27, 28, 29, 30, 31]

test('positions stand for the orders before the longest window: every figure is the same', () => {
  let carried = 0
  fc.assert(
    fc.property(history({ era: WEEK, ...TURNING }), ({ deliveries, instants, hasSchedule }) => {
      const settings = settingsOf({ hasSchedule })
      const facts = latestOf(deliveries.map(({ fact }) => fact))
      for (const days of DAYS_LATER) {
        const at = (instants[0] ?? 0) + days * DAY_MS
        const { engine } = startedAt(at, facts, { settings })
        engine.advanceTo(at)
        const positions = engine.carriedPositions(at)
        const rest = withoutCarried(facts, positions)
        if (rest.length === facts.length) continue
        carried += positions.openings.filter(({ openedAt }) => openedAt !== undefined).length
        const frames = freshFrames(at, [...positions.openings, ...rest], { settings })
        expectSameFrames(withoutDigests(frames), withoutDigests(freshFrames(at, facts, { settings })))
      }
    }),
    parameters(30),
  )
  expect(carried).toBeGreaterThan(3)
})

/** An opening position is another fact than the orders that it stands for. */
function withoutDigests(frames: FrameSet): FrameSet {
  return { ...frames, books: new Map([...frames.books].map(([id, frame]) => [id, { ...frame, inputsDigest: '' }])) }
}

import { snapshotLimitMs } from '../../../src/compute/snapshot-limit.js'
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { CALENDARS } from '../../support/engine.js'
import { instant } from '../../support/facts.js'

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const limitOf = (ats: readonly number[], calendar = CALENDARS.XNYS) =>
  snapshotLimitMs(ats.length, (index) => ats[index] ?? 0, calendar)
/** Snapshots from noon on, so many seconds apart. */
const apart = (...gaps: readonly number[]) => {
  const ats = [at('12:00:00')]
  for (const gap of gaps) ats.push((ats.at(-1) ?? 0) + gap * SECOND_MS)
  return ats
}

describe('how old the newest snapshot may be', () => {
  test.each([
    ['nothing to go by', [], 60],
    ['one snapshot', apart(), 60],
    ['gaps of 15 s', apart(15, 15, 15), 60],
    ['one gap of a minute', apart(60), 150],
    ['an odd number of gaps: the one in the middle', apart(30, 40, 500), 100],
    ['an even number of gaps: the mean of the two in the middle', apart(30, 40, 50, 500), 112.5],
    ['the last 20 gaps only', apart(...Array(30).fill(300), ...Array(20).fill(40)), 100],
  ])('with %s', (_, ats, expected) => {
    expect(limitOf(ats)).toBe(expected * SECOND_MS)
  })

  test('gaps count within one session: not before the open, not over the close, not from one day to the next', () => {
    const ats = [
      instant('2026-07-14T15:58:00-04:00'),
      instant('2026-07-14T16:00:00-04:00'),
      instant('2026-07-14T16:30:00-04:00'),
      at('08:00:00'),
      at('09:30:00'),
      at('09:33:00'),
      at('09:35:00'),
    ]
    expect(limitOf(ats)).toBe(2.5 * 2 * MINUTE_MS)
  })

  test('a market that never closes counts them all, also over midnight', () => {
    const ats = [at('19:00:00'), at('19:50:00'), at('20:20:00')]
    expect(limitOf(ats, CALENDARS['24x7'])).toBe(2.5 * 40 * MINUTE_MS)
  })
})

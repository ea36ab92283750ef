import { createCalendars } from '../../../src/domain/calendars.js'
import { startMoment } from '../../../src/simulator/start-moment.js'

const calendars = createCalendars()

test.each([
  ['2026-11-20T18:00:00.500Z', false, '2026-11-20T18:00:00.500Z'],
  ['2026-11-21T12:00:00Z', false, '2026-11-20T18:24:00.000Z'],
  ['2026-11-20T14:29:59Z', false, '2026-11-19T18:24:00.000Z'],
  ['2026-11-28T12:00:00Z', false, '2026-11-27T16:36:00.000Z'],
  ['2026-11-21T12:00:00Z', true, '2026-11-21T12:00:00.000Z'],
])('a demo started at %s (now: %s) begins at %s', (wall, now, expected) => {
  expect(new Date(startMoment(calendars, Date.parse(wall), { now })).toISOString()).toBe(
    new Date(expected).toISOString(),
  )
})

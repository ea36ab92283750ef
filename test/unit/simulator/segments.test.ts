import { createCalendars } from '../../../src/domain/calendars.js'
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.js'
import { createDensity, lastSignal, nextSignal } from '../../../src/simulator/market/density.js'
import { createMarket } from '../../../src/simulator/market/market.js'
import { batchSegments, rowsOf, segmentParameters, segmentsBetween } from '../../../src/simulator/market/segments.js'

const calendars = createCalendars()
const OPEN = Date.parse('2026-11-20T14:30:00Z')
const market = createMarket(calendars, 1, OPEN)

test('has one instant a minute of the session, from the first full minute to the close', () => {
  const [segment, ...others] = segmentsBetween(market, 'XNYS', OPEN, OPEN + 24 * HOUR_MS, MINUTE_MS)
  expect(others).toEqual([])
  expect(segment).toEqual({
    calendar: 'XNYS',
    firstAt: OPEN + MINUTE_MS,
    stepMs: MINUTE_MS,
    points: 390,
    shiftMs: OPEN,
  })
})

test('leaves out the start of a range and takes its end, so that ranges join without gap or repeat', () => {
  const points = (from: number, to: number) => segmentsBetween(market, 'XNYS', from, to, 1000)[0]?.points ?? 0
  expect(points(OPEN, OPEN + 2500)).toBe(2)
  expect(points(OPEN, OPEN + 1000) + points(OPEN + 1000, OPEN + 2500)).toBe(2)
  expect(points(OPEN + 1400, OPEN + 1600)).toBe(0)
})

test('cuts segments into batches of bounded size that hold every instant once', () => {
  const segments = [
    ...segmentsBetween(market, 'XNYS', OPEN, OPEN + HOUR_MS, MINUTE_MS),
    ...segmentsBetween(market, '24x7', OPEN, OPEN + HOUR_MS, MINUTE_MS),
  ]
  const batches = batchSegments(market, segments, 2000)
  expect(rowsOf(market, segments)).toBe(6000)
  expect(batches.map((batch) => rowsOf(market, batch))).toEqual([1980, 1980, 2000, 40])
  const instants = batches
    .flat()
    .flatMap(({ calendar, firstAt, stepMs, points }) =>
      Array.from({ length: points }, (_, index) => `${calendar} ${firstAt + index * stepMs}`),
    )
  expect(new Set(instants).size).toBe(120)
  expect(instants).toHaveLength(120)
})

test('a batch always takes at least one instant, however small the limit', () => {
  expect(batchSegments(market, segmentsBetween(market, 'XNYS', OPEN, OPEN + 2000, 1000), 10)).toHaveLength(2)
})

test('hands segments over as one array a field', () => {
  expect(segmentParameters([{ calendar: '24x7', firstAt: 5, stepMs: 2, points: 3, shiftMs: 4 }])).toEqual({
    calendars: ['24x7'],
    firsts: [5],
    steps: [2],
    counts: [3],
    shifts: [4],
  })
})

test.each([
  ['24x7', '2026-11-20T18:00:00Z', '2026-11-20T17:00:00Z'],
  ['XNYS', '2026-11-20T18:00:00Z', '2026-11-20T17:00:00Z'],
  ['XNYS', '2026-11-21T18:00:00Z', '2026-11-20T20:00:00Z'],
  ['XNYS', '2026-11-23T14:40:00Z', '2026-11-20T20:10:00Z'],
] as const)('%s is dense from one open hour before %s', (calendar, startAt, denseFrom) => {
  expect(createDensity(calendars[calendar], Date.parse(startAt)).denseFrom).toBe(Date.parse(denseFrom))
})

test('signals come each minute in the back-history, each five seconds later, and not at night', () => {
  const density = createDensity(calendars.XNYS, OPEN + 2 * HOUR_MS)
  expect(nextSignal(density, OPEN + 1)).toBe(OPEN + MINUTE_MS)
  expect(nextSignal(density, OPEN + HOUR_MS + 1)).toBe(OPEN + HOUR_MS + 5000)
  expect(lastSignal(density, calendars.XNYS, OPEN + 90_000)).toBe(OPEN + MINUTE_MS)
  expect(lastSignal(density, calendars.XNYS, OPEN + 12 * HOUR_MS)).toBe(OPEN + 6.5 * HOUR_MS)
})

import { IngestDelays } from '../../../src/app/ingest-delays.js'
import type { SourceName } from '../../../src/domain/ports.js'

const T = Date.parse('2026-11-20T19:30:00Z')

function delaysAt(speed = 1) {
  const clock = { speed, at: T, now: () => clock.at }
  const observed: [SourceName, number][] = []
  const delays = new IngestDelays({ clock, observe: (...observation) => void observed.push(observation) })
  return { clock, observed, delays }
}

test('measures from the writing of a row to the first frame that is of that instant or later, once', () => {
  const { clock, observed, delays } = delaysAt()
  delays.seen('postgres', [T - 400])
  delays.seen('clickhouse', [T - 700, T + 100])
  clock.at = T + 250
  delays.shown(T)
  expect(observed).toEqual([
    ['postgres', 0.65],
    ['clickhouse', 0.95],
  ])
  clock.at = T + 1_000
  delays.shown(T + 1_000)
  delays.shown(T + 2_000)
  expect(observed.slice(2)).toEqual([['clickhouse', 0.9]])
})

test('measures real time where the clock runs faster', () => {
  const { clock, observed, delays } = delaysAt(60)
  delays.seen('postgres', [T - 6_000])
  clock.at = T + 24_000
  delays.shown(T + 24_000)
  expect(observed).toEqual([['postgres', 0.5]])
})

test('leaves out a row whose own clock is more than a minute ahead, which would wait for ever', () => {
  const { clock, observed, delays } = delaysAt()
  delays.seen('postgres', [T + 3_600_000, T + 59_000])
  clock.at = T + 3_600_000
  delays.shown(T + 3_600_000)
  expect(observed).toEqual([['postgres', 3_541]])
})

import fc from 'fast-check'
import { createCalendars } from '../../src/domain/calendars.js'
import type { SeriesSample } from '../../src/domain/series.js'
import { pointsOf } from '../../src/domain/series.js'
import type { EpochMs } from '../../src/domain/time.js'
import { align, coverageOf, lookBackFrom, type Told } from '../../src/stores/series/align.js'
import { Sampler } from '../../src/stores/series/sampler.js'
import { at, SMALL_DICTIONARY } from '../support/frames.js'
import { framesOfTicks, MADE_WINDOW, madeTicks, plainSeries } from '../support/series-frames.js'
import { parameters } from './parameters.js'

const START = at('2026-03-10T15:20:00.000Z')
const KEY = { strategyId: 's', account: 'a' }

interface Row {
  readonly at: EpochMs
  readonly sample: SeriesSample
}

/** What the database does with rows: the last one of each step, with its own instant. */
function lastOfSteps(rows: readonly Row[], metric: string, window: string, stepMs: number, since: EpochMs): Told {
  const last = new Map<number, Row>()
  for (const row of rows) {
    if (row.sample.metric === metric && row.sample.window === window && row.at >= since)
      last.set(Math.ceil(row.at / stepMs), row)
  }
  const kept = [...last.values()]
  const number = ({ scaled, decimals }: SeriesSample) => (scaled === null ? null : Number(scaled) / 10 ** decimals)
  return { ats: kept.map((row) => row.at), values: kept.map(({ sample }) => number(sample)) }
}

describe('series', () => {
  test('are what the frames were, on any points, however little of them is kept', () => {
    fc.assert(
      fc.property(
        madeTicks,
        fc.constantFrom(10_000, 20_000, 60_000, 90_000, 3_600_000),
        fc.integer({ min: 0, max: 1_000 }),
        (ticks, stepMs, skipped) => {
          const history = framesOfTicks(ticks, START, KEY)
          const sampler = new Sampler({
            dictionary: SMALL_DICTIONARY,
            calendars: createCalendars(),
            samplingMs: 10_000,
          })
          const rows: Row[] = []
          const coveredAts: EpochMs[] = []
          for (const { frames } of history) {
            for (const taken of sampler.sample(frames)) {
              rows.push(...taken.samples.map((sample) => ({ at: taken.at, sample })))
              if (taken.isCovered) coveredAts.push(taken.at)
            }
          }
          const endAt = history.at(-1)?.frames.stamp.at ?? START
          const firstAt = Math.ceil((START + skipped * 10_000) / stepMs) * stepMs
          const grid = { firstAt, lastAt: Math.ceil(endAt / stepMs) * stepMs, stepMs }
          const points = pointsOf(grid)
          const since = lookBackFrom(firstAt)
          const coverage = coverageOf(
            points,
            stepMs,
            coveredAts.filter((one) => one >= since),
          )
          const answered = (metric: string, window: string) =>
            align(points, coverage, lastOfSteps(rows, metric, window, stepMs, since), [])
          const plain = plainSeries(history, grid)
          expect(answered('net_pnl', MADE_WINDOW)).toEqual(plain.net)
          expect(answered('gross_exposure', 'level')).toEqual(plain.exposure)
        },
      ),
      parameters(150),
    )
  })
})

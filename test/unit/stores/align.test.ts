import { pointsOf } from '../../../src/domain/series.js'
import { align, coverageOf, lookBackFrom } from '../../../src/stores/series/align.js'
import { at } from '../../support/frames.js'

const HOUR = 3_600_000

/** Values on points every 10 s from 0 to `lastAt`. */
function aligned(
  told: readonly (readonly [at: number, value: number | null])[],
  {
    covered,
    gaps = [],
    stepMs = 10_000,
    lastAt = 60_000,
  }: { covered: readonly number[]; gaps?: readonly number[]; stepMs?: number; lastAt?: number },
): (number | null)[] {
  const points = pointsOf({ firstAt: 0, lastAt, stepMs })
  const column = { ats: told.map(([one]) => one), values: told.map(([, one]) => one) }
  return align(points, coverageOf(points, stepMs, covered), column, gaps)
}

const EVERY_10_S = [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]

describe('values on points of equal distance', () => {
  test('are carried on: a flat line is a known value', () => {
    expect(
      aligned(
        [
          [0, 5],
          [40_000, 6],
        ],
        { covered: EVERY_10_S },
      ),
    ).toEqual([5, 5, 5, 5, 6, 6, 6])
  })

  test('are null where no frame was made: a hole is missing knowledge', () => {
    expect(aligned([[0, 5]], { covered: [0, 10_000, 50_000, 60_000] })).toEqual([5, 5, null, null, null, 5, 5])
  })

  test('are null while the last that was told is that there is none', () => {
    expect(
      aligned(
        [
          [0, 5],
          [20_000, null],
          [50_000, 7],
        ],
        { covered: EVERY_10_S },
      ),
    ).toEqual([5, 5, null, null, null, 7, 7])
  })

  test('are those at or before a point: a step ends with its point', () => {
    expect(
      aligned(
        [
          [10_000, 1],
          [10_001, 2],
        ],
        { covered: EVERY_10_S },
      ),
    ).toEqual([null, 1, 2, 2, 2, 2, 2])
  })

  test('take the last of a step that has several', () => {
    expect(
      aligned(
        [
          [1_000, 1],
          [2_000, 2],
          [9_000, 3],
        ],
        { covered: [0, 9_500], lastAt: 10_000 },
      ),
    ).toEqual([null, 3])
  })

  test('are not carried across an instant up to which samples are missing', () => {
    const told = [
      [0, 5],
      [40_000, 8],
    ] as const
    expect(aligned(told, { covered: EVERY_10_S, gaps: [20_000] })).toEqual([5, 5, null, null, 8, 8, 8])
  })

  test('are not carried for longer than everything is told again', () => {
    const points = pointsOf({ firstAt: 0, lastAt: 2 * HOUR, stepMs: HOUR / 2 })
    const coverage = coverageOf(points, HOUR / 2, points)
    expect(align(points, coverage, { ats: [0], values: [5] }, [])).toEqual([5, 5, 5, null, null])
  })

  test('of long steps are as old as the last frame in them', () => {
    const points = pointsOf({ firstAt: 0, lastAt: 12 * HOUR, stepMs: 6 * HOUR })
    const coverage = coverageOf(points, 6 * HOUR, [HOUR, 7 * HOUR])
    expect(align(points, coverage, { ats: [HOUR, 7 * HOUR], values: [1, 2] }, [])).toEqual([null, 1, 2])
  })

  test('of a range without a point are none', () => {
    expect(pointsOf({ firstAt: 20, lastAt: 10, stepMs: 10 })).toEqual([])
  })

  test('look back to the hour before, on its stroke as well', () => {
    expect(lookBackFrom(at('2026-03-10T16:30:00.000Z'))).toBe(at('2026-03-10T16:00:00.000Z'))
    expect(lookBackFrom(at('2026-03-10T16:00:00.000Z'))).toBe(at('2026-03-10T15:00:00.000Z'))
  })
})

import fc from 'fast-check'
import { PriceSeries } from '../../../../src/compute/accumulators/price-series.js'

const CELL = 100

function seriesOf(points: readonly (readonly [at: number, price: number])[]): PriceSeries {
  const series = new PriceSeries(CELL)
  for (const [at, price] of points) series.add(at, BigInt(price))
  return series
}

function pointsOf(series: PriceSeries): [number, number][] {
  return Array.from({ length: series.length }, (_, index) => {
    const point = series.at(index)
    return [point?.at ?? Number.NaN, Number(point?.priceE8)]
  })
}

describe('adding', () => {
  test('keeps points in order, one an instant', () => {
    const series = seriesOf([
      [20, 2],
      [10, 1],
      [30, 3],
    ])
    expect(pointsOf(series)).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
    ])
  })

  test('tells news at the end from corrections of the past and from repeats', () => {
    const series = new PriceSeries(CELL)
    expect(series.add(10, 1n)).toBe('news')
    expect(series.add(30, 3n)).toBe('news')
    expect(series.add(20, 2n)).toBe('correction')
    expect(series.add(20, 2n)).toBe('none')
    expect(series.add(20, 9n)).toBe('correction')
    expect(series.add(30, 4n)).toBe('news')
    expect(pointsOf(series)).toEqual([
      [10, 1],
      [20, 9],
      [30, 4],
    ])
  })

  test('grows past its first capacity', () => {
    const points = Array.from({ length: 1_000 }, (_, index): [number, number] => [index, index * 7])
    expect(pointsOf(seriesOf([...points].reverse()))).toEqual(points)
  })
})

describe('removing', () => {
  test('takes the points of those very instants', () => {
    const series = seriesOf([
      [10, 1],
      [20, 2],
      [30, 3],
    ])
    expect(series.remove(new Set([20, 25]))).toBe(true)
    expect(series.remove(new Set([5, 31]))).toBe(false)
    expect(series.remove(new Set())).toBe(false)
    expect(pointsOf(series)).toEqual([
      [10, 1],
      [30, 3],
    ])
  })
})

describe('reading', () => {
  const series = seriesOf([
    [10, 1],
    [20, 2],
  ])

  test('finds the last point at or before an instant', () => {
    expect(series.latestAt(9)).toBeUndefined()
    expect(series.latestAt(10)).toEqual({ at: 10, priceE8: 1n })
    expect(series.latestAt(19)).toEqual({ at: 10, priceE8: 1n })
    expect(series.latestAt(1_000)).toEqual({ at: 20, priceE8: 2n })
  })

  test('tells when the next point comes', () => {
    expect(series.nextAfter(9)).toBe(10)
    expect(series.nextAfter(10)).toBe(20)
    expect(series.nextAfter(20)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a pin', () => {
  const points = [101, 105, 106, 130, 199, 200, 201]
  const thinnedWith = (series: PriceSeries, boundary: number, pins: readonly number[]) => {
    series.thin(boundary, 0, pins)
    return pointsOf(series).map(([at]) => at)
  }
  const filledSeries = () => {
    const series = new PriceSeries(CELL)
    for (const at of points) series.add(at, BigInt(at))
    return series
  }

  test('ends a cell: the last point at or before it stays', () => {
    expect(thinnedWith(filledSeries(), 200, [])).toEqual([200, 201])
    expect(thinnedWith(filledSeries(), 200, [105])).toEqual([105, 200, 201])
    expect(thinnedWith(filledSeries(), 200, [104, 129, 199])).toEqual([101, 106, 199, 200, 201])
    expect(thinnedWith(filledSeries(), 200, [100, 200])).toEqual([200, 201])
  })

  test('does not end a cell before its time: the grid decides what is past', () => {
    expect(thinnedWith(filledSeries(), 199, [105])).toEqual(points)
  })

  test('that goes leaves nothing behind', () => {
    const series = filledSeries()
    expect(thinnedWith(series, 200, [105, 130])).toEqual([105, 130, 200, 201])
    expect(thinnedWith(series, 250, [130])).toEqual([130, 200, 201])
    expect(thinnedWith(series, 250, [])).toEqual([200, 201])
  })
})

describe('thinning', () => {
  test('leaves the last point of every cell (a, b] that has ended', () => {
    const series = seriesOf([
      [1, 1],
      [99, 2],
      [100, 3],
      [101, 4],
      [150, 5],
      [201, 6],
      [202, 7],
    ])
    expect(series.thin(200, 0)).toBe(true)
    expect(pointsOf(series)).toEqual([
      [100, 3],
      [150, 5],
      [201, 6],
      [202, 7],
    ])
  })

  test('does not touch a cell that has not ended', () => {
    const series = seriesOf([
      [1, 1],
      [99, 2],
    ])
    expect(series.thin(99, 0)).toBe(false)
    expect(series.length).toBe(2)
    expect(series.thin(100, 0)).toBe(true)
    expect(pointsOf(series)).toEqual([[99, 2]])
  })

  test('takes in what comes late for a cell that was thinned', () => {
    const series = seriesOf([
      [50, 1],
      [99, 2],
      [150, 3],
    ])
    series.thin(200, 0)
    expect(series.add(60, 9n)).toBe('correction')
    expect(series.add(100, 8n)).toBe('correction')
    expect(series.thin(200, 0)).toBe(true)
    expect(pointsOf(series)).toEqual([
      [100, 8],
      [150, 3],
    ])
  })

  test('drops what is older than the oldest that lives, and keeps what is exactly as old', () => {
    const series = seriesOf([
      [10, 1],
      [110, 2],
      [210, 3],
    ])
    expect(series.thin(0, 110)).toBe(true)
    expect(pointsOf(series)).toEqual([
      [110, 2],
      [210, 3],
    ])
  })

  test('at any moments, in any order of arrival, ends where thinning once at the end does', () => {
    const steps = fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ at: fc.integer({ min: 1, max: 1_000 }), price: fc.integer({ min: 1, max: 9 }) }),
        },
        { weight: 1, arbitrary: fc.record({ thinBy: fc.integer({ min: 0, max: 300 }) }) },
        { weight: 1, arbitrary: fc.record({ remove: fc.integer({ min: 900, max: 1_000 }) }) },
      ),
      { maxLength: 120 },
    )
    fc.assert(
      fc.property(steps, (list) => {
        const series = new PriceSeries(CELL)
        const plain = new Map<number, number>()
        let boundary = 0
        for (const step of list) {
          if ('at' in step) {
            series.add(step.at, BigInt(step.price))
            plain.set(step.at, step.price)
          } else if ('remove' in step) {
            // Only what is still fine can be taken back.
            if (boundary <= 800) {
              series.remove(new Set([step.remove]))
              plain.delete(step.remove)
            }
          } else {
            boundary += step.thinBy
            series.thin(boundary, boundary - 500)
          }
        }
        series.thin(boundary, boundary - 500)
        const cellOf = (at: number) => Math.ceil(at / CELL)
        const sorted = [...plain].sort(([a], [b]) => a - b)
        const expected = sorted.filter(
          ([at], index) =>
            at >= boundary - 500 &&
            (cellOf(at) * CELL > boundary || cellOf(sorted[index + 1]?.[0] ?? Number.POSITIVE_INFINITY) !== cellOf(at)),
        )
        expect(pointsOf(series)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

import { mark, type Point } from '../../support/marks.js'

describe('a bar more than 10 % from the mark before it', () => {
  test.each([
    ['exactly 10 % up is near', [100, 110], 110],
    ['exactly 10 % down is near', [100, 90], 90],
    ['more up waits', [100, 110.01], 100],
    ['more down waits', [100, 89.99], 100],
    ['counts once a second one agrees', [100, 130, 131], 131],
    ['the second may be 10 % from the first, no more', [100, 130, 143], 143],
    ['nor less', [100, 130, 143.01], 100],
    ['is forgotten when the price comes back', [100, 130, 101], 101],
    ['and another one elsewhere is no second', [100, 130, 60], 100],
    ['two bad prints with a good one between', [100, 130, 100, 131], 100],
    ['jumps to and fro leave the accepted one', [100, 130, 100, 130, 100, 130], 100],
    ['the first bar ever counts', [130], 130],
    ['after a change of level the new one is the mark before', [100, 130, 130, 100], 130],
  ])('%s', (_, prices, expected) => {
    const bars = prices.map((price, index): Point => [index, price])
    expect(mark({ bars }, prices.length)).toBe(`bar ${expected}`)
  })

  test('counts at once when the mark before is older than 120 s', () => {
    expect(
      mark(
        {
          bars: [
            [0, 100],
            [120, 130],
          ],
        },
        121,
      ),
    ).toBe('bar 100')
    expect(
      mark(
        {
          bars: [
            [0, 100],
            [120.001, 130],
          ],
        },
        121,
      ),
    ).toBe('bar 130')
  })

  test('is measured by the snapshot where that is the newer mark', () => {
    expect(mark({ bars: [[0, 130]], snapshots: [[-60, 100]] }, 1)).toBe('snapshot 100')
    expect(mark({ bars: [[0, 130]], snapshots: [[-120.001, 100]] }, 1)).toBe('bar 130')
    expect(
      mark(
        {
          bars: [
            [-100, 160],
            [0, 130],
          ],
          snapshots: [[-60, 131]],
        },
        1,
      ),
    ).toBe('bar 130')
  })

  test('leaves an old bar the newest that counts, which a newer snapshot then beats', () => {
    expect(
      mark(
        {
          bars: [
            [0, 100],
            [100, 130],
          ],
        },
        130,
      ),
    ).toBe('bar 100')
    expect(
      mark(
        {
          bars: [
            [0, 100],
            [100, 130],
          ],
          snapshots: [[90, 99]],
        },
        130,
      ),
    ).toBe('snapshot 99')
  })

  test('does not count itself as the mark before the next: 150 comes 200 s after the last that counted', () => {
    // 120 waits, since 100 was 100 s old; when 150 comes, nothing that counted is younger than 120 s.
    expect(
      mark(
        {
          bars: [
            [0, 100],
            [100, 120],
            [200, 150],
          ],
        },
        201,
      ),
    ).toBe('bar 150')
  })

  test('waits through a long run of prints that never agree', () => {
    const bars = Array.from(
      { length: 300 },
      (_, index): Point => [index, index % 2 === 0 ? 100 + index / 10 : 250 + index],
    )
    expect(mark({ bars }, 299)).toBe('bar 129.8')
  })

  test('is judged by bars at or before the instant only', () => {
    const bars: Point[] = [
      [0, 100],
      [10, 130],
      [20, 131],
    ]
    expect(mark({ bars }, 19)).toBe('bar 100')
    expect(mark({ bars }, 20)).toBe('bar 131')
  })
})

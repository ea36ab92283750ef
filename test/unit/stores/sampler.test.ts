import { bookId } from '../../../src/domain/book.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import type { BookFrame, FrameSet } from '../../../src/domain/frame.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { type BookSamples, Sampler } from '../../../src/stores/series/sampler.js'
import { at, bookFrame, type FrameParts, missing, SMALL_DICTIONARY, value } from '../../support/frames.js'

const NOON = at('2026-03-10T16:00:00.000Z')
const CALENDARS = createCalendars()

function framesOf(now: EpochMs, ...books: readonly FrameParts[]): FrameSet {
  const frames: BookFrame[] = books.map((parts) => bookFrame({ ...parts, stamp: { at: now } }))
  const [first] = frames
  const stamp = first?.stamp ?? bookFrame({ stamp: { at: now } }).stamp
  return {
    stamp,
    formulaSet: 'f',
    books: new Map(frames.map((frame) => [bookId(frame.book), frame])),
    accounts: new Map(),
  }
}

function sampler(samplingMs = 10_000, dictionary = SMALL_DICTIONARY): Sampler {
  return new Sampler({ dictionary, calendars: CALENDARS, samplingMs })
}

/** What of one tick is kept, in words: "window metric integer". */
function told(taken: Iterable<BookSamples>): string[] {
  return [...taken].flatMap(({ samples, isCovered }) => [
    ...samples.map(({ window, metric, scaled, status }) => `${window} ${metric} ${scaled ?? status}`),
    ...(isCovered ? ['covered'] : []),
  ])
}

describe('what is kept of frames', () => {
  test('is everything at first: each window, levels once, nothing that a window does not define', () => {
    const all = told(sampler().sample(framesOf(NOON, {})))
    expect(all.filter((line) => line.includes('net_pnl'))).toEqual([
      '1m net_pnl 123457',
      '5m net_pnl 123457',
      '15m net_pnl 123457',
      '1h net_pnl 123457',
      '1d net_pnl 123457',
      '5d net_pnl 123457',
      '20d net_pnl 123457',
    ])
    expect(all.filter((line) => line.includes('calmar'))).toEqual(['5d calmar 2123457', '20d calmar 2123457'])
    expect(all.filter((line) => line.startsWith('level'))).toEqual([
      'level gross_exposure 25000010',
      'level position_concentration_top1_pct 333333',
      'level open_positions 3',
    ])
    expect(all).toHaveLength(7 + 7 + 2 + 3 + 1)
    expect(all.at(-1)).toBe('covered')
  })

  test('is only what has changed since, and the coverage', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, {})))
    expect(told(one.sample(framesOf(NOON + 10_000, {})))).toEqual(['covered'])
    const moved = { inWindows: { '5m': { net_pnl: value(-3) } } }
    expect(told(one.sample(framesOf(NOON + 20_000, moved)))).toEqual(['5m net_pnl -300', 'covered'])
    expect(told(one.sample(framesOf(NOON + 30_000, moved)))).toEqual(['covered'])
  })

  test('a change that is none at the decimals that are shown is none', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, { results: { net_pnl: value(1.001) } })))
    expect(told(one.sample(framesOf(NOON + 10_000, { results: { net_pnl: value(1.004) } })))).toEqual(['covered'])
  })

  test('a value that is lost is told with its status, and so is one that comes back', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, {})))
    const lost = { results: { gross_exposure: missing('missing_mark') } }
    expect(told(one.sample(framesOf(NOON + 10_000, lost)))).toEqual([
      'level gross_exposure insufficient_data',
      'covered',
    ])
    expect(told(one.sample(framesOf(NOON + 20_000, lost)))).toEqual(['covered'])
    expect(told(one.sample(framesOf(NOON + 30_000, {})))).toEqual(['level gross_exposure 25000010', 'covered'])
  })

  test('is nothing between two multiples of the period', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, {})))
    const moved = framesOf(NOON + 9_000, { results: { net_pnl: value(1) } })
    expect(told(one.sample(moved))).toEqual([])
  })

  test('after a skipped tick is what the next one has, under its own instant', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON - 1_000, {})))
    const [late] = [...one.sample(framesOf(NOON + 2_000, {}))]
    expect(late).toMatchObject({ at: NOON + 2_000, isCovered: true })
    expect(told(one.sample(framesOf(NOON + 9_000, { results: { net_pnl: value(1) } })))).toEqual([])
  })

  test('begins at a multiple of the period', () => {
    const one = sampler()
    expect(told(one.sample(framesOf(NOON + 3_000, {})))).toEqual([])
    expect(told(one.sample(framesOf(NOON + 10_000, {})))).not.toEqual([])
  })

  test('is everything again on the hour, what has no value too', () => {
    const one = sampler()
    const lost = { results: { net_pnl: missing('missing_mark') } }
    told(one.sample(framesOf(NOON - 10_000, lost)))
    const again = told(one.sample(framesOf(NOON, lost)))
    expect(again).toHaveLength(20)
    expect(again).toContain('1m net_pnl insufficient_data')
    expect(told(one.sample(framesOf(NOON + 10_000, lost)))).toEqual(['covered'])
  })

  test('is everything again after something was lost, and of a book that was away', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, {})))
    one.forget()
    expect(told(one.sample(framesOf(NOON + 10_000, {})))).toHaveLength(20)
    expect(told(one.sample(framesOf(NOON + 20_000)))).toEqual([])
    expect(told(one.sample(framesOf(NOON + 30_000, {})))).toHaveLength(20)
  })

  test('is everything again when the decimals of its money change', () => {
    const one = sampler()
    told(one.sample(framesOf(NOON, {})))
    const finer = told(one.sample(framesOf(NOON + 10_000, { moneyDecimals: 6 })))
    expect(finer).toHaveLength(20)
    expect(finer).toContain('1d net_pnl 1234565000')
  })

  test('ages are looked at each minute, coverage each ten seconds, values as often as is asked', () => {
    const dictionary = SMALL_DICTIONARY.map((metric) =>
      metric.name === 'open_positions'
        ? {
            ...metric,
            unit: 'seconds' as const,
            readAt: (_: unknown, { at: now }: { at: EpochMs }) => value(now / 1000 - NOON / 1000),
          }
        : metric,
    )
    const one = sampler(1_000, dictionary)
    const parts = { dictionary, ages: ['open_positions'] }
    told(one.sample(framesOf(NOON, parts)))
    const lines: string[] = []
    for (let second = 1; second <= 60; second += 1) {
      const results = { ...parts, inWindows: { '1m': { net_pnl: value(second) } } }
      lines.push(...told(one.sample(framesOf(NOON + second * 1_000, results))))
    }
    expect(lines.filter((line) => line.includes('open_positions'))).toEqual(['level open_positions 600'])
    expect(lines.filter((line) => line === 'covered')).toHaveLength(6)
    expect(lines.filter((line) => line.startsWith('1m net_pnl'))).toHaveLength(60)
  })

  test.each([
    ['beyond what a double holds exactly', 123_456_789_012.25, 6, 123_456_789_012_250_000n],
    ['the largest amount of 8 decimals', 92_233_720_368, 8, 9_223_372_036_800_000_000n],
    ['an amount that 64 bits do not hold', 1_000_000_000_000, 8, 100_000_000_000_000_000_000n],
  ])('%s is an integer of its own digits, or none', (_name, number, moneyDecimals, expected) => {
    const [taken] = [...sampler().sample(framesOf(NOON, { moneyDecimals, results: { net_pnl: value(number) } }))]
    const sample = taken?.samples.find(({ metric }) => metric === 'net_pnl')
    const fits = expected < 2n ** 63n
    expect(sample).toMatchObject(fits ? { scaled: expected, status: 'ok' } : { scaled: null, status: 'error' })
  })
})

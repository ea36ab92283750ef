import { recompute } from '../../../src/app/backfill.js'
import { DICTIONARY } from '../../../src/compute/dictionary.js'
import { bookId } from '../../../src/domain/book.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import { type EpochMs, HOUR_MS } from '../../../src/domain/time.js'
import type { SeriesArchive, Stretch } from '../../../src/stores/series/archive.js'
import type { BookSamples } from '../../../src/stores/series/sampler.js'
import { at, bookFrame, value } from '../../support/frames.js'

const FROM = at('2026-03-10T15:00:00.000Z')
const TO = FROM + 2 * HOUR_MS

/** A store of samples, as their text. */
class TestArchive implements SeriesArchive {
  lines: readonly BookSamples[] = []
  readonly marks = new Set<EpochMs>()
  readonly writes: number[] = []
  fails: 'clear' | 'write' | undefined

  async clear({ from, to }: Stretch): Promise<void> {
    if (this.fails === 'clear') throw new Error('clear failed')
    this.lines = this.lines.filter((line) => line.at < from || line.at >= to)
    for (const mark of this.marks) if (mark >= from && mark < to) this.marks.delete(mark)
  }

  async write(lines: readonly string[]): Promise<void> {
    if (this.fails === 'write') throw new Error('write failed')
    this.writes.push(lines.length)
    this.lines = [...this.lines, ...lines.map((line) => JSON.parse(line) as BookSamples)]
  }

  async mark(from: EpochMs): Promise<void> {
    this.marks.add(from)
  }

  async marked({ from, to }: Stretch): Promise<ReadonlySet<EpochMs>> {
    return new Set([...this.marks].filter((mark) => mark >= from && mark < to))
  }
}

interface Parts {
  readonly from?: EpochMs
  readonly to?: EpochMs
  readonly again?: boolean
  readonly samplingMs?: number
  readonly signal?: AbortSignal
  readonly onHour?: (done: number) => void
}

/** Recomputes from frames whose result is their minute; the second tells whether they were ended. */
async function recomputeInto(
  archive: TestArchive,
  { from = FROM, to = TO, again = false, samplingMs = 10_000, signal, onHour }: Parts = {},
): Promise<{ readonly done: unknown; readonly isReleased: boolean }> {
  let isReleased = false
  async function* replay(ats: readonly EpochMs[]) {
    try {
      for (const one of ats) {
        const results = { net_pnl: value(Math.floor(one / 60_000) % 1_000) }
        const frame = bookFrame({ dictionary: DICTIONARY, results, stamp: { at: one } })
        const books = new Map([[bookId(frame.book), frame]])
        yield { frames: { formulaSet: 'f', accounts: new Map(), stamp: frame.stamp, books } }
      }
    } finally {
      isReleased = true
    }
  }
  const encode = (samples: BookSamples) => [
    JSON.stringify(samples, (_key, some) => (typeof some === 'bigint' ? String(some) : some)),
  ]
  const done = await recompute(
    { archive, encode },
    {
      ...{ calendars: createCalendars(), from, to, again, samplingMs, replay },
      signal: signal ?? new AbortController().signal,
      onProgress: (progress) => onHour?.(progress.done),
    },
  ).catch((error: unknown) => error)
  return { done, isReleased }
}

const coveredAts = ({ lines }: TestArchive) => lines.filter(({ isCovered }) => isCovered).map((line) => line.at)
const every10s = (from: EpochMs, to: EpochMs) =>
  Array.from({ length: (to - from) / 10_000 }, (_, index) => from + index * 10_000)

describe('the past, recomputed', () => {
  test('releases what it reads when it is through', async () => {
    expect(await recomputeInto(new TestArchive())).toMatchObject({ done: { hours: 2 }, isReleased: true })
  })

  test.each(['clear', 'write'] as const)(
    'releases what it reads when the store does not take the %s',
    async (fails) => {
      const archive = new TestArchive()
      archive.fails = fails
      expect(await recomputeInto(archive)).toEqual({ done: new Error(`${fails} failed`), isReleased: true })
    },
  )

  test('releases what it reads when it is interrupted, and the next run does what is left', async () => {
    const archive = new TestArchive()
    const stop = new AbortController()
    const onHour = (done: number) => {
      if (done === 1) stop.abort(new Error('enough'))
    }
    // The hour under way is finished.
    const first = await recomputeInto(archive, { to: TO + HOUR_MS, signal: stop.signal, onHour })
    expect(first).toEqual({ done: new Error('enough'), isReleased: true })
    expect([...archive.marks]).toEqual([FROM, FROM + HOUR_MS])
    const second = await recomputeInto(archive, { to: TO + HOUR_MS })
    expect(second.done).toMatchObject({ hours: 1, skippedHours: 2 })
    expect(coveredAts(archive)).toEqual(every10s(FROM, TO + HOUR_MS))
  })
})

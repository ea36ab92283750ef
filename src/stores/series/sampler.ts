import { type BookKey, bookId } from '../../domain/book.js'
import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { roundForOutput } from '../../domain/exact.js'
import type { BookFrame, FrameSet, WindowValues } from '../../domain/frame.js'
import { decimalsOf, type MetricDescription, type MetricResult, type Status } from '../../domain/metric.js'
import { resultIn } from '../../domain/reading.js'
import { COVERAGE_MS, keptWindowsOf, type SeriesSample, type SeriesWindow } from '../../domain/series.js'
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../domain/time.js'
import { WINDOWS, type Window } from '../../domain/window.js'

export interface SamplerOptions {
  readonly dictionary: readonly MetricDescription[]
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  /** A divisor of a minute. */
  readonly samplingMs: number
}

/** What is to be kept of one book at T. */
export interface BookSamples extends BookKey {
  readonly at: EpochMs
  readonly samples: readonly SeriesSample[]
  /** Somebody can say: this book had a frame at T. */
  readonly isCovered: boolean
}

/** What of a T is due. */
interface Due {
  readonly at: EpochMs
  readonly values: boolean
  readonly ages: boolean
  readonly coverage: boolean
}

/** One series of a book: a metric in a window, or a level once. */
interface Slot {
  readonly metric: MetricDescription
  /** In the dictionary. */
  readonly index: number
  /** Where a frame holds it. */
  readonly window: Window
  readonly keptAs: SeriesWindow
}

/** What was told of a book last. */
interface Told {
  readonly values: (bigint | number | null)[]
  readonly statuses: (Status | undefined)[]
  readonly windows: Partial<Record<Window, WindowValues>>
  moneyDecimals: number
  /** Everything is told again in every hour, so that nobody has to look back further. */
  hour: number
}

/**
 * Frames to series: which values are to be kept at T.
 *
 * A value is told when it or its status has changed since it was told last, and once an hour in any case; levels once and
 * not for every window; ages, which change all the time, each minute; and every ten seconds that the book had a frame at
 * all. Due is what a T reaches first: at a T that is a whole multiple of the period, or, where that tick was skipped, at
 * the next one, under its own T. A function of the frames that it was shown, in their order.
 */
export class Sampler {
  readonly #options: SamplerOptions
  readonly #slots: Readonly<Record<Window, readonly Slot[]>>
  readonly #told = new Map<string, Told>()
  #lastAt: EpochMs | undefined

  constructor(options: SamplerOptions) {
    this.#options = options
    const slots = slotsOf(options.dictionary)
    const of = (window: Window) => slots.filter((slot) => slot.window === window)
    this.#slots = Object.fromEntries(WINDOWS.map((window) => [window, of(window)])) as Record<Window, Slot[]>
  }

  /** What is to be kept of the books at the T of these frames, book by book as it is asked for: of many books it is much. */
  *sample(frames: FrameSet): Generator<BookSamples> {
    const due = this.#due(frames.stamp.at)
    this.#lastAt = frames.stamp.at
    if (!due.values && !due.ages && !due.coverage) return
    for (const id of this.#told.keys()) if (!frames.books.has(id)) this.#told.delete(id)
    for (const frame of frames.books.values()) {
      const samples = due.values ? this.#changes(frame, due) : []
      const { strategyId, account } = frame.book
      if (samples.length > 0 || due.coverage)
        yield { strategyId, account, at: due.at, samples, isCovered: due.coverage }
    }
  }

  /** Something that was told has been lost: everything is told again. */
  forget(): void {
    this.#told.clear()
  }

  #due(at: EpochMs): Due {
    const before = this.#lastAt
    const isDue = (periodMs: number) =>
      before === undefined ? at % periodMs === 0 : Math.floor(at / periodMs) > Math.floor(before / periodMs)
    return { at, values: isDue(this.#options.samplingMs), ages: isDue(MINUTE_MS), coverage: isDue(COVERAGE_MS) }
  }

  #changes(frame: BookFrame, due: Due): SeriesSample[] {
    const hour = Math.floor(due.at / HOUR_MS)
    const told = this.#toldOf(frame, hour)
    const isFull = told.hour !== hour
    told.hour = hour
    const samples: SeriesSample[] = []
    WINDOWS.forEach((window) => {
      const values = frame.windows[window]
      const isSame = told.windows[window] === values
      told.windows[window] = values
      for (const slot of this.#slots[window]) {
        const isAge = values.results[slot.index] === undefined
        if (!isFull && (isAge ? !due.ages : isSame)) continue
        const sample = this.#sampleOf(slot, frame, due.at)
        if (this.#isNews(slot, sample, told) || isFull) samples.push(sample)
      }
    })
    return samples
  }

  #toldOf(frame: BookFrame, hour: number): Told {
    const id = bookId(frame.book)
    const known = this.#told.get(id)
    // Money of other decimals is another number for every amount.
    if (known !== undefined && known.moneyDecimals === frame.moneyDecimals) return known
    const told: Told = {
      values: [],
      statuses: [],
      windows: {},
      moneyDecimals: frame.moneyDecimals,
      hour: hour - 1,
    }
    this.#told.set(id, told)
    return told
  }

  #isNews(slot: Slot, { scaled, status }: SeriesSample, told: Told): boolean {
    const place = slot.index * (WINDOWS.length + 1) + WINDOWS.indexOf(slot.window)
    const isNews = told.values[place] !== scaled || told.statuses[place] !== status
    told.values[place] = scaled
    told.statuses[place] = status
    return isNews
  }

  #sampleOf({ metric, index, window, keptAs }: Slot, frame: BookFrame, at: EpochMs): SeriesSample {
    const clock = { now: at, calendar: this.#options.calendars[frame.book.calendar] }
    const result = resultIn(frame, window, metric, index, clock)
    const decimals = decimalsOf(metric.unit, frame.moneyDecimals)
    return {
      metric: metric.name,
      window: keptAs,
      ...scaledOf(result, decimals),
      decimals,
      formulaVersion: metric.formulaVersion,
    }
  }
}

function slotsOf(dictionary: readonly MetricDescription[]): Slot[] {
  return dictionary.flatMap((metric, index) => keptWindowsOf(metric).map((kept) => ({ metric, index, ...kept })))
}

/** The largest magnitude that 64 bits hold. */
const LARGEST = 2n ** 63n - 1n

/** What /snapshot would show, as an integer. A number that 64 bits do not hold is none: its status says error. */
function scaledOf(result: MetricResult, decimals: number): Pick<SeriesSample, 'scaled' | 'status'> {
  if (result.status !== 'ok') return { scaled: null, status: result.status }
  const rounded = roundForOutput(result.value, decimals)
  const scaled = Math.round(rounded * 10 ** decimals)
  if (Number.isSafeInteger(scaled)) return { scaled, status: 'ok' }
  if (Math.abs(rounded) >= 1e21) return { scaled: null, status: 'error' }
  const exact = BigInt(rounded.toFixed(decimals).replace('.', ''))
  return exact > LARGEST || exact < -LARGEST ? { scaled: null, status: 'error' } : { scaled: exact, status: 'ok' }
}

import { type BookKey, bookId } from '../../domain/book.js'
import type { SeriesSample } from '../../domain/series.js'
import type { EpochMs } from '../../domain/time.js'
import { FRAME, GAP } from '../series/marks.js'
import type { BookSamples } from '../series/sampler.js'
import type { SeriesLayout } from './series-layout.js'

/** What 32 bits hold; beyond it the database would refuse the row. */
const LARGEST_REAL = 3e38

/**
 * Samples to rows of a book and window: a change of one metric is a row with all of them, as they were told last. What has
 * no value is null there; why, a row of this kind cannot say.
 */
export class SeriesEncoder {
  readonly #layout: SeriesLayout
  readonly #places: ReadonlyMap<string, number>
  readonly #values = new Map<string, Map<string, (number | null)[]>>()

  constructor(layout: SeriesLayout) {
    this.#layout = layout
    this.#places = new Map(layout.metrics.map((name, index) => [name, index]))
  }

  encode(book: BookSamples): string[] {
    const { at, samples, isCovered } = book
    const id = bookId(book)
    const ofBook = this.#values.get(id) ?? new Map<string, (number | null)[]>()
    this.#values.set(id, ofBook)
    for (const sample of samples) {
      const values = ofBook.get(sample.window) ?? this.#layout.metrics.map(() => null)
      ofBook.set(sample.window, values)
      const place = this.#places.get(sample.metric)
      if (place !== undefined) values[place] = numberOf(sample)
    }
    const windows = [...new Set(samples.map(({ window }) => window))]
    const lines = windows.map((window) => this.#line(book, window, at, ofBook.get(window)))
    return isCovered ? [...lines, this.#line(book, FRAME, at)] : lines
  }

  gapLine(book: BookKey, at: EpochMs): string {
    return this.#line(book, GAP, at)
  }

  /** The values as Postgres writes an array. */
  #line({ strategyId, account }: BookKey, window: string, at: EpochMs, values?: readonly (number | null)[]): string {
    const array = values === undefined ? null : `{${values.map((value) => value ?? 'NULL').join(',')}}`
    return JSON.stringify([strategyId, account, window, at, this.#layout.formulaSet, array])
  }
}

function numberOf({ scaled, decimals }: SeriesSample): number | null {
  const number = scaled === null ? null : Number(scaled) / 10 ** decimals
  return number === null || Math.abs(number) > LARGEST_REAL ? null : number
}

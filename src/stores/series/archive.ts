import type { EpochMs } from '../../domain/time.js'

/** A stretch of T, its end not included. */
export interface Stretch {
  readonly from: EpochMs
  readonly to: EpochMs
}

/**
 * A store of series whose past can be written anew. Methods reject with a QuantError.
 *
 * A stretch is recomputed by clearing it, writing its rows, and marking it; a stretch without a mark was not finished,
 * and doing it again is doing it once.
 */
export interface SeriesArchive {
  /** Forgets all rows of a stretch, of every book, and its marks. */
  clear(stretch: Stretch): Promise<void>
  /** Lines as the store's own encoding gives them. */
  write(lines: readonly string[]): Promise<void>
  /** The stretch that begins at `at` is recomputed, with these formulas. */
  mark(at: EpochMs, formulaSet: string): Promise<void>
  /** The beginnings of stretches that are marked. */
  marked(stretch: Stretch, formulaSet: string): Promise<ReadonlySet<EpochMs>>
}

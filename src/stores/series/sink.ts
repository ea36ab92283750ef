import type { BookKey } from '../../domain/book.js'
import { QuantError } from '../../domain/errors.js'
import type { EpochMs } from '../../domain/time.js'
import type { Batch } from './batch.js'
import type { BookSamples } from './sampler.js'

/** A store of rows. Both methods reject with a QuantError: a refusal, or that it does not take anything now. */
export interface SeriesSink {
  /** Whose rows these are: another backend wants them written otherwise. */
  readonly backend: string
  /** Takes a batch whole, or is asked again; taking it twice is taking it once. */
  write(batch: Batch, signal: AbortSignal): Promise<void>
  /** Asked when there is nothing to write. */
  ping(signal: AbortSignal): Promise<void>
  /** The row that tells readers: of this book samples are missing up to this T. */
  gapLine(book: BookKey, at: EpochMs): string
}

/** How a store wants what is sampled: one row a line. */
export type Encode = (samples: BookSamples) => readonly string[]

/**
 * The store does not take a batch for what is in it, and never will. Without a cause: what a database says of a row that it
 * does not take has the row in it.
 */
export function refusal(why: string): QuantError {
  return new QuantError('refused', `the series store refuses rows: ${why}`)
}

export function isRefusal(error: unknown): error is QuantError {
  return error instanceof QuantError && error.code === 'refused' && !error.retryable
}

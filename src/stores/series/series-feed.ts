import { setImmediate as immediate } from 'node:timers/promises'
import type { FrameSet } from '../../domain/frame.js'
import type { Sampler } from './sampler.js'
import type { SeriesWriter } from './series-writer.js'
import type { Encode } from './sink.js'

export interface SeriesFeedOptions {
  readonly sampler: Sampler
  readonly writer: Pick<SeriesWriter, 'add'>
  readonly encode: Encode
  /** False while another process writes. */
  readonly mayWrite: () => boolean
  readonly onError: (error: unknown) => void
}

/**
 * Takes the frames of ticks to the writer. A tick only leaves them here: they do not change any more, so they are looked
 * at after it, one book at a time and in order, and others get a turn after each.
 */
export class SeriesFeed {
  readonly #options: SeriesFeedOptions
  #tail: Promise<void> = Promise.resolve()

  constructor(options: SeriesFeedOptions) {
    this.#options = options
  }

  /** Returns at once. */
  offer(frames: FrameSet): void {
    this.#tail = this.#tail.then(() => this.#take(frames)).catch((error: unknown) => this.#options.onError(error))
  }

  /** Resolves when everything that was offered is with the writer. */
  settled(): Promise<void> {
    return this.#tail
  }

  async #take(frames: FrameSet): Promise<void> {
    const { sampler, writer, encode, mayWrite } = this.#options
    // Whoever takes over begins with everything.
    if (!mayWrite()) return sampler.forget()
    await immediate()
    for (const samples of sampler.sample(frames)) {
      writer.add(samples, samples.at, encode(samples))
      await immediate()
    }
  }
}

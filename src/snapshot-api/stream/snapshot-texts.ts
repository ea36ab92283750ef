import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import { readOnce } from '../../lib/read-once.js'

/**
 * Snapshots of the latest frames that have been put into words already: where many clients connect at once, or catch up,
 * each book is worded once. Ages in them are up to a second old.
 */
export class SnapshotTexts<Feed extends object> {
  #wordedAt: EpochMs = Number.NEGATIVE_INFINITY
  #texts = new Map<Feed, Map<string, string | undefined>>()

  /** There are new frames. */
  forget(): void {
    this.#texts = new Map()
  }

  /** The text of a book's snapshot in a feed; `word` makes it where it is not known. */
  get(feed: Feed, id: string, now: EpochMs, word: () => string | undefined): string | undefined {
    if (now < this.#wordedAt || now - this.#wordedAt >= SECOND_MS) {
      this.#wordedAt = now
      this.forget()
    }
    const texts = readOnce(this.#texts, feed, () => new Map<string, string | undefined>())
    if (!texts.has(id)) texts.set(id, word())
    return texts.get(id)
  }
}

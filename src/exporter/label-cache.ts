import type { BookFrame } from '../domain/frame.js'
import type { Window } from '../domain/window.js'
import { labelBlock } from './exposition-text.js'

/**
 * Label blocks, rendered once and used again: nearly all of a scrape's cost is label formatting. Blocks of books that
 * are gone, or described otherwise, are dropped.
 */
export class LabelCache {
  readonly #books = new Map<BookFrame['book'], Map<string, string>>()

  /** `strategy_id, account[, window], formula_version, freshness` and further labels: the labels of a value. */
  value(
    frame: BookFrame,
    window: Window | undefined,
    formulaVersion: string,
    freshness: 'fresh' | 'stale',
    more?: Readonly<Record<string, string>>,
  ): string {
    const key = `${window ?? ''} ${formulaVersion} ${freshness}`
    return this.#block(frame, more === undefined ? key : `${key} ${JSON.stringify(more)}`, () => ({
      ...(window === undefined ? {} : { window }),
      ...more,
      formula_version: formulaVersion,
      freshness,
    }))
  }

  /** `strategy_id, account` and further labels, for companions; the key tells blocks of one book apart. */
  companion(frame: BookFrame, key: string, labels: () => Readonly<Record<string, string>>): string {
    return this.#block(frame, key, labels)
  }

  retain(frames: readonly BookFrame[]): void {
    if (this.#books.size <= frames.length) return
    const live = new Set(frames.map(({ book }) => book))
    for (const book of this.#books.keys()) if (!live.has(book)) this.#books.delete(book)
  }

  #block({ book }: BookFrame, key: string, labels: () => Readonly<Record<string, string>>): string {
    let blocks = this.#books.get(book)
    if (blocks === undefined) {
      blocks = new Map()
      this.#books.set(book, blocks)
    }
    let block = blocks.get(key)
    if (block === undefined) {
      block = labelBlock({ strategy_id: book.strategyId, account: book.account, ...labels() })
      blocks.set(key, block)
    }
    return block
  }
}

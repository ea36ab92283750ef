import { createHash } from 'node:crypto'
import { type BookKey, bookId } from './book.js'

/** One process of several that share the books: the one with this index, from 0 to count − 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** One process has all books. */
export const ONLY_SHARD: Shard = { index: 0, count: 1 }

/**
 * Which of `count` shards owns a key, by rendezvous hashing: the one whose own hash of the key is the highest. Where the
 * count grows by one, a key moves only if the new shard's hash is the highest of all: one key in `count`, and to no other.
 *
 * The answer is the same in every process and in every release: processes of two releases run side by side during a
 * roll-out, and episodes in the store belong to whoever owns their book.
 */
export function ownerOf(key: string, count: number): number {
  let owner = 0
  let highest = ''
  for (let index = 0; index < count; index += 1) {
    const score = createHash('sha256').update(`${index}\n${key}`).digest('hex')
    if (score <= highest) continue
    owner = index
    highest = score
  }
  return owner
}

/** Who owns what, each answer worked out once. */
export class ShardOwnership {
  readonly #owners = new Map<string, number>()

  constructor(readonly shard: Shard) {}

  /** The index of the shard that publishes a book. */
  ownerOfBook(book: BookKey): number {
    return this.#ownerOf(`book\n${bookId(book)}`)
  }

  owns(book: BookKey): boolean {
    return this.ownerOfBook(book) === this.shard.index
  }

  /** Whether this shard publishes what an account's books add up to; it need not own any of them. */
  ownsAccount(label: string): boolean {
    return this.#ownerOf(`account\n${label}`) === this.shard.index
  }

  /** Whether this shard keeps what is known of a strategy in the store; its books may be of several shards. */
  ownsStrategy(strategyId: string): boolean {
    return this.#ownerOf(`strategy\n${strategyId}`) === this.shard.index
  }

  #ownerOf(key: string): number {
    if (this.shard.count === 1) return this.shard.index
    const known = this.#owners.get(key)
    if (known !== undefined) return known
    const owner = ownerOf(key, this.shard.count)
    this.#owners.set(key, owner)
    return owner
  }
}

import { createHash, type Hash } from 'node:crypto'
import { type EpochMs, HOUR_MS } from '../../domain/time.js'
import { type Digest, minus, plus, termOfHash } from './digest.js'

/** The points of a series in (from, to] as bytes, one after the other. */
export type BytesOf = (from: EpochMs, to: EpochMs) => Uint8Array

/** The newest block, hashed as far as it has grown. */
interface Growing {
  readonly block: number
  readonly hash: Hash
  readonly hashedTo: EpochMs
}

/**
 * The digest of a series that grows at its end: a term for each hour that has points, so that a month is a few hundred
 * terms and a change redoes one of them. The newest hour is not hashed again with each point.
 */
export class BlockTerms {
  readonly #terms = new Map<number, Digest>()
  readonly #changed = new Set<number>()
  #digest: Digest = 0n
  #growing: Growing | undefined

  constructor(readonly label: string) {}

  /** A point has come after all others. */
  appended(at: EpochMs): void {
    this.#changed.add(blockOf(at))
  }

  /** A point has come, changed or gone elsewhere. */
  changed(at: EpochMs): void {
    this.#changed.add(blockOf(at))
    this.#growing = undefined
  }

  /** The digest of all points up to T; `newestAt` is the instant of the last one. */
  upTo(at: EpochMs, newestAt: EpochMs, bytesOf: BytesOf): Digest {
    for (const block of this.#changed) this.#renew(block, newestAt, bytesOf)
    this.#changed.clear()
    if (newestAt <= at) return this.#digest
    const last = blockOf(at)
    let digest = 0n
    for (const [block, term] of this.#terms) if (block < last) digest = plus(digest, term)
    return plus(digest, this.#termOf(last, at, bytesOf))
  }

  #renew(block: number, newestAt: EpochMs, bytesOf: BytesOf): void {
    const isNewest = block === blockOf(newestAt)
    const term = isNewest ? this.#grow(block, newestAt, bytesOf) : this.#termOf(block, endOf(block), bytesOf)
    this.#digest = plus(minus(this.#digest, this.#terms.get(block) ?? 0n), term)
    if (term === 0n) this.#terms.delete(block)
    else this.#terms.set(block, term)
  }

  #grow(block: number, newestAt: EpochMs, bytesOf: BytesOf): Digest {
    const { hash, hashedTo } =
      this.#growing?.block === block ? this.#growing : { hash: this.#begin(block), hashedTo: endOf(block - 1) }
    hash.update(bytesOf(hashedTo, newestAt))
    this.#growing = { block, hash, hashedTo: newestAt }
    return termOfHash(hash.copy())
  }

  /** 0 where a block has no points. */
  #termOf(block: number, to: EpochMs, bytesOf: BytesOf): Digest {
    const bytes = bytesOf(endOf(block - 1), to)
    return bytes.length === 0 ? 0n : termOfHash(this.#begin(block).update(bytes))
  }

  #begin(block: number): Hash {
    return createHash('sha256').update(`${this.label} ${block}\n`)
  }
}

/** Blocks are (end − 1 h, end] of the UTC grid. */
function blockOf(at: EpochMs): number {
  return Math.ceil(at / HOUR_MS)
}

function endOf(block: number): EpochMs {
  return block * HOUR_MS
}

import type { ExecutionFact } from '../../domain/facts.js'
import type { Opening } from '../accumulators/symbol-ledger.js'
import { givenOpening } from '../carried-trip.js'
import type { Fill } from '../fills.js'
import { type Digest, plus } from '../inputs/digest.js'
import type { BookCheckpoint, SparedSymbol } from './checkpoint.js'

interface KnownOrder {
  readonly row: ExecutionFact
  readonly fills: readonly Fill[]
}

/** What a book begins with that was read from a checkpoint, and whether the facts still agree with it. */
export class CheckpointBase {
  readonly #symbols: ReadonlyMap<string, SparedSymbol>
  readonly #openings = new Map<string, Opening>()
  readonly #kept: ReadonlySet<string>
  #isDisturbed = false
  /** Whether the kept orders have been looked at since one of them was told. */
  #areKeptSeen = false

  constructor(readonly checkpoint: BookCheckpoint) {
    this.#symbols = new Map(checkpoint.symbols.map((spared) => [spared.symbol, spared]))
    for (const { symbol, opening } of checkpoint.symbols)
      if (opening !== undefined) this.#openings.set(symbol, givenOpening(opening))
    this.#kept = new Set(checkpoint.kept)
  }

  /** Of all facts that are spared. */
  get digest(): Digest {
    return this.checkpoint.symbols.reduce((total, { digest }) => plus(total, digest), 0n)
  }

  /** Symbols whose ledgers begin with a position. */
  get opened(): Iterable<string> {
    return this.#openings.keys()
  }

  sparedOf(symbol: string): SparedSymbol | undefined {
    return this.#symbols.get(symbol)
  }

  openingOf(symbol: string): Opening | undefined {
    return this.#openings.get(symbol)
  }

  /** Told of every order that comes, is replaced or goes. */
  note(executionId: string, before: KnownOrder | undefined, now: KnownOrder | undefined): void {
    if (this.#kept.has(executionId)) this.#areKeptSeen = false
    else if (!this.#isDisturbed)
      this.#isDisturbed = [before, now].some((order) => order !== undefined && this.#isOfThePast(order))
  }

  /** Whether the orders still say of the time before the checkpoint what its positions hold. */
  isSound(digestOf: (executionId: string) => Digest): boolean {
    if (this.#isDisturbed) return false
    if (!this.#areKeptSeen) {
      let digest = 0n
      for (const executionId of this.#kept) digest = plus(digest, digestOf(executionId))
      if (digest !== this.checkpoint.keptDigest) return false
      this.#areKeptSeen = true
    }
    return true
  }

  #isOfThePast({ row: { symbol }, fills }: KnownOrder): boolean {
    return this.#openings.has(symbol) && fills.some(({ at }) => at <= this.checkpoint.at)
  }
}

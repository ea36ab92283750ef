import type { EpochMs } from '../domain/time.js'
import { readOnce } from '../lib/read-once.js'
import { insertAt, partitionPoint } from '../lib/sorted-search.js'

interface Lifetime {
  readonly id: string
  readonly submittedAt: EpochMs
  /** Infinity while nothing has ended it. */
  readonly endsAt: EpochMs
}

/** Which orders were open when, by symbol. */
export class OpenOrders {
  /** By (submitted at), ascending. */
  readonly #bySymbol = new Map<string, Lifetime[]>()

  add(symbol: string, lifetime: Lifetime): void {
    const lifetimes = readOnce(this.#bySymbol, symbol, () => [])
    insertAt(lifetimes, placeAfter(lifetimes, lifetime.submittedAt), lifetime)
  }

  remove(symbol: string, { id, submittedAt }: Pick<Lifetime, 'id' | 'submittedAt'>): void {
    const lifetimes = this.#bySymbol.get(symbol) ?? []
    let index = placeAfter(lifetimes, submittedAt - 1)
    while (lifetimes[index]?.submittedAt === submittedAt && lifetimes[index]?.id !== id) index += 1
    if (lifetimes[index]?.id === id) lifetimes.splice(index, 1)
  }

  /** Whether an order of a symbol that was submitted less than `age` before an instant is open at it. */
  hasOpen(symbol: string, at: EpochMs, age: number): boolean {
    const lifetimes = this.#bySymbol.get(symbol) ?? []
    for (let index = placeAfter(lifetimes, at) - 1; index >= 0; index -= 1) {
      const lifetime = lifetimes[index]
      if (lifetime === undefined || at - lifetime.submittedAt >= age) return false
      if (lifetime.endsAt > at) return true
    }
    return false
  }
}

/** Index after all that were submitted at or before an instant. */
function placeAfter(lifetimes: readonly Lifetime[], at: EpochMs): number {
  return partitionPoint(lifetimes.length, (index) => (lifetimes[index]?.submittedAt ?? Number.POSITIVE_INFINITY) <= at)
}

import type { EpochMs } from '../../domain/time.js'
import type { Book, ToldOrder } from '../book.js'

/**
 * Of the orders of a book that are over, those that say more than positions: see BookCheckpoint. By execution id.
 */
export function keptOf(
  book: Book,
  ordersOf: ReadonlyMap<string, readonly ToldOrder[]>,
  firstSnapshotAt: EpochMs,
): ReadonlySet<string> {
  const ofBook = new Firsts()
  const kept = new Set<string>()
  for (const [symbol, orders] of ordersOf) {
    const ofSymbol = new Firsts()
    let lastAt = Number.NEGATIVE_INFINITY
    for (const { row, fills, evidence } of orders) {
      const { executionId, submittedAt, endedAt = submittedAt, costs } = row
      const [first, last] = [fills[0]?.at, fills.at(-1)?.at ?? submittedAt]
      ofSymbol.offer('submitted', executionId, submittedAt)
      ofSymbol.offer('filled', executionId, first)
      ofBook.offer('begun', executionId, Math.min(submittedAt, endedAt, first ?? submittedAt))
      ofBook.offer('over last', executionId, -Math.max(submittedAt, endedAt, last))
      if (costs !== undefined || evidence.length > 0) {
        const { order_records, broker_activities } = book.costEvidenceOf(executionId)
        ofBook.offer('costs of records', executionId, order_records)
        ofBook.offer('costs of activities', executionId, broker_activities)
      }
      if (first === undefined) continue
      lastAt = Math.max(lastAt, last)
      if (first <= firstSnapshotAt) kept.add(executionId)
    }
    for (const id of ofSymbol.ids) kept.add(id)
    // It may be the symbol's mark.
    const last = Number.isFinite(lastAt) ? book.ledgers.get(symbol)?.lastFillAt(lastAt)?.executionId : undefined
    if (last !== undefined) kept.add(last)
  }
  for (const id of ofBook.ids) kept.add(id)
  return kept
}

/** What came first of each of several kinds; of equals the first that was offered. */
class Firsts {
  readonly #known = new Map<string, { readonly id: string; readonly at: EpochMs }>()

  offer(kind: string, id: string, at: EpochMs | undefined): void {
    if (at !== undefined && at < (this.#known.get(kind)?.at ?? Number.POSITIVE_INFINITY))
      this.#known.set(kind, { id, at })
  }

  get ids(): string[] {
    return [...this.#known.values()].map(({ id }) => id)
  }
}

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
  const firsts = new Firsts()
  const kept = new Set<string>()
  for (const [symbol, orders] of ordersOf) {
    for (const { row, fills } of orders) {
      const { executionId, submittedAt, endedAt = submittedAt } = row
      const [first, last] = [fills[0]?.at, fills.at(-1)?.at ?? submittedAt]
      const { order_records, broker_activities } = book.costEvidenceOf(executionId)
      firsts.offer(`submitted ${symbol}`, executionId, submittedAt)
      firsts.offer(`filled ${symbol}`, executionId, first)
      firsts.offer('begun', executionId, Math.min(submittedAt, endedAt, first ?? submittedAt))
      firsts.offer('over last', executionId, -Math.max(submittedAt, endedAt, last))
      firsts.offer('costs of records', executionId, order_records)
      firsts.offer('costs of activities', executionId, broker_activities)
      if (first !== undefined && first <= firstSnapshotAt) kept.add(executionId)
    }
    // It may be the symbol's mark.
    const lastAt = Math.max(...orders.flatMap(({ fills }) => fills.map(({ at }) => at)))
    const last = Number.isFinite(lastAt) ? book.ledgers.get(symbol)?.lastFillAt(lastAt)?.executionId : undefined
    if (last !== undefined) kept.add(last)
  }
  for (const id of firsts.ids) kept.add(id)
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

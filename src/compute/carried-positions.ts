import { bookId } from '../domain/book.js'
import type { ExecutionFact, Fact, OpeningPositionFact } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import type { Portfolio } from './portfolio.js'
import { longestReach } from './price-demand.js'

/** What frames from an instant on need of the past of ledgers: positions instead of the orders that made them. */
export interface CarriedPositions {
  readonly openings: readonly OpeningPositionFact[]
  /** Whether an order is in them, so that it need not be told. */
  isCarried(order: ExecutionFact): boolean
}

/**
 * The positions of all books where the longest window of an instant begins, and which orders they stand for: those that
 * had ended by then. A symbol whose position is not known by then is left to its orders.
 */
export function carriedPositions(portfolio: Portfolio, from: EpochMs): CarriedPositions {
  const openings = new Map<string, OpeningPositionFact>()
  const keyOf = (book: { strategyId: string; account: string }, symbol: string) => `${bookId(book)}\u0000${symbol}`
  for (const book of portfolio.books.values()) {
    const { strategyId, account } = book.description
    const at = longestReach(book, from)
    if (!Number.isFinite(at)) continue
    for (const [symbol, ledger] of book.ledgers) {
      if ((ledger.firstFillAt ?? Number.POSITIVE_INFINITY) > at || ledger.isUnknownAfter(at)) continue
      const { quantity: qty, cost } = ledger.stateAt(at)
      openings.set(keyOf(book.description, symbol), {
        ...{ fact: 'opening_position', at, strategyId, account, symbol, qty, cost },
        ...{ knownAt: undefined, revision: undefined, openedAt: undefined },
      })
    }
  }
  return {
    openings: [...openings.values()],
    isCarried({ strategyId, account, symbol, endedAt }) {
      if (strategyId === undefined || endedAt === undefined) return false
      const opening = openings.get(keyOf({ strategyId, account }, symbol))
      return opening !== undefined && endedAt <= opening.at
    },
  }
}

/**
 * Facts without the orders that are carried, and their fills. Two kinds of them stay, since they say more than positions:
 * the last fill of a symbol, which may be its mark, and the first order of an account that names costs, which tells
 * where its costs come from. They move no position that begins later.
 */
export function withoutCarried(facts: readonly Fact[], { isCarried }: CarriedPositions): Fact[] {
  const orders = facts.filter((fact) => fact.fact === 'execution')
  const withCosts = new Map<string, ExecutionFact>()
  const lastFills = new Map<string, ExecutionFact>()
  for (const order of orders) {
    const { account, costs, strategyId = '', symbol, filledQty } = order
    const first = withCosts.get(account)
    if (costs !== undefined && (first === undefined || isEarlier(order, first))) withCosts.set(account, order)
    if (filledQty === 0n || !isCarried(order)) continue
    const key = `${bookId({ strategyId, account })}\u0000${symbol}`
    const last = lastFills.get(key)
    if (last === undefined || isEarlier(last, order)) lastFills.set(key, order)
  }
  const kept = new Set([...withCosts.values(), ...lastFills.values()])
  const gone = new Set(
    orders.filter((order) => isCarried(order) && !kept.has(order)).map(({ executionId }) => executionId),
  )
  return facts.filter((fact) => !('executionId' in fact) || !gone.has(fact.executionId))
}

/** In the order of their fills. */
function isEarlier(a: ExecutionFact, b: ExecutionFact): boolean {
  const [filledA, filledB] = [a.filledAt ?? a.submittedAt, b.filledAt ?? b.submittedAt]
  if (filledA !== filledB) return filledA < filledB
  return a.submittedAt !== b.submittedAt ? a.submittedAt < b.submittedAt : a.executionId < b.executionId
}

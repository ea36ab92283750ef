import { bookId } from '../domain/book.js'
import type { ExecutionFact, Fact, OpeningPositionFact } from '../domain/facts.js'
import type { EpochMs } from '../domain/time.js'
import type { SymbolLedger } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import { tripFields } from './carried-trip.js'
import type { Portfolio } from './portfolio.js'
import { longestReach } from './price-demand.js'

/** What frames from an instant on need of the past of ledgers: positions instead of the orders that made them. */
export interface CarriedPositions {
  readonly openings: readonly OpeningPositionFact[]
  /** Whether an order is in them, so that it need not be told. */
  isCarried(order: ExecutionFact): boolean
}

/**
 * The positions of all books at the last snapshot before the longest window of an instant, and which orders they stand
 * for: those that had ended by then. A symbol whose position is not known by then, or that snapshots ever put right, is
 * left to its orders.
 */
export function carriedPositions(portfolio: Portfolio, from: EpochMs): CarriedPositions {
  const openings = new Map<string, OpeningPositionFact>()
  const keyOf = (book: { strategyId: string; account: string }, symbol: string) => `${bookId(book)}\u0000${symbol}`
  for (const { books, observations } of portfolio.accounts.values()) {
    // Whoever shares an account asks who had orders there in his own longest window.
    const reach = Math.min(...[...books.values()].map((book) => longestReach(book, from)))
    if (!Number.isFinite(reach)) continue
    // What the window earned is also held against the snapshot before it.
    const at = observations.latestAt(reach)?.at ?? reach
    for (const [book, symbol, ledger] of ledgersOf(books.values())) {
      const isKnown = (ledger.firstFillAt ?? Number.POSITIVE_INFINITY) <= at && !ledger.isUnknownAfter(at)
      if (!isKnown || isTaught(ledger, at)) continue
      const { strategyId, account } = book.description
      const { quantity: qty, cost, largest } = ledger.stateAt(at)
      const trip = book.roundTripsOf(symbol, ledger).openAt(at)
      openings.set(keyOf(book.description, symbol), {
        ...{ fact: 'opening_position', at, strategyId, account, symbol, qty, cost },
        ...{ knownAt: undefined, revision: undefined, largestQty: largest, ...tripFields(trip) },
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

function* ledgersOf(books: Iterable<Book>): Generator<readonly [Book, string, SymbolLedger]> {
  for (const book of books) for (const [symbol, ledger] of book.ledgers) yield [book, symbol, ledger]
}

/** Corrections are priced by marks of their time, which a recording may not hold. */
function isTaught({ opening, adjustments }: SymbolLedger, at: EpochMs): boolean {
  return adjustments.length > 0 || (opening.kind === 'snapshot' && opening.at > at)
}

/**
 * Facts without the orders that are carried, and their fills. Some of them stay, since they say more than positions: the
 * last fill of a symbol, which may be its mark, and the first orders of an account that name costs themselves or in their
 * fills, which tell where its costs come from. They move no position that begins later.
 */
export function withoutCarried(facts: readonly Fact[], { isCarried }: CarriedPositions): Fact[] {
  const orders = new Map(facts.flatMap((fact) => (fact.fact === 'execution' ? [[fact.executionId, fact]] : [])))
  const kept = new Firsts()
  const lastFills = new Map<string, ExecutionFact>()
  for (const order of orders.values()) {
    const { account, costs, strategyId = '', symbol, filledQty } = order
    const book = bookId({ strategyId, account })
    if (costs !== undefined) kept.offer(`costs ${account}`, order)
    if (filledQty === 0n || !isCarried(order)) continue
    const key = `${book}\u0000${symbol}`
    const last = lastFills.get(key)
    if (last === undefined || isEarlier(last, order)) lastFills.set(key, order)
  }
  for (const fact of facts) {
    const order = fact.fact === 'fill' && fact.costs !== undefined ? orders.get(fact.executionId) : undefined
    if (order !== undefined) kept.offer(`costs of fills ${order.account}`, order)
  }
  const told = new Set([...kept.orders, ...lastFills.values()])
  const gone = new Set([...orders.values()].filter((order) => isCarried(order) && !told.has(order)))
  return facts.filter((fact) => {
    const order = 'executionId' in fact ? orders.get(fact.executionId) : undefined
    return order === undefined || !gone.has(order)
  })
}

/** The first order of each of several kinds. */
class Firsts {
  readonly #known = new Map<string, ExecutionFact>()

  offer(kind: string, order: ExecutionFact): void {
    const first = this.#known.get(kind)
    if (first === undefined || isEarlier(order, first)) this.#known.set(kind, order)
  }

  get orders(): Iterable<ExecutionFact> {
    return this.#known.values()
  }
}

/** In the order of their fills. */
function isEarlier(a: ExecutionFact, b: ExecutionFact): boolean {
  const [filledA, filledB] = [a.filledAt ?? a.submittedAt, b.filledAt ?? b.submittedAt]
  if (filledA !== filledB) return filledA < filledB
  return a.submittedAt !== b.submittedAt ? a.submittedAt < b.submittedAt : a.executionId < b.executionId
}

import type { OpeningPositionFact } from '../../domain/facts.js'
import type { EpochMs } from '../../domain/time.js'
import { readOnce } from '../../lib/read-once.js'
import { type Account, quantityIn } from '../account.js'
import type { SymbolLedger } from '../accumulators/symbol-ledger.js'
import type { Book, ToldOrder } from '../book.js'
import { tripFields } from '../carried-trip.js'
import { endOf } from '../execution/order-parts.js'
import { plus } from '../inputs/digest.js'
import type { Portfolio } from '../portfolio.js'
import { firstOrderOfOthers, wholeLots } from '../rebases.js'
import type { BookCheckpoint, SparedSymbol } from './checkpoint.js'
import { keptOf } from './kept-orders.js'
import { firstOrdersUpTo } from './soundness.js'

/**
 * The ledgers of a book at an instant that no window reaches any more; undefined where there is nothing to spare.
 *
 * A symbol is left to its orders where what it was by then rests on more than them: on what snapshots taught, whose marks
 * may be others later; on a position that nobody traded; on an order that was not over.
 */
export function takeCheckpoint(portfolio: Portfolio, book: Book, at: EpochMs): BookCheckpoint | undefined {
  portfolio.settle()
  const account = portfolio.accountOf(book)
  // How ledgers begin is told by the first snapshot.
  if ((account.firstSnapshot?.at ?? Number.POSITIVE_INFINITY) > at) return undefined
  const checkpoint = checkpointOf(portfolio, account, book, at)
  return checkpoint.symbols.length > 0 ? checkpoint : undefined
}

function checkpointOf(portfolio: Portfolio, account: Account, book: Book, at: EpochMs): BookCheckpoint {
  const { strategyId, account: label, calendar } = book.description
  const over = new Map<string, ToldOrder[]>()
  const unsettled = new Set<string>()
  for (const order of book.toldOrders()) {
    const { symbol } = order.row
    if (isOver(order, at)) readOnce(over, symbol, () => []).push(order)
    else if (order.fills.some((fill) => fill.at <= at)) unsettled.add(symbol)
  }
  const isSpared = (symbol: string) => !unsettled.has(symbol) && isPlain(portfolio, account, book, symbol, at)
  const spared = [...over].filter(([symbol]) => isSpared(symbol))
  const kept = keptOf(book, new Map(spared), account.firstSnapshot?.at ?? at)
  const before = book.base?.checkpoint.symbols.map(({ symbol }) => symbol) ?? []
  const symbols = new Set([...spared.map(([symbol]) => symbol), ...before.filter(isSpared)])
  return {
    ...{ strategyId, account: label, calendar, at },
    symbols: [...symbols].flatMap((symbol) => {
      const orders = (over.get(symbol) ?? []).filter(({ row }) => !kept.has(row.executionId))
      return sparedSymbol(portfolio, book, symbol, orders, at) ?? []
    }),
    kept: [...kept],
    keptDigest: [...kept].reduce((total, id) => plus(total, book.digestOfOrder(id)), 0n),
    firstOrders: firstOrdersUpTo(account, at),
    snapshotsDigest: account.snapshotsDigestUpTo(at),
  }
}

/** Whether an order was over at an instant, with all that has been told of it until now. */
function isOver(order: ToldOrder, at: EpochMs): boolean {
  const { row, fills, evidence, isWaiting } = order
  const endedAt = endOf(order)
  if (isWaiting || endedAt === undefined) return false
  const { submittedAt, filledAt = submittedAt } = row
  if (Math.max(submittedAt, filledAt, endedAt) > at) return false
  return fills.every((fill) => fill.at <= at) && evidence.every((fill) => fill.at <= at)
}

/** Whether the position of a symbol at an instant is what its fills came to since it was flat, and nothing else. */
function isPlain(portfolio: Portfolio, account: Account, book: Book, symbol: string, at: EpochMs): boolean {
  const ledger = book.ledgers.get(symbol)
  if (ledger === undefined || !hasBegun(book, symbol, ledger, at)) return true
  const isOfFills = ledger.opening.kind === 'flat' || book.base?.openingOf(symbol) !== undefined
  if (!isOfFills || ledger.adjustments.some((adjustment) => adjustment.at <= at)) return false
  if (portfolio.hasUnpricedRebase(book, symbol, at) || !isExplained(account, symbol)) return false
  // Snapshots that show something else may be about to teach it.
  const seenAt = account.positions.at(account.positions.indexAt(at))
  if (seenAt === undefined || seenAt >= firstOrderOfOthers(book, account)) return true
  return wholeLots(account.positions.shownAt(symbol, seenAt), ledger).quantity === ledger.stateAt(seenAt).quantity
}

function hasBegun(book: Book, symbol: string, ledger: SymbolLedger, at: EpochMs): boolean {
  return (ledger.firstFillAt ?? Number.POSITIVE_INFINITY) <= at || book.base?.openingOf(symbol) !== undefined
}

/** Whether the first snapshot shows exactly what was filled until then: whoever trades the symbol later changes nothing. */
function isExplained(account: Account, symbol: string): boolean {
  const first = account.firstSnapshot
  if (first === undefined) return false
  let filled = 0n
  for (const { ledgers } of account.books.values()) filled += ledgers.get(symbol)?.filledUpTo(first.at) ?? 0n
  return filled === quantityIn(first, symbol)
}

/** Undefined where nothing is spared. */
function sparedSymbol(
  { instruments }: Portfolio,
  book: Book,
  symbol: string,
  orders: readonly ToldOrder[],
  at: EpochMs,
): SparedSymbol | undefined {
  const before = book.base?.sparedOf(symbol)
  const ids = [...(before?.orders ?? []), ...orders.map(({ row }) => row.executionId)]
  if (ids.length === 0) return undefined
  const digest = orders.reduce(
    (total, { row }) => plus(total, book.digestOfOrder(row.executionId)),
    before?.digest ?? 0n,
  )
  return { symbol, instrument: instruments.digestOf(symbol), opening: openingAt(book, symbol, at), orders: ids, digest }
}

function openingAt(book: Book, symbol: string, at: EpochMs): OpeningPositionFact | undefined {
  const ledger = book.ledgers.get(symbol)
  if (ledger === undefined || !hasBegun(book, symbol, ledger, at)) return undefined
  const { strategyId, account } = book.description
  const { quantity: qty, cost, largest } = ledger.stateAt(at)
  return {
    ...{ fact: 'opening_position', at, strategyId, account, symbol, qty, cost },
    ...{ knownAt: undefined, revision: undefined, largestQty: largest },
    ...tripFields(book.roundTripsOf(symbol, ledger).openAt(at)),
  }
}

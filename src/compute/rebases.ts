import type { BookKey } from '../domain/book.js'
import { absolute, type PriceE8, type QuantityE9 } from '../domain/exact.js'
import { DAY_MS, type EpochMs } from '../domain/time.js'
import { readOnce } from '../lib/read-once.js'
import type { Account } from './account.js'
import type { Adjustment, LedgerState, SymbolLedger } from './accumulators/symbol-ledger.js'
import type { Book } from './book.js'
import type { MarketNews } from './market.js'
import { marketValue } from './market-value.js'
import type { Shown } from './position-history.js'

/** Consecutive snapshots that have to agree before they outweigh the fills. */
const SNAPSHOTS_NEEDED = 3
/** While an order younger than this is open, a difference may be its fills, not told yet. */
const YOUNG_ORDER_MS = DAY_MS
/** A fee in kind takes at most one part in this many of the round trip's largest quantity. */
const FEE_IN_KIND_DIVISOR = 200n
/** A split changes the quantity by more than one part in this many … */
const SPLIT_QUANTITY_DIVISOR = 20n
/** … and what the position cost by at most one part in this many. */
const SPLIT_COST_DIVISOR = 200n

/** A correction as it is counted. */
export interface NewRebase extends BookKey {
  readonly kind: Adjustment['kind']
}

export type PriceNews = Pick<MarketNews, 'latest' | 'quoted' | 'corrected'>

/** What was learnt of a symbol that prices may make another. */
interface RestingOnPrices {
  /** Whether a mark is part of it. */
  readonly isMarked: boolean
  /** Where rows of three ended that nobody could price, ascending: a price that comes late does. */
  readonly unpriced: readonly EpochMs[]
}

export interface RebasesOptions {
  /** T at the start: what snapshots before it taught is history, and counted by nobody again. */
  readonly startAt: EpochMs
  /** The mark of a symbol for a book at an instant. */
  readonly markAt: (book: Book, symbol: string, at: EpochMs) => PriceE8 | undefined
  /** Told of each book whose positions are others from an instant on. */
  readonly onChange: (book: Book, from: EpochMs) => void
}

/**
 * Keeps the ledgers of books that have their account to themselves at what the account's snapshots show.
 *
 * Fills do not prove positions: they can be closed, split or taxed in coin outside the tables. When three snapshots in a
 * row show the same quantity, and another one than the ledger has at each of them, the ledger takes it at the third. All
 * of it is a function of the facts: whatever comes late or is corrected redoes what follows, and a rebase that late fills
 * explain is gone.
 * Source: METRICS section 1, "Rebase", and fine print 1 and 15.
 */
export class Rebases {
  readonly #options: RebasesOptions
  /** From when on the positions of a symbol have to be compared again. */
  readonly #unsettled = new Map<Account, Map<string, EpochMs>>()
  readonly #unsettledAccounts = new Map<Account, EpochMs>()
  readonly #counted = new Set<string>()
  #new: NewRebase[] = []
  /** By book and symbol, where there is any such. */
  readonly #restingOnPrices = new Map<Book, Map<string, RestingOnPrices>>()

  constructor(options: RebasesOptions) {
    this.#options = options
  }

  unsettle(account: Account, symbol: string, from: EpochMs): void {
    const symbols = readOnce(this.#unsettled, account, () => new Map<string, EpochMs>())
    if (from < (symbols.get(symbol) ?? Number.POSITIVE_INFINITY)) symbols.set(symbol, from)
  }

  /** The same for everything that is traded in an account. */
  unsettleAll(account: Account, from: EpochMs): void {
    this.#unsettledAccounts.set(account, Math.min(from, this.#unsettledAccounts.get(account) ?? from))
  }

  /** Whether snapshots up to an instant would have taught something of a symbol if it had had a price then. */
  hasUnpriced(book: Book, symbol: string, at: EpochMs): boolean {
    return (
      this.#restingOnPrices
        .get(book)
        ?.get(symbol)
        ?.unpriced.some((end) => end <= at) ?? false
    )
  }

  /** A book is there no more. */
  forget(book: Book): void {
    this.#restingOnPrices.delete(book)
  }

  /** What came to be known since the last call, each correction once. */
  takeNew(): readonly NewRebase[] {
    const taken = this.#new
    this.#new = []
    return taken
  }

  /** Prices are others: what was booked at a mark that is another one now, or at none for want of one, is booked again. */
  reprice(news: PriceNews, accountOf: (book: Book) => Account): void {
    for (const [book, symbols] of this.#restingOnPrices)
      for (const [symbol, { isMarked, unpriced }] of symbols) {
        const from = pricesChangedFrom(news, symbol)
        if (from === Number.POSITIVE_INFINITY) continue
        const isOther = ({ at, price }: MarkedAdjustment) => price !== this.#markAt(book, symbol, at)
        const adjustments = isMarked ? (book.ledgers.get(symbol)?.adjustments ?? []) : []
        const remarked = adjustments.find((adjustment) => isMarkedAt(adjustment) && isOther(adjustment))?.at
        const priced = unpriced.find((at) => at >= from && this.#markAt(book, symbol, at) !== undefined)
        const first = Math.min(remarked ?? Number.POSITIVE_INFINITY, priced ?? Number.POSITIVE_INFINITY)
        if (Number.isFinite(first)) this.unsettle(accountOf(book), symbol, first)
      }
  }

  settle(): void {
    while (this.settleOne());
  }

  /** Settles one symbol of one account; false when there was none. */
  settleOne(): boolean {
    for (const [account, from] of this.#unsettledAccounts)
      for (const book of account.books.values())
        for (const symbol of book.ledgers.keys()) this.unsettle(account, symbol, from)
    this.#unsettledAccounts.clear()
    const [next] = this.#unsettled
    if (next === undefined) return false
    const [account, symbols] = next
    const [first] = symbols
    if (first === undefined) this.#unsettled.delete(account)
    else {
      const [symbol, from] = first
      symbols.delete(symbol)
      for (const book of account.books.values()) {
        const ledger = book.ledgers.get(symbol)
        const aloneUntil = firstOrderOfOthers(book, account)
        if (ledger !== undefined) this.#compare({ account, book, symbol, ledger, from, aloneUntil })
      }
    }
    return true
  }

  #compare(comparison: Comparison): void {
    const { account, book, symbol, ledger, from, aloneUntil } = comparison
    const { positions } = account
    let changedFrom = ledger.dropAdjustmentsFrom(from) ?? Number.POSITIVE_INFINITY
    const begins = beginningOf(ledger)
    const before = this.#restingOnPrices.get(book)?.get(symbol)
    const unpriced = (before?.unpriced ?? []).filter((at) => at < from)
    // What the last two snapshots before showed is part of a row of three, unless a row ended with them.
    const settledTo = positions.indexAt(from - 1)
    const lastEnd = Math.max(begins - 1, unpriced.at(-1) ?? Number.NEGATIVE_INFINITY)
    let index = Math.max(0, settledTo - SNAPSHOTS_NEEDED + 2, positions.indexAt(lastEnd) + 1)
    let row: { readonly quantity: QuantityE9; length: number } | undefined
    for (;;) {
      const at = positions.at(index)
      if (at === undefined || at >= aloneUntil) break
      const shown = wholeLots(positions.shownAt(symbol, at), ledger)
      const held = ledger.stateAt(at)
      if (shown.quantity === held.quantity) {
        row = undefined
        const next = Math.min(ledger.nextChangeAfter(at), positions.nextChangeAfter(symbol, at))
        if (!Number.isFinite(next)) break
        index = Math.max(index + 1, positions.indexAt(next - 1) + 1)
        continue
      }
      if (row?.quantity !== shown.quantity) row = { quantity: shown.quantity, length: 0 }
      row.length += 1
      if (row.length >= SNAPSHOTS_NEEDED && index > settledTo && !hasYoungOrder(account, symbol, at)) {
        const adjustment = this.#adjustmentOf(comparison, shown, held, at)
        if (adjustment !== undefined) {
          ledger.adjust(adjustment)
          this.#count(comparison, adjustment)
          changedFrom = Math.min(changedFrom, at)
        } else unpriced.push(at)
        row = undefined
      }
      index += 1
    }
    this.#remember(book, symbol, { isMarked: ledger.adjustments.some(isMarkedAt), unpriced })
    if (Number.isFinite(changedFrom)) this.#options.onChange(book, changedFrom)
  }

  /** Fee in kind, split, rebase: the first that fits. */
  #adjustmentOf(
    { account, book, symbol, ledger }: Comparison,
    { quantity, avgEntryPrice }: Shown,
    held: LedgerState,
    at: EpochMs,
  ): Adjustment | undefined {
    const told = account.prices(symbol)?.latestAt(at)
    const own = avgEntryPrice ?? (told?.at === at ? told.priceE8 : undefined)
    const price = this.#markAt(book, symbol, at) ?? own
    const isFee =
      book.calendar.name === '24x7' &&
      quantity >= 0n &&
      quantity < held.quantity &&
      (held.quantity - quantity) * FEE_IN_KIND_DIVISOR <= held.largest
    if (isFee && price !== undefined) return { kind: 'fee_in_kind', at, quantity, price }
    const cost = own === undefined ? undefined : marketValue(quantity, own, ledger.terms.multiplier)
    if (cost !== undefined && isSplit(held, quantity, cost)) return { kind: 'split', at, quantity, cost }
    return price === undefined ? undefined : { kind: 'rebase', at, quantity, price }
  }

  #count({ account, book, symbol }: Comparison, { at, kind }: Adjustment): void {
    const key = `${book.description.strategyId} ${account.label} ${symbol} ${at}`
    if (at <= this.#options.startAt || this.#counted.has(key)) return
    this.#counted.add(key)
    this.#new.push({ strategyId: book.description.strategyId, account: account.label, kind })
  }

  #markAt(book: Book, symbol: string, at: EpochMs): PriceE8 | undefined {
    return this.#options.markAt(book, symbol, at)
  }

  #remember(book: Book, symbol: string, resting: RestingOnPrices): void {
    const symbols = this.#restingOnPrices.get(book) ?? new Map<string, RestingOnPrices>()
    if (resting.isMarked || resting.unpriced.length > 0) symbols.set(symbol, resting)
    else symbols.delete(symbol)
    if (symbols.size > 0) this.#restingOnPrices.set(book, symbols)
    else this.#restingOnPrices.delete(book)
  }
}

interface Comparison {
  readonly account: Account
  readonly book: Book
  readonly symbol: string
  readonly ledger: SymbolLedger
  readonly from: EpochMs
  readonly aloneUntil: EpochMs
}

type MarkedAdjustment = Exclude<Adjustment, { kind: 'split' }>

function isMarkedAt(adjustment: Adjustment): adjustment is MarkedAdjustment {
  return adjustment.kind !== 'split'
}

/** The first instant at which a mark may be another one. */
function pricesChangedFrom({ latest, quoted, corrected }: PriceNews, symbol: string): EpochMs {
  const [late = Number.POSITIVE_INFINITY] = corrected.get(symbol) ?? []
  return Math.min(late, latest.get(symbol) ?? Number.POSITIVE_INFINITY, quoted.get(symbol) ?? Number.POSITIVE_INFINITY)
}

/** A position that nobody traded belongs to no book, and one that nobody can know is compared with nothing. */
function beginningOf(ledger: SymbolLedger): EpochMs {
  const { opening, firstFillAt = Number.POSITIVE_INFINITY } = ledger
  if (opening.kind === 'unknown') return Math.max(firstFillAt, opening.until ?? Number.POSITIVE_INFINITY)
  return opening.kind === 'snapshot' ? opening.at : firstFillAt
}

export function firstOrderOfOthers(book: Book, account: Account): EpochMs {
  let first = Number.POSITIVE_INFINITY
  for (const other of account.books.values())
    if (other !== book) first = Math.min(first, other.submissions.first ?? Number.POSITIVE_INFINITY)
  return first
}

function hasYoungOrder(account: Account, symbol: string, at: EpochMs): boolean {
  const books = [...account.books.values(), ...(account.orphans === undefined ? [] : [account.orphans])]
  return books.some((book) => book.openOrders.hasOpen(symbol, at, YOUNG_ORDER_MS))
}

/** What is smaller than a lot is flat, in the ledger and so in what it is compared with. */
export function wholeLots(shown: Shown, { terms }: SymbolLedger): Shown {
  return absolute(shown.quantity) < terms.lotSize ? { ...shown, quantity: 0n } : shown
}

function isSplit(held: LedgerState, quantity: QuantityE9, cost: bigint): boolean {
  if (held.quantity === 0n || quantity === 0n || held.quantity > 0n !== quantity > 0n) return false
  const isOtherQuantity = absolute(quantity - held.quantity) * SPLIT_QUANTITY_DIVISOR > absolute(held.quantity)
  return isOtherQuantity && absolute(cost - held.cost) * SPLIT_COST_DIVISOR <= absolute(held.cost)
}

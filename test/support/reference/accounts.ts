import type { Calendar } from '../../../src/domain/calendar.js'
import type { Fact } from '../../../src/domain/facts.js'
import type { Reason } from '../../../src/domain/metric.js'
import type { EpochMs } from '../../../src/domain/time.js'
import { WINDOWS, type Window } from '../../../src/domain/window.js'
import { ReferenceAccount } from './equity-account.js'
import { AloneEquity } from './equity-alone.js'
import { divide, magnitude, money, sum } from './exact.js'
import { type Answer, Knowledge, QUANTITY_ONE, type ReferenceFill, type ReferenceOptions } from './knowledge.js'
import { pinsOf } from './pins.js'
import { ReferencePnl } from './pnl.js'
import { maxDrawdown } from './wealth.js'
import { startOf } from './windows.js'

export type ReferenceAccountAnswers = Readonly<Record<Window, Readonly<Record<string, Answer>>>>

/** The gauges of accounts once more, as plainly as they can be written; every book is taken to be live. By account. */
export function referenceAccountsAt(
  at: EpochMs,
  facts: readonly Fact[],
  options: ReferenceOptions,
): ReadonlyMap<string, ReferenceAccountAnswers> {
  const known = new Knowledge(at, facts, options)
  const pins = pinsOf(known)
  const labels = new Set([...known.books.values()].map(({ account }) => account))
  return new Map(
    [...labels].map((label) => {
      const books = [...known.books.values()]
        .filter(({ account }) => account === label)
        .map((key) => new ReferencePnl(known, key, pins))
      const reader = new AccountReader(known, label, books)
      const answers = WINDOWS.map((window) => [window, reader.answers(window)])
      return [label, Object.fromEntries(answers) as ReferenceAccountAnswers]
    }),
  )
}

const RANKED: readonly Reason[] = ['currency', 'missing_mark', 'unknown_opening_position']

class AccountReader {
  readonly #known: Knowledge
  readonly #label: string
  readonly #books: readonly ReferencePnl[]
  /** Of its books one that never closes, only where all are so; it lends its calendar and its view of prices. */
  readonly #first: ReferencePnl
  readonly #calendar: Calendar
  readonly #account: ReferenceAccount

  constructor(known: Knowledge, label: string, books: readonly ReferencePnl[]) {
    const calendarOf = ({ key }: ReferencePnl) => known.calendarOf(key.strategyId)
    const first = books.find((book) => calendarOf(book).name === 'XNYS') ?? books[0]
    if (first === undefined) throw new Error(`no book in ${label}`)
    this.#known = known
    this.#label = label
    this.#books = books
    this.#first = first
    this.#calendar = calendarOf(first)
    this.#account = new ReferenceAccount(known, label, this.#calendar, (symbol, at) => this.#markOf(symbol, at))
  }

  answers(window: Window): Record<string, Answer> {
    const net = this.#net(window)
    const equity = this.#account.equityAt(this.#known.at)
    const isForeign = this.#books.some((book) => book.markedAt(this.#known.at) === 'currency')
    return {
      account_equity: isForeign ? 'currency' : equity === undefined ? 'no_equity' : money(equity),
      account_gross_exposure: this.#grossExposure(),
      account_net_pnl: typeof net === 'string' ? net : money(net),
      account_max_drawdown: net === 'currency' ? 'currency' : this.#isFlat(window) ? 0 : this.#drawdown(window),
    }
  }

  #markOf(symbol: string, at: EpochMs): bigint | undefined {
    return this.#first.prices.at(symbol, this.#fillsOf(symbol), at)
  }

  #fillsOf(symbol: string): ReferenceFill[] {
    return this.#known.fills.filter(({ order }) => order.account === this.#label && order.symbol === symbol)
  }

  /** Everything that the broker charged without an order comes off once. */
  #net(window: Window): bigint | Reason {
    const { at, cashFlows } = this.#known
    const results = this.#books.map((book) => this.#earned(window, book))
    const reason = RANKED.find((candidate) => results.includes(candidate))
    if (reason !== undefined) return reason
    const start = startOf(window, this.#calendar, this.#known)
    const fees = cashFlows.filter(
      (flow) =>
        flow.account === this.#label &&
        flow.kind === 'fee' &&
        flow.qty === undefined &&
        flow.at > start &&
        flow.at <= at,
    )
    const charged = this.#first.costs.source === 'broker_activities' ? sum(fees.map(({ amount }) => amount)) : 0n
    return sum(results.map((result) => (typeof result === 'string' ? 0n : result))) + charged
  }

  #earned(window: Window, book: ReferencePnl): bigint | Reason {
    const { at } = this.#known
    const start = startOf(window, this.#known.calendarOf(book.key.strategyId), this.#known)
    const gross = book.grossBetween(start, book.markedAtStart(start), at, book.markedAt(at))
    const earned = gross !== 'currency' && book.isFlatSince(start) ? 0n : gross
    if (typeof earned === 'string') return earned
    return earned - book.costs.ofOrders(start, at) - book.positions.feesInKindIn(start, at)
  }

  #grossExposure(): Answer {
    const values: bigint[] = []
    for (const [symbol, quantity] of this.#quantities()) {
      const { currency, multiplier } = this.#known.termsOf(symbol)
      if (currency !== 'USD') return 'currency'
      const mark = this.#markOf(symbol, this.#known.at)
      values.push(mark === undefined ? MISSING : magnitude(divide(quantity * mark * multiplier, QUANTITY_ONE)))
    }
    return values.includes(MISSING) ? 'missing_mark' : money(sum(values))
  }

  /** Currencies first, so that a missing mark does not hide them. */
  #quantities(): [string, bigint][] {
    const { at } = this.#known
    const own = new Map<string, bigint>()
    for (const { positions, key, fillsOf, symbols } of this.#books.map(asOwner)) {
      const since = this.#known.calendarOf(key.strategyId).sessionBefore(at, 20).opensAt
      const held = new Map(positions.held(at).map(({ symbol, quantity }) => [symbol, quantity]))
      const adjusted = positions.adjustmentsIn(since, at).map(({ symbol }) => symbol)
      for (const symbol of symbols) {
        const isTraded = fillsOf(symbol).some((fill) => fill.at > since && fill.at <= at) || adjusted.includes(symbol)
        if (isTraded || held.has(symbol)) own.set(symbol, (own.get(symbol) ?? 0n) + (held.get(symbol) ?? 0n))
      }
    }
    for (const { positions, symbols } of this.#books.map(asOwner))
      for (const symbol of symbols) if (positions.isUnknownAfter(symbol, at)) own.delete(symbol)
    const shown = this.#account.snapshots.filter((snapshot) => snapshot.at <= at).at(-1)?.positions ?? []
    const nobodys = shown
      .filter(({ symbol }) => !own.has(symbol))
      .map(({ symbol, qty }): [string, bigint] => [symbol, qty])
    const isForeign = ([symbol]: [string, bigint]) => this.#known.termsOf(symbol).currency !== 'USD'
    const all = [...own, ...nobodys].filter(([, quantity]) => quantity !== 0n)
    return [...all.filter(isForeign), ...all.filter((position) => !isForeign(position))]
  }

  #isFlat(window: Window): boolean {
    const { at } = this.#known
    const start = startOf(window, this.#calendar, this.#known)
    const before = this.#account.snapshots.filter((snapshot) => snapshot.at <= start).at(-1)
    const since = this.#known.snapshotsOf(this.#label).filter((snapshot) => snapshot.at > start && snapshot.at <= at)
    const isShown = [...(before === undefined ? [] : [before]), ...since].some(({ positions }) =>
      positions.some(({ qty }) => qty !== 0n),
    )
    const startOfBook = ({ key }: ReferencePnl) => startOf(window, this.#known.calendarOf(key.strategyId), this.#known)
    return !isShown && this.#books.every((book) => book.isFlatSince(startOfBook(book)))
  }

  #drawdown(window: Window): Answer {
    const curve = new AloneEquity(this.#first, this.#account).curve(startOf(window, this.#calendar, this.#known))
    if (typeof curve === 'string') return curve
    return curve.length < 2 ? 'too_few_observations' : maxDrawdown(curve)
  }
}

/** No value is below 0. */
const MISSING = -1n

function asOwner(book: ReferencePnl) {
  const { positions, key } = book
  return { positions, key, symbols: positions.symbols, fillsOf: (symbol: string) => book.fillsOf(symbol) }
}

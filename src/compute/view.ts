import type { Calendar } from '../domain/calendar.js'
import type { MoneyE17, PriceE8, QuantityE9 } from '../domain/exact.js'
import type { Feed } from '../domain/ports.js'
import type { ReturnRules } from '../domain/return-rules.js'
import type { EpochMs } from '../domain/time.js'
import type { Window } from '../domain/window.js'
import type { CostSource } from './costs.js'
import type { Review } from './decisions.js'
import type { BookEquity, WindowStart } from './equity/book-equity.js'
import type { ExecutionWindow } from './execution/channel.js'
import type { Mark } from './marks.js'
import type { WindowTrades } from './trades.js'
import type { Valuation } from './valuation.js'

/**
 * What a metric may look at: exact sums of one book at one T, ready to be combined.
 *
 * `flat`: nothing happened since the start and nothing was held; `idle`: nothing happened, positions may be held.
 */
export type Activity = 'flat' | 'idle' | 'active'

export interface MarkedPosition {
  readonly symbol: string
  readonly quantity: QuantityE9
  readonly cost: MoneyE17
  readonly mark: Mark
  /** Signed market value. */
  readonly value: MoneyE17
}

/** The bars that a book's returns are held against. */
export interface Benchmark {
  readonly symbol: string
  /** Its last close in (from, to], scaled as prices are; undefined where there is none. */
  readonly lastCloseIn: (from: EpochMs, to: EpochMs) => PriceE8 | undefined
}

/** The book at T, the same for every window. */
export interface LevelView {
  readonly at: EpochMs
  /** Since the latest session opened. */
  readonly activity: Activity
  readonly positions: Valuation<readonly MarkedPosition[]>
  /** Whether any symbol that a window can see is not quoted in USD. */
  readonly hasForeign: boolean
  /** Number of symbols held; needs no marks. */
  readonly heldCount: Valuation<number>
  readonly returnRules: ReturnRules
  /** Undefined where nobody says what returns are held against. */
  readonly benchmark: Benchmark | undefined
  /** Worked out when a metric asks for the first time. */
  readonly equity: () => BookEquity
  /** The newest review of a decision that the longest window can still see. */
  readonly review: Review | undefined
}

/** What a book did in a window. */
export interface WindowResult {
  readonly fillCount: number
  readonly tradedNotional: Valuation<MoneyE17>
  /** Of fills in the window, before costs. */
  readonly realized: Valuation<MoneyE17>
  /** The part of it that snapshots taught and no fill made. */
  readonly rebased: MoneyE17
  /** Costs of orders: with their fills, or at their end where they have none. */
  readonly orderCosts: MoneyE17
  /** Fees taken in coin, at the mark. */
  readonly feesInKind: Valuation<MoneyE17>
  /** The book's part of what the broker charged its account without naming an order. */
  readonly accountFees: MoneyE17
  /** Change of the unrealised result from start to T, positions taken over counted from their takeover. */
  readonly unrealizedChange: Valuation<MoneyE17>
}

/** The book in one window `(start, T]`. */
export interface WindowView extends WindowStart {
  readonly calendar: Calendar
  readonly level: LevelView
  readonly activity: Activity
  /** Worked out when a metric asks for the first time. */
  readonly result: () => WindowResult
  readonly costSource: CostSource | 'none'
  /** The round trips that were closed in the window; worked out when a metric asks for the first time. */
  readonly trades: () => WindowTrades
  /** What was done with orders in the window, or with those that one adapter took; worked out at the first call. */
  readonly execution: (adapter?: string) => ExecutionWindow
  /** Orders submitted in the window. */
  readonly orderCount: number
  /** Orders submitted in the window that name both adapters, and those that took another one than expected. */
  readonly routed: { readonly named: number; readonly fallbacks: number }
  readonly decisions: { readonly made: number; readonly vetoed: number }
}

/** What the feeds had in one window of the symbols that matter to the book. */
export interface CoverageView {
  readonly window: Window
  /** Sorted. */
  readonly symbols: readonly string[]
  /** Session minutes that ended in the window, and long enough ago to be complete; of each symbol. */
  readonly due: number
  /** The due minutes of each symbol in which a feed had no event, where there are any; by symbol. */
  readonly missing: Readonly<Record<Feed, readonly { readonly symbol: string; readonly missing: number }[]>>
}

import type { Calendar } from '../domain/calendar.js'
import type { EpochMs } from '../domain/time.js'
import { type Window, windowBounds } from '../domain/window.js'
import { readOnce } from '../lib/read-once.js'
import type { BookCosts } from './book-costs.js'
import { type PositionsOptions, positionsAt, type SeenLedgers } from './book-positions.js'
import type { Opening } from './equity/book-equity.js'
import type { EquityMemory } from './equity/equity-memory.js'
import type { Sharing } from './equity/sharing.js'
import type { ExecutionWindow } from './execution/channel.js'
import type { OrderFlow } from './execution/order-flow.js'
import { markAtStart } from './marks.js'
import { Kept, type Readings } from './readings.js'
import { tradesIn, type WindowTrades } from './trades.js'
import type { Valuation } from './valuation.js'
import type { Activity, LevelView, MarkedPosition, WindowResult, WindowView } from './view.js'
import { windowResultOf } from './window-result.js'

/** What a book is at T, for its windows to be read from. */
export interface BookSource extends PositionsOptions {
  readonly readings: Readings
  readonly memory: EquityMemory
  readonly level: () => LevelView
  readonly ledgers: () => SeenLedgers
  readonly costs: () => BookCosts
  readonly sharing: () => Sharing
  /** The orders, priced with what is known at T. */
  readonly flow: () => OrderFlow
}

/** What is counted in a window: all of it is another one only when something that happened comes in or leaves. */
interface Counts {
  readonly activity: Activity
  readonly orderCount: number
  readonly routed: WindowView['routed']
  readonly decisions: WindowView['decisions']
}

/** A stretch of a book's time up to T, and what the book earned in it. */
export class BookStretch {
  readonly #source: BookSource
  readonly #openingAt: (at: EpochMs) => Omit<Opening, 'window'>
  readonly #positions = new Kept<Valuation<readonly MarkedPosition[]>>()
  readonly #result = new Kept<WindowResult>()
  readonly #opening = new Kept<Omit<Opening, 'window'>>()

  /** `openingAt` tells where it starts when T is at an instant. */
  constructor(source: BookSource, openingAt: (at: EpochMs) => Omit<Opening, 'window'>) {
    this.#source = source
    this.#openingAt = openingAt
  }

  get opening(): Omit<Opening, 'window'> {
    const { readings } = this.#source
    return readings.atOnce(this.#opening, () => this.#openingAt(readings.at))
  }

  /**
   * What was held at the start, with the start's own marks. A start that stands still is marked once, until something of
   * the past changes.
   */
  positionsAtStart(): Valuation<readonly MarkedPosition[]> {
    const { readings, memory, level, ledgers } = this.#source
    return readings.of(this.#positions, () => {
      level()
      const { start, lead } = this.opening
      const changesAt = (at: EpochMs) => readings.changesAt(at + lead)
      for (const [, ledger] of ledgers()) changesAt(ledger.nextChangeAfter(start))
      const read = () => positionsAt(this.#source, { ledgers: ledgers(), at: start, read: markAtStart, changesAt })
      return Number.isFinite(lead) ? read() : memory.ofPast({ at: start, now: readings.at }, 'positions', read)
    })
  }

  /** What the book earned before and after costs, the start marked as a window's is. */
  result(): WindowResult {
    const { readings, level, ledgers, costs, sharing, currencyOf, book, account } = this.#source
    return readings.of(this.#result, () => {
      const { positions: now } = level()
      const { start, lead } = this.opening
      readings.changesAt(book.nextLooseCostAfter(start) + lead)
      readings.changesAt(account.flows.nextFeeAfter(start) + lead)
      const sources = { ledgers: ledgers(), costs: costs(), currencyOf, sharing: sharing(), now }
      return windowResultOf({ ...sources, atStart: this.positionsAtStart() }, start, readings.at)
    })
  }
}

/** A book in one window, or what of it one adapter did there. */
export class BookWindow implements WindowView {
  readonly result: () => WindowResult
  readonly trades: () => WindowTrades
  readonly execution: (adapter?: string) => ExecutionWindow
  readonly #source: BookSource
  readonly #stretch: BookStretch
  readonly #counts = new Kept<Counts>()
  readonly #trades = new Kept<WindowTrades>()
  readonly #executions = new Map<string | undefined, Kept<ExecutionWindow>>()

  constructor(
    readonly window: Window,
    source: BookSource,
  ) {
    this.#source = source
    this.#stretch = new BookStretch(source, (at) => {
      const { start, startHoldsUntil } = windowBounds(window, at, source.book.calendar, source.settings)
      // How much later than an instant at the start of the window T will be when the start gets there.
      return { start, lead: startHoldsUntil === undefined ? at - start : Number.POSITIVE_INFINITY }
    })
    this.result = () => this.#stretch.result()
    this.trades = () => source.readings.of(this.#trades, () => this.#readTrades())
    this.execution = (adapter) => {
      const kept = readOnce(this.#executions, adapter, () => new Kept<ExecutionWindow>())
      return source.readings.of(kept, () => this.#readExecution(adapter))
    }
  }

  get start(): EpochMs {
    return this.#stretch.opening.start
  }

  get lead(): number {
    return this.#stretch.opening.lead
  }

  get calendar(): Calendar {
    return this.#source.book.calendar
  }

  get level(): LevelView {
    return this.#source.level()
  }

  get costSource(): WindowView['costSource'] {
    return this.#source.costs().source
  }

  get activity(): Activity {
    return this.counts.activity
  }

  get orderCount(): number {
    return this.counts.orderCount
  }

  get routed(): WindowView['routed'] {
    return this.counts.routed
  }

  get decisions(): WindowView['decisions'] {
    return this.counts.decisions
  }

  /** Whatever is said of the window says so as long as this holds. */
  get counts(): Counts {
    return this.#source.readings.of(this.#counts, () => this.#readCounts())
  }

  positionsAtStart(): Valuation<readonly MarkedPosition[]> {
    return this.#stretch.positionsAtStart()
  }

  /** The same at this T, with the orders that one adapter took. */
  ofAdapter(adapter: string): WindowView {
    const { window, start, lead, calendar, level, costSource, result, trades } = this
    const { activity, orderCount, routed, decisions } = this.counts
    const common = { window, start, lead, calendar, level, costSource, result, trades }
    return { ...common, activity, orderCount, routed, decisions, execution: () => this.execution(adapter) }
  }

  #readCounts(): Counts {
    const { book, readings, level, ledgers } = this.#source
    level()
    const { start, lead } = this.#stretch.opening
    const { at } = readings
    for (const [, ledger] of ledgers()) readings.changesAt(ledger.nextChangeAfter(start) + lead)
    const { submissions, routing, decisions } = book
    return {
      activity: activityIn(this.#source, { start, lead }),
      // What follows is activity, and the horizon of that is theirs too.
      orderCount: submissions.countIn(start, at),
      routed: { named: routing.named.countIn(start, at), fallbacks: routing.fallbacks.countIn(start, at) },
      decisions: { made: decisions.made.countIn(start, at), vetoed: decisions.vetoed.countIn(start, at) },
    }
  }

  /** A trip ends with an entry of its ledger. */
  #readTrades(): WindowTrades {
    const { book, currencyOf, ledgers, costs, readings } = this.#source
    void this.counts
    return tradesIn({ from: this.start, to: readings.at }, costs().source, { book, ledgers: ledgers(), currencyOf })
  }

  /** Submits, fills, ends and decisions are activity. */
  #readExecution(adapter: string | undefined): ExecutionWindow {
    void this.counts
    return this.#source.flow().read(this.window, { from: this.start, to: this.#source.readings.at }, adapter)
  }
}

/** Whether anything happened since an instant, and else whether anything was held. */
export function activityIn(
  { book, readings, ledgers }: BookSource,
  { start, lead }: Omit<Opening, 'window'>,
): Activity {
  const { activity } = book
  const { at } = readings
  readings.changesAt(activity.nextAfter(start) + lead)
  if (activity.hasIn(start, at)) return 'active'
  const held = ledgers().some(
    ([, ledger]) =>
      ledger.stateAt(start).quantity !== 0n ||
      ledger.stateAt(at).quantity !== 0n ||
      ledger.isUnknownAfter(start) ||
      ledger.isAdjustedIn(start, at),
  )
  return held ? 'idle' : 'flat'
}

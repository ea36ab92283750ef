import { type Calendar, CalendarOutOfRange } from '../domain/calendar.js'
import { BAR_LIFETIME_MS } from '../domain/history.js'
import type { EpochMs } from '../domain/time.js'
import { WINDOWS, type WindowOptions, windowBounds } from '../domain/window.js'
import type { Book } from './book.js'
import type { DueMinutes } from './due-minutes.js'
import { DUE_AFTER_MS } from './feed-events.js'
import { nextSessionMinute } from './session-minutes.js'
import type { CoverageView } from './view.js'

export interface CoverageInputs {
  readonly due: DueMinutes
  /** Empty where the strategy has none: then what it decided on takes its place. */
  readonly universe: readonly string[]
  readonly held: readonly string[]
}

/**
 * Of which symbols of a book the feeds had events in which minutes.
 *
 * It is read apart from the book's ledgers, because it changes apart from them: at a minute's edge, when a minute that had
 * been missing comes late, and when the symbols are others.
 */
export class Coverage {
  readonly #book: Book
  readonly #options: WindowOptions
  #read: CoverageInputs | undefined
  #holdsUntil = Number.NEGATIVE_INFINITY
  #symbols: ReadonlySet<string> = new Set()
  #calendar: Calendar | undefined
  /** A fact of the book may have made the symbols others. */
  #areSymbolsOld = false

  constructor(book: Book, options: WindowOptions) {
    this.#book = book
    this.#options = options
  }

  /** The universe, or what stands for it, and what is held. */
  get symbols(): ReadonlySet<string> {
    return this.#symbols
  }

  /** A fact of the book's came: it matters as far as the symbols or the calendar are others. */
  touch(): void {
    this.#areSymbolsOld = true
  }

  /** What the feeds had is another. */
  forget(): void {
    this.#read = undefined
  }

  /** Minutes of these symbols are no longer missing. */
  noteLate(late: ReadonlySet<string>): void {
    for (const symbol of late) if (this.#symbols.has(symbol)) this.forget()
  }

  /** False as long as the views would be those of the last call. */
  isDue({ due, universe, held }: CoverageInputs): boolean {
    const before = this.#read
    if (this.#areSymbolsOld && before !== undefined) {
      this.#areSymbolsOld = false
      const symbols = this.#symbolsOf({ due, universe, held })
      const areSame = symbols.size === this.#symbols.size && [...symbols].every((symbol) => this.#symbols.has(symbol))
      if (!areSame || this.#book.calendar !== this.#calendar) return true
      if (universe.length === 0) this.#holdsUntil = Math.min(this.#holdsUntil, this.#nextDecisionLeaves(due.at))
    }
    return before?.universe !== universe || !isSame(before.held, held) || due.at >= this.#holdsUntil
  }

  /** One view a window; throws CalendarOutOfRange where the calendar of the book ends. */
  views(inputs: CoverageInputs): CoverageView[] {
    const { due, universe } = inputs
    this.#areSymbolsOld = false
    this.#symbols = this.#symbolsOf(inputs)
    this.#calendar = this.#book.calendar
    const symbols = [...this.#symbols].sort()
    const views = WINDOWS.map((window) => {
      const minutes = due.in(window, this.#book.calendar)
      const missing = { bars: minutes.missing('bars', symbols), signals: minutes.missing('signals', symbols) }
      return { window, symbols, due: minutes.due, missing }
    })
    this.#holdsUntil = this.#nextChange(due.at, universe)
    this.#read = inputs
    return views
  }

  #symbolsOf({ due, universe, held }: CoverageInputs): ReadonlySet<string> {
    const base = universe.length > 0 ? universe : decidedSymbols(this.#book, due.at, this.#options)
    return new Set([...base, ...held])
  }

  #nextChange(at: EpochMs, universe: readonly string[]): EpochMs {
    const { calendar } = this.#book
    const bounds = WINDOWS.map((window) => windowBounds(window, at, calendar, this.#options))
    return Math.min(
      ...bounds.map(({ start, startHoldsUntil }) => startHoldsUntil ?? nextLeaves(start, at, calendar)),
      nextLeaves(at - DUE_AFTER_MS, at, calendar),
      nextLeaves(at - BAR_LIFETIME_MS, at, calendar),
      universe.length > 0 ? Number.POSITIVE_INFINITY : this.#nextDecisionLeaves(at),
    )
  }

  /** A symbol may leave with the decision that the window of five sessions leaves behind, or come with one after T. */
  #nextDecisionLeaves(at: EpochMs): EpochMs {
    const { made } = this.#book.decisions
    const { start, startHoldsUntil } = windowBounds('5d', at, this.#book.calendar, this.#options)
    return Math.min(made.nextAfter(at), startHoldsUntil ?? made.nextAfter(start) + at - start)
  }
}

/** What a book decided on in the last five sessions: the symbols that matter to a strategy without a universe. */
export function decidedSymbols({ calendar, decisions }: Book, at: EpochMs, options: WindowOptions): readonly string[] {
  try {
    return decisions.symbolsIn(windowBounds('5d', at, calendar, options).start, at)
  } catch (error) {
    if (error instanceof CalendarOutOfRange) return []
    throw error
  }
}

/** T when an edge that follows T at a fixed distance, and stands at `edge` now, has reached the end of a session minute. */
function nextLeaves(edge: EpochMs, at: EpochMs, calendar: Calendar): EpochMs {
  return nextSessionMinute(edge, calendar) + at - edge
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((symbol, index) => symbol === b[index]))
}

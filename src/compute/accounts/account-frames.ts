import type { Calendar, CalendarName } from '../../domain/calendar.js'
import type { AccountFrame } from '../../domain/frame.js'
import type { MetricResult } from '../../domain/metric.js'
import type { EpochMs } from '../../domain/time.js'
import { WINDOWS, type Window } from '../../domain/window.js'
import { recordOf } from '../../lib/record-of.js'
import { type Availability, unavailable } from '../availability.js'
import type { BookTotals } from '../book-totals.js'
import { DrawdownRuns } from '../equity/drawdown-runs.js'
import { calendarEnds, guarded } from '../guarded.js'
import type { MarketNews } from '../market.js'
import { type AccountMetric, insufficient, isAccountLevel } from '../metrics/definition.js'
import { AccountReader, type AccountReaderOptions } from './account-reader.js'

export interface AccountFramesOptions extends Omit<AccountReaderOptions, 'runs'> {
  readonly dictionary: readonly AccountMetric[]
  readonly onMetricError: (metric: string, error: unknown) => void
}

/** A live book of an account, as its account sees it. */
export interface CountedBook {
  readonly calendar: CalendarName
  readonly moneyDecimals: number
  /** Undefined where the calendar does not know. */
  readonly totals: BookTotals | undefined
}

export interface AccountTick {
  readonly at: EpochMs
  /** At least one, in the order of their ids. */
  readonly books: readonly CountedBook[]
  readonly availability: Availability
}

const NOBODY: ReadonlySet<string> = new Set()

/**
 * The frames of one account: computed when a book of it was read again, a fact or a price touched it, or its time has
 * come; the same one again otherwise.
 */
export class AccountFrames {
  readonly #options: AccountFramesOptions
  readonly #runs = new DrawdownRuns()
  #isDirty = true
  #holdsUntil: EpochMs = Number.NEGATIVE_INFINITY
  #books: readonly CountedBook[] = []
  #availability: string | undefined
  #priced = NOBODY
  #quoted = NOBODY
  #frame: AccountFrame | undefined

  constructor(options: AccountFramesOptions) {
    this.#options = options
  }

  touch(): void {
    this.#isDirty = true
  }

  /** Takes in what the market told before T. */
  noteMarket({ latest, quoted, past }: MarketNews): void {
    if (latest.size + quoted.size + past.size === 0) return
    const isNews = (symbol: string) => latest.has(symbol) || past.has(symbol)
    if ([...this.#priced].some(isNews) || [...this.#quoted].some((symbol) => quoted.has(symbol))) this.#isDirty = true
  }

  frame({ at, books, availability }: AccountTick): AccountFrame {
    const isSame =
      books.length === this.#books.length &&
      books.every((book, index) => isSameBook(book, this.#books[index])) &&
      availability.key === this.#availability
    if (this.#frame !== undefined && isSame && !this.#isDirty && at < this.#holdsUntil) return this.#frame
    this.#books = books
    this.#availability = availability.key
    this.#isDirty = false
    this.#frame = this.#compute({ at, books, availability })
    return this.#frame
  }

  #compute({ at, books, availability }: AccountTick): AccountFrame {
    const { account, settings } = this.#options
    const calendar = settings.calendars[calendarAmong(books)]
    const moneyDecimals = Math.max(...books.map((book) => book.moneyDecimals))
    const windows = this.#results({ at, books, availability }, calendar)
    return { account: account.label, calendar: calendar.name, moneyDecimals, windows }
  }

  #results({ at, books, availability }: AccountTick, calendar: Calendar): AccountFrame['windows'] {
    const { dictionary } = this.#options
    const results = recordOf(WINDOWS, (): MetricResult[] => [])
    const put = (windows: readonly Window[], result: MetricResult) => {
      for (const window of windows) results[window].push(result)
    }
    const totals = books.map((book) => book.totals).filter((own) => own !== undefined)
    const reader = new AccountReader({ ...this.#options, runs: this.#runs }, { books: totals, calendar }, at)
    try {
      // The longest window reaches furthest into the calendar.
      const views = WINDOWS.map((window) => reader.window(window))
      const level = reader.level()
      for (const metric of dictionary) {
        const missing = totals.length < books.length ? OUT_OF_RANGE : unavailable(metric, availability)
        if (isAccountLevel(metric)) put(WINDOWS, missing ?? this.#guard(metric, () => metric.compute(level)))
        else
          for (const view of views) {
            const isDefined = metric.windows === 'all' || metric.windows.includes(view.window)
            const absent = isDefined ? missing : insufficient('not_defined_for_window')
            put([view.window], absent ?? this.#guard(metric, () => metric.compute(view)))
          }
      }
      this.#holdsUntil = reader.holdsUntil
    } catch (error) {
      const result = calendarEnds(error)
      for (const window of WINDOWS) results[window] = dictionary.map(() => result)
      this.#holdsUntil = at
    }
    this.#priced = reader.priced
    this.#quoted = reader.quoted
    return results
  }

  #guard(metric: AccountMetric, compute: () => MetricResult): MetricResult {
    return guarded(metric, compute, this.#options.onMetricError)
  }
}

const OUT_OF_RANGE: MetricResult = { status: 'error', reason: 'calendar_out_of_range' }

/** Sessions count for an account where they do for one of its books. */
function calendarAmong(books: readonly CountedBook[]): CalendarName {
  return books.find(({ calendar }) => calendar !== '24x7')?.calendar ?? '24x7'
}

function isSameBook(a: CountedBook, b: CountedBook | undefined): boolean {
  return a.totals === b?.totals && a.calendar === b?.calendar && a.moneyDecimals === b?.moneyDecimals
}

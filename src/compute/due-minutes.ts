import type { Calendar, CalendarName } from '../domain/calendar.js'
import { BAR_LIFETIME_MS } from '../domain/history.js'
import type { Feed } from '../domain/ports.js'
import type { EpochMs } from '../domain/time.js'
import { type Window, type WindowOptions, windowBounds } from '../domain/window.js'
import { DUE_AFTER_MS } from './feed-events.js'
import type { Market } from './market.js'
import { countMinutes, type MinuteSpan, sessionMinutesIn } from './session-minutes.js'

/**
 * The minutes that are due in each window at one T, and how many of them each symbol misses: the same for all books of a
 * calendar, so each is counted once a tick.
 */
export class DueMinutes {
  readonly #market: Market
  readonly #options: WindowOptions
  readonly #known = new Map<string, WindowMinutes>()

  constructor(
    readonly at: EpochMs,
    market: Market,
    options: WindowOptions,
  ) {
    this.#market = market
    this.#options = options
  }

  /** Throws CalendarOutOfRange where the calendar ends. */
  in(window: Window, calendar: Calendar): WindowMinutes {
    const key: `${Window} ${CalendarName}` = `${window} ${calendar.name}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { start } = windowBounds(window, this.at, calendar, this.#options)
    const from = Math.max(start, this.at - BAR_LIFETIME_MS)
    const minutes = new WindowMinutes(sessionMinutesIn(from, this.at - DUE_AFTER_MS, calendar), this.#market)
    this.#known.set(key, minutes)
    return minutes
  }
}

export class WindowMinutes {
  /** Of each symbol. */
  readonly due: number
  readonly #spans: readonly MinuteSpan[]
  readonly #market: Market
  readonly #missing: Readonly<Record<Feed, Map<string, number>>> = { bars: new Map(), signals: new Map() }

  constructor(spans: readonly MinuteSpan[], market: Market) {
    this.due = countMinutes(spans)
    this.#spans = spans
    this.#market = market
  }

  /** Those of the symbols that miss any, with how many. */
  missing(feed: Feed, symbols: readonly string[]): { symbol: string; missing: number }[] {
    return symbols.flatMap((symbol) => {
      const missing = this.#missing[feed].get(symbol) ?? this.#count(feed, symbol)
      this.#missing[feed].set(symbol, missing)
      return missing > 0 ? [{ symbol, missing }] : []
    })
  }

  #count(feed: Feed, symbol: string): number {
    const minutes = this.#market.feeds[feed].minutesOf(symbol)
    if (minutes === undefined) return this.due
    return this.#spans.reduce((missing, { first, last }) => missing - minutes.countIn(first, last), this.due)
  }
}

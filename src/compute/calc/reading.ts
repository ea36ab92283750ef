import { NO_TRADES, sumsOfTrades, type TradeSums } from '../formulas/trades.js'
import type { CalcCase } from './case.js'
import { bookOf, type CalcBook } from './fills.js'
import { type CalcSeries, seriesOf } from './series.js'

/** A case, and what is made of its input once, for all figures that ask. */
export class CalcReading {
  readonly given: CalcCase
  #series: CalcSeries | undefined
  #book: CalcBook | undefined
  #trades: TradeSums | undefined

  constructor(given: CalcCase) {
    this.given = given
  }

  /** Undefined: neither returns nor equities are given. */
  get series(): CalcSeries | undefined {
    this.#series ??= seriesOf(this.given)
    return this.#series
  }

  /** Undefined: no fills are given. */
  get book(): CalcBook | undefined {
    const { fills } = this.given.input
    if (fills !== undefined) this.#book ??= bookOf(fills)
    return this.#book
  }

  /** Closed trades as given, or the round trips of the fills. */
  get trades(): TradeSums {
    const { trades } = this.given.input
    if (trades === undefined) return this.book?.trades ?? NO_TRADES
    this.#trades ??= sumsOfTrades(
      trades.map(({ pnl, entry_minutes, exit_minutes }) => {
        return { pnl, entryMinutes: entry_minutes, exitMinutes: exit_minutes }
      }),
    )
    return this.#trades
  }
}

import type { Calendar, CalendarName } from '../../domain/calendar.js'
import { PRICE_DIGITS, type PriceE8 } from '../../domain/exact.js'
import type { EpochMs } from '../../domain/time.js'
import { INSTRUMENTS, type Instrument } from './instruments.js'
import { createMarketTime, type MarketTime } from './market-time.js'
import { type Shock, shockFactor } from './shocks.js'
import { BOUNCE_PRIME, bounceAt, type PriceCurve, priceCurve, type WaveValues, waveValues } from './waves.js'

export interface Quote {
  readonly bidE8: PriceE8
  readonly askE8: PriceE8
}

/** The simulated market: it can be asked for any instant, also a later one. */
export interface Market {
  readonly curves: readonly PriceCurve[]
  readonly times: Readonly<Record<CalendarName, MarketTime>>
  instrument(symbol: string): Instrument
  /** The last print: what a bar that ends at this instant closes at. Closed markets keep their closing price. */
  priceE8(symbol: string, at: EpochMs): PriceE8
  quote(symbol: string, at: EpochMs): Quote
  /** The price after this much more trading, for those in the simulation who know the future; of shocks they know nothing. */
  priceAfterE8(symbol: string, at: EpochMs, tradingMs: number): PriceE8
  /** What has hit prices beside their waves, oldest first. */
  shocks(): readonly Shock[]
  /** From an instant on, moves these prices by their depths (millionths), to be turned at `until`. Prices up to it stay. */
  shock(depthsE6: ReadonlyMap<string, number>, at: EpochMs, until: EpochMs): void
  /** Gives the shocks under way a new turn. */
  turnShocks(at: EpochMs, until: EpochMs): void
}

/** The market of a seed, its time counted from the first session of the history. */
export function createMarket(
  calendars: Readonly<Record<CalendarName, Calendar>>,
  seed: number,
  firstAt: EpochMs,
  instruments: readonly Instrument[] = INSTRUMENTS,
): Market {
  const curves = instruments.map((instrument) => priceCurve(instrument, seed))
  const bySymbol = new Map(curves.map((curve) => [curve.instrument.symbol, curve]))
  const times = {
    XNYS: createMarketTime(calendars.XNYS, firstAt),
    '24x7': createMarketTime(calendars['24x7'], firstAt),
  }

  function curveOf(symbol: string): PriceCurve {
    const curve = bySymbol.get(symbol)
    if (!curve) throw new RangeError(`the simulated market does not list ${symbol}`)
    return curve
  }

  let latest = { marketMs: 0, waves: waveValues(0) }

  /** Several symbols are asked for one instant in a row. */
  function wavesAt(marketMs: number): WaveValues {
    if (latest.marketMs !== marketMs) latest = { marketMs, waves: waveValues(marketMs) }
    return latest.waves
  }

  let shocks: readonly Shock[] = []

  function ticksAt(curve: PriceCurve, marketMs: number): number {
    return ticksOf(curve, wavesAt(marketMs), marketMs, shockFactor(shocks, curve.instrument.symbol, marketMs))
  }

  /** Market time of a turn; a turn that nobody knows has none. */
  function turnMs(symbol: string, until: EpochMs): number | undefined {
    return until === Number.POSITIVE_INFINITY ? undefined : marketMs(curveOf(symbol), until)
  }

  function exact(curve: PriceCurve, ticks: number): PriceE8 {
    return BigInt(ticks) * 10n ** BigInt(PRICE_DIGITS - curve.instrument.priceDecimals)
  }

  function marketMs(curve: PriceCurve, at: EpochMs): number {
    return times[curve.instrument.calendar].at(at)
  }

  return {
    curves,
    times,
    instrument: (symbol) => curveOf(symbol).instrument,
    priceE8(symbol, at) {
      const curve = curveOf(symbol)
      return exact(curve, ticksAt(curve, marketMs(curve, at)))
    },
    priceAfterE8(symbol, at, tradingMs) {
      const curve = curveOf(symbol)
      const laterMs = marketMs(curve, at) + tradingMs
      return exact(curve, ticksOf(curve, wavesAt(laterMs), laterMs, shockFactor(shocks, symbol, marketMs(curve, at))))
    },
    shocks: () => shocks,
    shock(depthsE6, at, until) {
      const added = [...depthsE6].map(([symbol, depthE6]): Shock => {
        const fromMs = marketMs(curveOf(symbol), at)
        return { symbol, depthE6, fromMs, untilMs: turnMs(symbol, until) }
      })
      shocks = [...shocks, ...added]
    },
    turnShocks(at, until) {
      shocks = shocks.map((shock) => {
        const isUnderWay = shock.untilMs === undefined || shock.untilMs > marketMs(curveOf(shock.symbol), at)
        return isUnderWay ? { ...shock, untilMs: turnMs(shock.symbol, until) } : shock
      })
    },
    quote(symbol, at) {
      const curve = curveOf(symbol)
      const ticks = ticksAt(curve, marketMs(curve, at))
      return {
        bidE8: exact(curve, Math.floor(ticks * (1 - curve.halfSpread))),
        askE8: exact(curve, Math.ceil(ticks * (1 + curve.halfSpread))),
      }
    },
  }
}

/**
 * The price in whole ticks, `base × (1 + Σ waves + bounce) × shocks`: rounded, so that the last bits of the sum, which SQL adds in
 * another order, do not matter.
 */
function ticksOf(curve: PriceCurve, { sines, cosines }: WaveValues, marketMs: number, factor: number): number {
  let sum = 1
  for (let wave = 0; wave < sines.length; wave += 1) {
    sum += (curve.sines[wave] ?? 0) * (sines[wave] ?? 0) + (curve.cosines[wave] ?? 0) * (cosines[wave] ?? 0)
  }
  sum += curve.bounce * (bounceAt(marketMs, curve.salt) / BOUNCE_PRIME - 0.5)
  return Math.floor(curve.instrument.basePriceUsd * curve.ticksPerUsd * sum * factor + 0.5)
}

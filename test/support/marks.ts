import { PriceSeries } from '../../src/compute/accumulators/price-series.js'
import { SymbolLedger } from '../../src/compute/accumulators/symbol-ledger.js'
import { NO_COSTS } from '../../src/compute/costs.js'
import { type MarkSources, markAt } from '../../src/compute/marks.js'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.js'
import { CALENDARS } from './engine.js'
import { instant } from './facts.js'

export const NOON = instant('2026-07-15T12:00:00-04:00')
export type Point = readonly [seconds: number, price: number]

/** Seconds are counted from noon, prices are in cents of a hundredth: small whole numbers. */
export interface Parts {
  readonly bars?: readonly Point[]
  readonly snapshots?: readonly Point[]
  /** 0 stands for a quote that is not valid. */
  readonly mids?: readonly Point[]
  readonly fills?: readonly Point[]
  readonly from?: number
  readonly calendar?: MarkSources['calendar']
}

export function sources({
  bars = [],
  snapshots = [],
  mids = [],
  fills = [],
  from = NOON,
  calendar = CALENDARS.XNYS,
}: Parts): MarkSources {
  const seriesOf = (points: readonly Point[]) => {
    const series = new PriceSeries(5 * MINUTE_MS)
    for (const [seconds, price] of points) series.add(from + seconds * SECOND_MS, BigInt(Math.round(price * 100)))
    return series
  }
  const ledger = new SymbolLedger({ multiplier: 10n ** 9n, lotSize: 1n })
  fills.forEach(([seconds, price], index) => {
    const at = from + seconds * SECOND_MS
    const fill = { executionId: `e${index}`, fillId: 'f', at, submittedAt: at, side: 'buy', costs: NO_COSTS } as const
    ledger.replace([], [{ ...fill, quantity: 3n, notional: 3n * BigInt(Math.round(price * 100)) }])
  })
  return {
    bars: seriesOf(bars),
    mids: seriesOf(mids),
    snapshots: seriesOf(snapshots),
    ledger,
    calendar,
    maxAgeMs: 120 * SECOND_MS,
  }
}

/** The mark so many seconds after noon: source and price. */
export function mark(parts: Parts, seconds: number, read = markAt): string {
  const { from = NOON } = parts
  const { mark: found } = read(sources(parts), from + seconds * SECOND_MS)
  return found === undefined ? 'none' : `${found.source} ${Number(found.priceE8) / 100}`
}

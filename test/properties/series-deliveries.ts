import { DAY_MS, type EpochMs, MINUTE_MS } from '../../src/domain/time.js'
import { bar, decision } from '../support/facts.js'
import { BENCHMARKS, SYMBOLS } from './cast.js'
import { type Delivery, deliveryOfSnapshot, type Placed } from './deliveries.js'
import type { FlowSpec, SeriesSpec, SnapshotSpec } from './history-specs.js'
import { type Happenings, TYPICAL_CENTS } from './holdings.js'

/** Where a series is, which account it shows and which symbol has bars. */
export type PlacedSeries = SeriesSpec & { readonly snapshot: Placed<SnapshotSpec> }

export function endOfSeries(series: PlacedSeries): EpochMs {
  return series.snapshot.startsAt + (lengthOf(series) - 1) * series.stepMs
}

/** Closed hours are one cell: what goes on through them needs more. */
function lengthOf({ count, stepMs }: SeriesSpec): number {
  return stepMs >= 30 * MINUTE_MS && stepMs < DAY_MS ? 3 * count : count
}

/** An account whose prices and cash move a little from one observation to the next, and a benchmark beside it. */
export function deliveriesOfSeries(
  series: PlacedSeries,
  happened: Happenings,
  flows: readonly Placed<FlowSpec>[],
  inventory: readonly number[],
): Delivery[] {
  const { snapshot, stepMs, moves, dollars, tellers, benchmarkLeadMs } = series
  const count = lengthOf(series)
  // Something the strategy does near the end, or a book without positions would be flat.
  const wakes = snapshot.startsAt + (count - 5) * stepMs
  const awake = { ...snapshot.of, at: wakes, decision_id: `in the series from ${snapshot.startsAt}` }
  const told = Array.from({ length: count }, (_, index) => {
    const startsAt = snapshot.startsAt + index * stepMs
    const moved = TYPICAL_CENTS * (1 + (moves[index % moves.length] ?? 0) / 1_000)
    const priceOf = (symbol: string, at: EpochMs, cents: number) => bar(symbol, at, (cents / 100).toFixed(4))
    const observed = deliveryOfSnapshot(
      {
        ...snapshot,
        startsAt,
        marks: SYMBOLS.map(() => Math.round(moved)),
        gainedDollars: dollars[index % dollars.length] ?? 0,
      },
      happened,
      flows,
      inventory,
    )
    const bars = [{ arrivesAt: startsAt + snapshot.lag, fact: priceOf(snapshot.in, startsAt, moved) }]
    const benchmarks = BENCHMARKS.flatMap((symbol, which) => {
      if (benchmarkLeadMs === undefined) return []
      const at = startsAt - benchmarkLeadMs
      const cents = TYPICAL_CENTS * (1 + (moves[(index + which) % moves.length] ?? 0) / 900)
      return { arrivesAt: at + snapshot.lag, fact: priceOf(symbol, at, cents) }
    })
    return [...(tellers === 'bars' ? [] : [observed]), ...(tellers === 'snapshots' ? [] : bars), ...benchmarks]
  }).flat()
  return [...told, { arrivesAt: wakes + snapshot.lag, fact: decision(awake) }]
}

import type { EpochMs } from '../../src/domain/time.js'
import { bar } from '../support/facts.js'
import { BENCHMARKS, SYMBOLS } from './cast.js'
import { type Delivery, deliveryOfSnapshot, type Placed } from './deliveries.js'
import type { FlowSpec, SeriesSpec, SnapshotSpec } from './history-specs.js'
import { type Happenings, TYPICAL_CENTS } from './holdings.js'

/** Where a series is, which account it shows and which symbol has bars. */
export type PlacedSeries = SeriesSpec & { readonly snapshot: Placed<SnapshotSpec> }

export function endOfSeries({ snapshot, count, stepMs }: PlacedSeries): EpochMs {
  return snapshot.startsAt + (count - 1) * stepMs
}

/** An account whose prices and cash move a little from one observation to the next, and a benchmark beside it. */
export function deliveriesOfSeries(
  { snapshot, count, stepMs, moves, dollars, tellers, benchmarkLeadMs }: PlacedSeries,
  happened: Happenings,
  flows: readonly Placed<FlowSpec>[],
  inventory: readonly number[],
): Delivery[] {
  return Array.from({ length: count }, (_, index) => {
    const startsAt = snapshot.startsAt + index * stepMs
    const moved = TYPICAL_CENTS * (1 + (moves[index % moves.length] ?? 0) / 1_000)
    const priceOf = (symbol: string, at: EpochMs, cents: number) => bar(symbol, at, (cents / 100).toFixed(4))
    const told = deliveryOfSnapshot(
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
    return [...(tellers === 'bars' ? [] : [told]), ...(tellers === 'snapshots' ? [] : bars), ...benchmarks]
  }).flat()
}

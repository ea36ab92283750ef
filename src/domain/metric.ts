import type { BookInstants, ReadingClock, Stamp } from './instants.js'
import type { EpochMs } from './time.js'
import type { Window } from './window.js'

export const METRIC_GROUPS = ['performance', 'risk_adjusted', 'trades', 'execution', 'exposure', 'pipeline'] as const
export type MetricGroup = (typeof METRIC_GROUPS)[number]

export const UNITS = ['USD', 'ratio', 'percent', 'bps', 'minutes', 'ms', 'seconds', 'count'] as const
export type Unit = (typeof UNITS)[number]

/** Decimals at output; money has those of its book (2, or 6 in a calendar that never closes). */
export const UNIT_DECIMALS: Record<Exclude<Unit, 'USD'>, number> = {
  ratio: 6,
  percent: 4,
  bps: 2,
  minutes: 1,
  ms: 3,
  seconds: 1,
  count: 0,
}

/** Decimals at output of a unit, in a book with these decimals of money. */
export function decimalsOf(unit: Unit, moneyDecimals: number): number {
  return unit === 'USD' ? moneyDecimals : UNIT_DECIMALS[unit]
}

export const TIERS = ['light', 'medium', 'heavy'] as const
export type Tier = (typeof TIERS)[number]

/**
 * The sources whose knowledge a metric rests on; its as_of is the oldest of theirs.
 *
 * `orders` are all rows that Postgres is polled for; `snapshots` the broker's statements among them, which come only
 * while signals arrive; `prices` what marks are made of; `bars` and `signals` the two feeds as such.
 */
export const FACT_SOURCES = ['orders', 'snapshots', 'prices', 'bars', 'signals'] as const
export type FactSourceName = (typeof FACT_SOURCES)[number]

/** What an installation may lack: a source that was never reached, a table or a column that its schema does not have. */
export const NEEDS = ['snapshots', 'reviews', 'adapters', 'bars', 'signals'] as const
export type Need = (typeof NEEDS)[number]

/** Why a metric has no value: a closed list, part of the API. */
export const REASONS = [
  'calendar_out_of_range',
  'currency',
  'internal_error',
  'missing_mark',
  'no_benchmark',
  'no_cost_source',
  'no_decision_price',
  'no_decisions',
  'no_downside',
  'no_drawdown',
  'no_equity',
  'no_events',
  'no_fills',
  'no_losses',
  'no_mid',
  'no_observations',
  'no_orders',
  'no_positions',
  'no_reviews',
  'no_timestamps',
  'no_trades',
  'no_universe',
  'no_wins',
  'non_positive_equity',
  'not_defined_for_window',
  'nothing_due',
  'source_unavailable',
  'too_few_observations',
  'unknown_opening_position',
  'window_not_covered',
  'zero_variance',
] as const
export type Reason = (typeof REASONS)[number]

export type MetaValue = string | number | boolean | null | readonly MetaValue[] | { readonly [key: string]: MetaValue }
export type Meta = Readonly<Record<string, MetaValue>>

export type MetricResult =
  | { readonly status: 'ok'; readonly value: number; readonly meta?: Meta }
  | { readonly status: 'insufficient_data'; readonly reason: Reason; readonly meta?: Meta }
  | { readonly status: 'error'; readonly reason: Reason; readonly meta?: Meta }

export const STATUSES = ['ok', 'insufficient_data', 'error'] as const
export type Status = (typeof STATUSES)[number]

export const QUALITIES = ['good', 'stale', 'insufficient_data', 'error'] as const
export type Quality = (typeof QUALITIES)[number]

/** A gauge of an instant, in seconds of Unix time; without a sample where there is no instant. */
export interface MetricInstant {
  readonly prometheus: string
  readonly summary: string
  readonly of: (instants: BookInstants) => EpochMs | undefined
}

/**
 * A gauge beside a metric's own, with its labels, that shows a number of the result's meta: `meta[key]`, or with a
 * `label` one sample for each entry of that object. Absent where the meta has none.
 */
export interface MetaGauge {
  readonly prometheus: string
  readonly summary: string
  readonly key: string
  readonly label?: string
}

/** The name of a metric's split by adapter: a family of its own, so that nobody adds a total to its parts. */
export function adapterGaugeOf({ prometheus }: Pick<MetricDescription, 'prometheus'>): string {
  return prometheus.replace(/^quant_/, 'quant_adapter_')
}

/** Everything about a metric but how it is computed: what gauges, documents and the API are made from. */
export interface MetricDescription {
  readonly name: string
  readonly group: MetricGroup
  readonly unit: Unit
  readonly tier: Tier
  /** `level`: the same for every window, so its gauge has no window label. */
  readonly windows: 'all' | 'level' | readonly Window[]
  readonly formulaVersion: string
  readonly prometheus: string
  /** The gauge's value per unit of the JSON value: percent are exported as ratios, minutes as seconds. */
  readonly prometheusScale?: number
  readonly sources: readonly FactSourceName[]
  /** Without any of these the metric is `source_unavailable`, and meta names what is missing. */
  readonly needs?: readonly Need[]
  /** An age: taken from instants when a frame is read or scraped, never stored in it. Pure. */
  readonly readAt?: (instants: BookInstants, stamp: Stamp, clock: ReadingClock) => MetricResult
  /** The instant behind an age or a freshness, as a gauge beside its own. */
  readonly instant?: MetricInstant
  readonly besides?: readonly MetaGauge[]
  /** Told for each adapter apart as well. */
  readonly byAdapter?: true
  /** Ours beyond the standard pack. */
  readonly extended?: true
  /** One sentence: help text and documentation. */
  readonly summary: string
}

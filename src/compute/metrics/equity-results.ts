import { MONEY_DIGITS, ratio, toNumber } from '../../domain/exact.js'
import type { Meta, MetricResult } from '../../domain/metric.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { BookEquity, Growth } from '../equity/book-equity.js'
import type { Drawdown } from '../equity/drawdown.js'
import type { Flow } from '../equity/flows.js'
import type { Unknown, Valuation } from '../valuation.js'
import type { LevelView, WindowView } from '../view.js'
import { ok, unknown } from './definition.js'
import { grossPnlOf } from './performance/gross-pnl.js'

/** What a growth is as a return: 0.01 is a gain of 1 %. */
export function returnOf({ numerator, denominator }: Growth): number {
  return ratio(numerator - denominator, denominator)
}

/** Deposits and withdrawals that were taken out, and how they are known. */
export function flowsMeta(flows: readonly Flow[]): Meta {
  if (flows.length === 0) return {}
  const sources = [...new Set(flows.map(({ source }) => source))].sort()
  const total = flows.reduce((sum, { amount }) => sum + amount, 0n)
  return { flows: flows.length, flows_usd: toNumber(total, MONEY_DIGITS), flow_source: sources.join(' and ') }
}

/** Where the deepest drawdown began, had its trough and was made good. */
export function drawdownMeta({ observations, peakAt, troughAt, recoveredAt }: Drawdown): Meta {
  const instant = (at: EpochMs | undefined) => (at === undefined ? null : toIso(at))
  const deepest =
    troughAt === undefined
      ? {}
      : { peak_at: instant(peakAt), trough_at: instant(troughAt), recovered_at: instant(recoveredAt) }
  return { observations, ...deepest }
}

/**
 * What a metric says of a window's equity: 0, or what `whenFlat` says, where nothing happened and nothing was held, else
 * what `of` makes of what was read, else why that could not be read. Money in another currency comes before every other
 * reason.
 */
export function ofWindowEquity<Read>(
  view: WindowView,
  read: (book: BookEquity) => Valuation<Read>,
  of: (value: Read, book: BookEquity) => MetricResult,
  whenFlat: MetricResult = ok(0),
): MetricResult {
  const foreign = foreignWindow(view)
  if (foreign !== undefined) return unknown(foreign)
  if (view.activity === 'flat') return whenFlat
  const book = view.level.equity()
  const value = read(book)
  return value.known ? of(value.value, book) : unknownEquity(book, value)
}

/** The result that follows from an equity that cannot be told; meta says whose equity was looked at. */
export function unknownEquity(equity: BookEquity, valuation: Unknown): MetricResult {
  const result = unknown(valuation)
  return { ...result, meta: { ...equity.meta, ...result.meta } }
}

/** Why there are no dollars in a window: what was traded or held is quoted in another currency. */
export function foreignWindow(view: WindowView): Unknown | undefined {
  if (!view.level.hasForeign) return undefined
  const gross = grossPnlOf(view)
  return !gross.known && gross.reason === 'currency' ? gross : undefined
}

/** Money in another currency comes before every other reason. */
export function foreignLevel({ positions, equity }: LevelView): Unknown | undefined {
  return !positions.known && positions.reason === 'currency' ? positions : equity().foreign()
}

import { MONEY_DIGITS, toNumber } from '../../domain/exact.js'
import type { Meta, MetricResult } from '../../domain/metric.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { BookEquity } from '../equity/book-equity.js'
import type { Drawdown } from '../equity/drawdown.js'
import type { Flow } from '../equity/flows.js'
import type { Unknown } from '../valuation.js'
import type { LevelView } from '../view.js'
import { unknown } from './definition.js'

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

/** The result that follows from an equity that cannot be told; meta says whose equity was looked at. */
export function unknownEquity(equity: BookEquity, valuation: Unknown): MetricResult {
  const result = unknown(valuation)
  return { ...result, meta: { ...equity.meta, ...result.meta } }
}

/** Money in another currency comes before every other reason. */
export function foreignLevel({ positions, equity }: LevelView): Unknown | undefined {
  return !positions.known && positions.reason === 'currency' ? positions : equity().foreign()
}

import type { MetricResult } from '../../domain/metric.js'
import type { TradeSums } from '../formulas/trades.js'
import type { WindowView } from '../view.js'
import { unknown } from './definition.js'

/**
 * What a statistic says of the trades closed in a window, or why it cannot: a result in another currency cannot be told
 * from a win, and where something happened while nobody knew what was held, a trade may be missing.
 */
export function ofTrades(view: WindowView, statistic: (sums: TradeSums) => MetricResult): MetricResult {
  const { foreign } = view.trades()
  if (foreign.length > 0) return unknown({ known: false, reason: 'currency', symbols: foreign })
  return ofKnownTrades(view, statistic)
}

/** The same of what does not depend on money: how many there were, and how long they took. */
export function ofKnownTrades(view: WindowView, statistic: (sums: TradeSums) => MetricResult): MetricResult {
  const { sums, unknown: symbols } = view.trades()
  if (view.activity === 'active' && symbols.length > 0)
    return unknown({ known: false, reason: 'unknown_opening_position', symbols })
  const result = statistic(sums)
  return { ...result, meta: { ...result.meta, cost_source: view.costSource } }
}

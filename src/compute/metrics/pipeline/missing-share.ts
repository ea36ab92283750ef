import type { MetricResult } from '../../../domain/metric.js'
import type { Feed } from '../../../domain/ports.js'
import type { CoverageView } from '../../view.js'
import { insufficient, ok } from '../definition.js'

const WORST_SYMBOLS = 5

/** Share of due minutes without an event of a feed, over all symbols; meta names the worst ones. */
export function missingShare(feed: Feed, { symbols, due, missing }: CoverageView): MetricResult {
  if (symbols.length === 0) return insufficient('no_universe')
  const inAll = due * symbols.length
  if (inAll === 0) return insufficient('nothing_due', { symbols: symbols.length })
  const bySymbol = missing[feed]
  const count = bySymbol.reduce((total, entry) => total + entry.missing, 0)
  // Symbols come sorted, and sorting is stable: of equally bad ones the first.
  const worst = [...bySymbol].sort((a, b) => b.missing - a.missing).slice(0, WORST_SYMBOLS)
  return ok(count / inAll, { missing: count, due: inAll, symbols: symbols.length, worst })
}

import { ACCOUNT_DICTIONARY } from '../compute/account-dictionary.js'
import { DICTIONARY } from '../compute/dictionary.js'
import type { ExportRule } from '../domain/export-rule.js'
import { METRIC_GROUPS, type MetricDescription, STATUSES } from '../domain/metric.js'
import { keptWindowsOf } from '../domain/series.js'
import { WINDOWS } from '../domain/window.js'
import { ShownSeries } from '../exporter/shown-series.js'

/** How many series /metrics has of books and accounts where every metric has a value, and of what. */
export interface ExpectedSeries {
  readonly total: number
  /** Of one book of which everything is exported. */
  readonly aBook: number
  readonly anAccount: number
  /** More of a book for each adapter that its orders go by, histograms aside. */
  readonly anAdapter: number
}

/** The series of so many books of each strategy, and of their accounts; rules say what is exported of a strategy. */
export function expectedSeries(
  books: Readonly<Record<string, number>>,
  accounts: number,
  rules: ReadonlyMap<string, ExportRule>,
): ExpectedSeries {
  const shown = new ShownSeries(rules)
  const anAccount = ACCOUNT_DICTIONARY.reduce((total, metric) => total + keptWindowsOf(metric).length, 0)
  const ofBooks = Object.entries(books).reduce(
    (total, [strategyId, count]) => total + count * ofBook(strategyId, shown),
    0,
  )
  return {
    total: ofBooks + accounts * anAccount,
    aBook: ofBook('', new ShownSeries(new Map())),
    anAccount,
    anAdapter: DICTIONARY.filter(({ byAdapter }) => byAdapter === true).length * WINDOWS.length,
  }
}

/** Values of all metrics and windows, the instants behind ages, and what stands beside: groups, the name. */
function ofBook(strategyId: string, shown: ShownSeries): number {
  const values = DICTIONARY.reduce((total, metric) => total + gaugesOf(metric, strategyId, shown), 0)
  const groups = METRIC_GROUPS.reduce((total, group) => total + shown.windowsOf(strategyId, group).length, 0)
  return values + groups * (1 + STATUSES.length) + 1
}

function gaugesOf(metric: MetricDescription, strategyId: string, shown: ShownSeries): number {
  const windows = shown.of(strategyId, metric)
  // Of parts of a metric's meta that a label tells apart there may be a few more.
  const gauges = 1 + (metric.instant === undefined ? 0 : 1) + (metric.besides?.length ?? 0)
  if (metric.windows === 'level') return windows.length * gauges
  return keptWindowsOf(metric).filter(({ window }) => windows.includes(window)).length * gauges
}

import type { MoneyE17 } from '../domain/exact.js'
import type { Window } from '../domain/window.js'
import { grossPnlOf } from './metrics/performance/gross-pnl.js'
import type { Valuation } from './valuation.js'
import type { Activity, LevelView, WindowView } from './view.js'

/** What of a book its account adds up: exact, as of T. Another object each time that the book was read again. */
export interface BookTotals {
  /** Whether an open position is quoted in another currency. */
  readonly isForeign: boolean
  readonly windows: Readonly<Record<Window, WindowTotals>>
}

interface WindowTotals {
  readonly activity: Activity
  /** After all costs but those that the broker charged the account without naming an order. */
  readonly net: Valuation<MoneyE17>
}

export function bookTotalsOf({ positions }: LevelView, views: readonly WindowView[]): BookTotals {
  const windows = views.map((view) => [view.window, { activity: view.activity, net: netOf(view) }] as const)
  return {
    isForeign: !positions.known && positions.reason === 'currency',
    windows: Object.fromEntries(windows) as BookTotals['windows'],
  }
}

function netOf(view: WindowView): Valuation<MoneyE17> {
  const gross = grossPnlOf(view)
  if (!gross.known) return gross
  const { feesInKind, orderCosts } = view.result()
  return feesInKind.known ? { known: true, value: gross.value - orderCosts - feesInKind.value } : feesInKind
}

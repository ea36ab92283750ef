import type { Explanation, ExplanationRow } from '../../../src/domain/explanation.js'
import { number, partOf, sum } from '../explanation.js'
import { type Calculator, instantIn, optional, total, wholeList, zeroWhenFlat } from './reading.js'
import { equityNow } from './results.js'

/** METRICS rows 35 to 46 and what goes with them, beta aside. */
export const LEVELS: Readonly<Record<string, Calculator>> = {
  open_positions: (explanation) => wholeList(explanation, 'held').length,
  gross_exposure: grossOf,
  net_exposure: (explanation) => total(wholeList(explanation, 'positions'), worthOf),
  leverage_gross_over_equity: zeroWhenFlat((explanation) => grossOf(explanation) / equityNow(explanation)),
  position_concentration_top1_pct: (explanation) => largest(explanation, 1),
  position_concentration_top5_pct: (explanation) => largest(explanation, 5),
  position_hhi: (explanation) => sum(sizesOf(explanation).map((size) => (size / grossOf(explanation)) ** 2)),

  ta_freshness_seconds: (explanation) => {
    const { values } = partOf(explanation, 'instants')
    const at = (name: string) => (values[name] === null ? Number.NEGATIVE_INFINITY : instantIn(values, name))
    const newest = Math.max(at('newest_bar_at'), at('newest_signal_at'), at('session_opened_at'))
    return (Math.min(at('t'), at('session_closes_at')) - newest) / 1_000
  },
  context_freshness_seconds: (explanation) => number(partOf(explanation, 'review').values, 'context_freshness_seconds'),
  metrics_pipeline_lag_seconds: (explanation) => {
    const { values } = partOf(explanation, 'instants')
    const knownTo = (name: string) => instantIn(values, values[name] === null ? 'process_started_at' : name)
    const feeds = values.feeds_required === true ? knownTo('feeds_complete_to') : Number.POSITIVE_INFINITY
    return Math.max(0, instantIn(values, 't') - Math.min(knownTo('orders_complete_to'), feeds)) / 1_000
  },
  missing_price_rate: missing,
  missing_signal_rate: missing,
}

function worthOf(row: ExplanationRow): number {
  return number(row, 'quantity') * optional(row, 'multiplier', 1) * number(row, 'mark')
}

function sizesOf(explanation: Explanation): number[] {
  return wholeList(explanation, 'positions').map((row) => Math.abs(worthOf(row)))
}

function grossOf(explanation: Explanation): number {
  return sum(sizesOf(explanation))
}

function largest(explanation: Explanation, count: number): number {
  const sizes = sizesOf(explanation).sort((a, b) => b - a)
  return (sum(sizes.slice(0, count)) / sum(sizes)) * 100
}

function missing(explanation: Explanation): number {
  const rows = wholeList(explanation, 'coverage')
  return total(rows, (row) => number(row, 'missing_minutes')) / total(rows, (row) => number(row, 'due_minutes'))
}

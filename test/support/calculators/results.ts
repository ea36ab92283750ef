import type { Explanation, ExplanationRow } from '../../../src/domain/explanation.js'
import { number, partOf } from '../explanation.js'
import { activityOf, type Calculator, hasPart, optional, total, wholeList, zeroWhenFlat } from './reading.js'

/** METRICS rows 1 to 7 and what goes with them. */
export const RESULTS: Readonly<Record<string, Calculator>> = {
  realized_pnl: realized,
  unrealized_pnl: (explanation) => unrealized(explanation, 'positions'),
  gross_pnl: gross,
  net_pnl: (explanation) => gross(explanation) - costs(explanation),
  cost_total: costs,
  cost_bps: (explanation) => (orderCosts(explanation) / notional(explanation)) * 10_000,
  traded_notional: notional,
  equity: equityNow,
  cumulative_return: zeroWhenFlat((explanation) => {
    const isAlone = !hasPart(explanation, 'earned')
    const first = shareOfAccount(explanation, 'account_equity_at_start')
    return chained(
      explanation,
      first,
      isAlone ? accountEquity(explanation, 'account_equity') : first + earned(explanation),
    )
  }),
  intraday_return: zeroWhenFlat((explanation) => {
    const isAlone = !hasPart(explanation, 'earned')
    const opening = number(partOf(explanation, 'growth').values, 'first_equity_usd')
    const first = isAlone ? opening : shareOfAccount(explanation, 'account_equity')
    return chained(
      explanation,
      first,
      isAlone ? accountEquity(explanation, 'account_equity') : first + earned(explanation),
    )
  }),
  pnl_reconciliation_gap: (explanation) => {
    const { values } = partOf(explanation, 'reconciliation')
    const worthOf = (row: ExplanationRow, when: string) =>
      number(row, `held_${when}`) * optional(row, `price_${when}`) * optional(row, 'multiplier', 1)
    const unrealizedOf = (row: ExplanationRow, when: string) => worthOf(row, when) - number(row, `cost_${when}_usd`)
    const result = total(
      wholeList(explanation, 'reconciliation'),
      (row) =>
        number(row, 'realized_usd') +
        unrealizedOf(row, 'after') -
        unrealizedOf(row, 'before') -
        number(row, 'taken_over_usd') -
        number(row, 'costs_usd'),
    )
    const change = number(values, 'last_equity_usd') - number(values, 'first_equity_usd') - number(values, 'flows_usd')
    return change - result + number(values, 'costs_without_fill_usd') + number(values, 'account_fees_usd')
  },
}

/** Quantity closed times what the price lies beyond the average cost. */
function realized(explanation: Explanation): number {
  return total(wholeList(explanation, 'fills'), (row) => {
    const [before, after] = [number(row, 'held_before'), number(row, 'held_after')]
    const moved = after - before
    if (row.taught === 'split' || before === 0 || before > 0 === moved > 0) return 0
    const closed = Math.min(Math.abs(before), Math.abs(moved))
    const gain = number(row, 'price') - number(row, 'average_cost_before')
    return Math.sign(before) * closed * gain * optional(row, 'multiplier', 1)
  })
}

function unrealized(explanation: Explanation, part: string): number {
  return total(
    wholeList(explanation, part),
    (row) => number(row, 'quantity') * optional(row, 'multiplier', 1) * number(row, 'mark') - number(row, 'cost_usd'),
  )
}

function gross(explanation: Explanation): number {
  const takenOver = total(wholeList(explanation, 'fills'), (row) => optional(row, 'taken_over_usd'))
  const change = unrealized(explanation, 'positions') - unrealized(explanation, 'positions_at_start')
  return realized(explanation) + change - takenOver
}

function costs(explanation: Explanation): number {
  const share = number(partOf(explanation, 'costs').values, 'share_of_account_fees')
  const ofFills = total(wholeList(explanation, 'fills'), (row) => number(row, 'costs_usd'))
  return (
    ofFills + total(wholeList(explanation, 'costs'), (row) => amountOf(row) * (row.kind === 'account_fee' ? share : 1))
  )
}

function amountOf(row: ExplanationRow): number {
  return row.kind === 'fee_in_kind' ? number(row, 'quantity') * number(row, 'price') : number(row, 'amount_usd')
}

function orderCosts(explanation: Explanation): number {
  const bare = wholeList(explanation, 'costs').filter(({ kind }) => kind === 'order_without_fill')
  return total(wholeList(explanation, 'fills'), (row) => number(row, 'costs_usd')) + total(bare, amountOf)
}

/** Of the fills alone: what snapshots teach is no turnover. */
export function notional(explanation: Explanation): number {
  const fills = wholeList(explanation, 'fills').filter((row) => row.fill_id !== undefined)
  return total(fills, (row) => number(row, 'quantity') * number(row, 'price') * optional(row, 'multiplier', 1))
}

/** The last snapshot, carried on by its positions; a mark far from the snapshot's own price moves nothing. */
function accountEquity(explanation: Explanation, part: string): number {
  const { values } = partOf(explanation, part)
  const drifts = total(partOf(explanation, part).list === undefined ? [] : wholeList(explanation, part), (row) => {
    if (row.mark === null || row.mark_then === null) return 0
    const marks = [number(row, 'mark'), number(row, 'mark_then')]
    const own = row.snapshot_price
    if (typeof own === 'number' && marks.some((mark) => Math.abs(mark - own) * 10 > own)) return 0
    return number(row, 'quantity') * optional(row, 'multiplier', 1) * (number(row, 'mark') - number(row, 'mark_then'))
  })
  return number(values, 'snapshot_equity_usd') + drifts
}

function shareOfAccount(explanation: Explanation, part: string): number {
  return number(partOf(explanation, part).values, 'share') * accountEquity(explanation, part)
}

function earned(explanation: Explanation): number {
  const { values } = partOf(explanation, 'earned')
  const paid = ['order_costs_usd', 'fees_in_kind_usd', 'account_fees_usd'].map((name) => number(values, name))
  return number(values, 'realized_usd') + number(values, 'unrealized_change_usd') - paid.reduce((a, b) => a + b)
}

export function equityNow(explanation: Explanation): number {
  return hasPart(explanation, 'earned')
    ? shareOfAccount(explanation, 'account_equity') + earned(explanation)
    : accountEquity(explanation, 'account_equity')
}

/** From the first equity to the last, through the flows. */
function chained(explanation: Explanation, first: number, last: number): number {
  let factor = 1 / first
  for (const row of wholeList(explanation, 'growth')) {
    const after = number(row, 'equity_after_usd')
    factor *= (after - number(row, 'flow_usd')) / after
  }
  return factor * last - 1
}

/** Notional over the mean of the equities; an idle book traded nothing. */
export function turnover(explanation: Explanation): number {
  if (activityOf(explanation) !== 'active') return 0
  const equities = wholeList(explanation, 'equities').map((row) => number(row, 'equity_usd'))
  return notional(explanation) / (equities.reduce((a, b) => a + b, 0) / equities.length)
}

import type { Explanation, ExplanationRow } from '../../../src/domain/explanation.js'
import { number, sum } from '../explanation.js'
import { type Calculator, instantIn, mean, optional, percentile, total, wholeList } from './reading.js'
import { turnover } from './results.js'

/** METRICS rows 17 to 34 and what goes with them. */
export const ORDERS: Readonly<Record<string, Calculator>> = {
  trade_count: (explanation) => netsOf(explanation).length,
  win_rate: (explanation) => winsOf(explanation).length / netsOf(explanation).length,
  profit_factor: (explanation) => sum(winsOf(explanation)) / -sum(lossesOf(explanation)),
  avg_win: (explanation) => mean(winsOf(explanation)),
  avg_loss: (explanation) => mean(lossesOf(explanation)),
  payoff_ratio: (explanation) => mean(winsOf(explanation)) / -mean(lossesOf(explanation)),
  expectancy_per_trade: (explanation) => mean(netsOf(explanation)),
  turnover_ratio: turnover,
  avg_holding_minutes: (explanation) =>
    mean(wholeList(explanation, 'trades').map((row) => number(row, 'held_minutes'))),

  fill_ratio: (explanation) => {
    const known = wholeList(explanation, 'ended_orders').filter(({ ordered }) => ordered !== null)
    const isByWorth = known.every((row) => row.reference_price !== null)
    const worth = (name: string) =>
      total(known, (row) => number(row, name) * (isByWorth ? number(row, 'reference_price') : 1))
    return worth('filled') / worth('ordered')
  },
  cancel_rate: (explanation) => {
    const ended = wholeList(explanation, 'ended_orders')
    const isGivenUp = ({ status, ordered, filled }: ExplanationRow) =>
      ['canceled', 'cancelled', 'expired'].includes(String(status)) &&
      (ordered === null || Number(filled) < Number(ordered))
    return ended.filter(isGivenUp).length / ended.length
  },
  reject_rate: (explanation) => {
    const sent = wholeList(explanation, 'sent_orders')
    return sent.filter(({ rejected_at }) => rejected_at !== null).length / sent.length
  },
  slippage_bps_vs_mid: (explanation) => {
    const fills = wholeList(explanation, 'fills_against_mid').filter(({ mid }) => mid !== null)
    const worthAtMid = (row: ExplanationRow) => number(row, 'quantity') * number(row, 'mid')
    const slipped = (row: ExplanationRow) => signOf(row) * (number(row, 'fill_notional_usd') - worthAtMid(row))
    const weighed = (of: (row: ExplanationRow) => number) =>
      total(fills, (row) => of(row) * optional(row, 'multiplier', 1))
    return (weighed(slipped) / weighed(worthAtMid)) * 10_000
  },
  implementation_shortfall_bps: (explanation) => {
    const orders = wholeList(explanation, 'shortfall')
    const decided = total(
      orders,
      (row) => number(row, 'decision_price') * number(row, 'ordered') * optional(row, 'multiplier', 1),
    )
    return (total(orders, shortfallOf) / decided) * 10_000
  },
  decision_to_submit_latency_ms_p50: latency('decided_at', 'submitted_at', 0.5),
  decision_to_submit_latency_ms_p95: latency('decided_at', 'submitted_at', 0.95),
  submit_to_fill_latency_ms_p50: latency('submitted_at', 'last_fill_at', 0.5),
  submit_to_fill_latency_ms_p95: latency('submitted_at', 'last_fill_at', 0.95),
  route_fallback_rate: (explanation) => {
    const routed = wholeList(explanation, 'routed_orders')
    return routed.filter((row) => row.expected_adapter !== row.actual_adapter).length / routed.length
  },
  decision_veto_rate: (explanation) => {
    const decisions = wholeList(explanation, 'decisions')
    return decisions.filter(({ vetoed }) => vetoed === true).length / decisions.length
  },
}

function netsOf(explanation: Explanation): number[] {
  return wholeList(explanation, 'trades').map((row) => roundedTo8(number(row, 'gross_usd') - number(row, 'costs_usd')))
}

/** A trade's result is rounded once, and then classified. */
function roundedTo8(value: number): number {
  return Math.round(value * 1e8) / 1e8
}

function winsOf(explanation: Explanation): number[] {
  return netsOf(explanation).filter((net) => net > 0)
}

function lossesOf(explanation: Explanation): number[] {
  return netsOf(explanation).filter((net) => net < 0)
}

function signOf({ side }: ExplanationRow): number {
  return side === 'buy' ? 1 : -1
}

/** Perold's, order by order: what was filled, and what was not, against the decision price. */
function shortfallOf(row: ExplanationRow): number {
  const [decision, filled, ordered] = [number(row, 'decision_price'), number(row, 'filled'), number(row, 'ordered')]
  const rest = Math.max(0, ordered - filled)
  const missed = rest === 0 ? 0 : (number(row, 'mark_at_end') - decision) * rest
  const traded = number(row, 'filled_notional_usd') - decision * filled
  return signOf(row) * (traded + missed) * optional(row, 'multiplier', 1) + number(row, 'costs_usd')
}

function latency(from: string, to: string, p: number): Calculator {
  return (explanation) => {
    const told = wholeList(explanation, 'latencies')
    return percentile(
      told.map((row) => instantIn(row, to) - instantIn(row, from)),
      p,
    )
  }
}

import type { MetricResult } from '../../domain/metric.js'
import type { ExecutionWindow } from '../execution/channel.js'
import { latencyOf } from '../formulas/execution.js'
import { insufficient, unknown } from '../result.js'

/** Money in another currency can be added to no other: so it is with orders and fills of such a symbol. */
export function ofDollars(foreign: bigint, compute: () => MetricResult): MetricResult {
  return foreign > 0n ? unknown({ known: false, reason: 'currency', symbols: [] }) : compute()
}

/** What a share of the orders that ended says; without one there is nothing to divide by. */
export function ofEnded({ ends, openOrders }: ExecutionWindow, compute: () => MetricResult): MetricResult {
  return ends.ended === 0n ? insufficient('no_orders', { open_orders: openOrders }) : compute()
}

/** A percentile of the time from decision to submit, over the orders submitted in the window. */
export function submitLatency({ submits, submitLatencies }: ExecutionWindow, p: number): MetricResult {
  return submits.submitted === 0n ? insufficient('no_orders') : latencyOf(submitLatencies(), p)
}

/** A percentile of the time from submit to last fill, over the orders filled completely in the window. */
export function fillLatency(execution: ExecutionWindow, p: number): MetricResult {
  const { submits, ends, rejects, fills, fillLatencies } = execution
  if (ends.completed > 0n) return latencyOf(fillLatencies(), p)
  const orders = submits.submitted + ends.ended + rejects.rejects - rejects.submitFailed + fills.fills
  return insufficient(orders === 0n ? 'no_orders' : 'no_fills')
}

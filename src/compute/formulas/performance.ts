import { type MoneyE17, ratio } from '../../domain/exact.js'
import type { MetricResult } from '../../domain/metric.js'
import { insufficient, ok } from '../result.js'

/** Unrealised result of positions: market value less cost. */
export function unrealizedOf(positions: readonly { readonly value: MoneyE17; readonly cost: MoneyE17 }[]): MoneyE17 {
  return positions.reduce((total, { value, cost }) => total + value - cost, 0n)
}

/** Costs per traded notional, in basis points. */
export function costBpsOf(costs: MoneyE17, tradedNotional: MoneyE17): MetricResult {
  return tradedNotional === 0n ? insufficient('no_fills') : ok(ratio(costs * 10_000n, tradedNotional))
}

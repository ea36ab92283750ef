import { absolute, type MoneyE17 } from '../../../domain/exact.js'
import type { MarkedPosition } from '../../view.js'

/** Absolute market values, largest first; their sum is gross exposure. */
export function absoluteValues(positions: readonly MarkedPosition[]): MoneyE17[] {
  return positions.map(({ value }) => absolute(value)).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
}

export function total(values: readonly MoneyE17[]): MoneyE17 {
  return values.reduce((sum, value) => sum + value, 0n)
}

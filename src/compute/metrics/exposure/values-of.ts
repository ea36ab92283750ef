import type { MoneyE17 } from '../../../domain/exact.js'
import type { MarkedPosition } from '../../view.js'

/** Signed market values. */
export function valuesOf(positions: readonly MarkedPosition[]): MoneyE17[] {
  return positions.map(({ value }) => value)
}

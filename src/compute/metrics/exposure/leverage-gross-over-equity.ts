import { leverageOf } from '../../formulas/exposure.js'
import type { LevelMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { foreignLevel, unknownEquity } from '../equity-results.js'
import { marksMeta } from '../marks-meta.js'
import { valuesOf } from './values-of.js'

/**
 * Gross exposure per dollar of equity.
 *
 * Formula: gross_exposure / E(T).
 * Unit: ratio; 1 is fully invested without borrowing; 0 when nothing is held and nothing happened since the open.
 * Undefined when: gross_exposure is; without equity (no_equity); equity is 0 or below (non_positive_equity).
 * Convention: both at T; equity as in `equity`.
 * Source: METRICS section 4, row 37.
 */
export const leverageGrossOverEquity: LevelMetric = {
  name: 'leverage_gross_over_equity',
  group: 'exposure',
  unit: 'ratio',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_leverage_gross_over_equity_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Gross exposure divided by the equity of the book.',
  compute: (view) => {
    const { activity, positions, equity } = view
    const foreign = foreignLevel(view)
    if (foreign !== undefined) return unknown(foreign)
    if (activity === 'flat') return ok(0)
    if (!positions.known) return unknown(positions)
    const book = equity()
    const level = book.level()
    if (!level.known) return unknownEquity(book, level)
    const leverage = leverageOf(valuesOf(positions.value), level.value.equity)
    return { ...leverage, meta: { ...book.meta, ...(leverage.status === 'ok' ? marksMeta(positions.value) : {}) } }
  },
}

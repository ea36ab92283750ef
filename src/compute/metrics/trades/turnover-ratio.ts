import { MONEY_DIGITS, toNumber } from '../../../domain/exact.js'
import { unknownBecause } from '../../equity/book-equity.js'
import { type EquitySeries, meanEquityOf } from '../../equity/series.js'
import { turnoverOf } from '../../formulas/trades.js'
import type { Valuation } from '../../valuation.js'
import type { WindowMetric } from '../definition.js'
import { ok, unknown } from '../definition.js'
import { ofWindowEquity } from '../equity-results.js'

/**
 * How often the book's equity was traded in the window.
 *
 * Formula: Σ abs(fill notional) / mean of the equities of the window's series, that at its start included.
 * Unit: ratio, at least 0; 1 is one equity bought or sold; 0 when nothing was traded.
 * Undefined when: the account has no snapshot (no_equity), the mean is 0 or below (non_positive_equity), or a symbol is not
 * quoted in USD.
 * Convention: two-sided, buys and sells together; not annualised.
 * Source: METRICS section 4, row 24.
 */
export const turnoverRatio: WindowMetric = {
  name: 'turnover_ratio',
  group: 'trades',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_turnover_ratio',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  summary: 'Notional traded in the window divided by the mean equity of the book.',
  compute: (view) => {
    const { activity, result } = view
    return ofWindowEquity<EquitySeries | undefined>(
      view,
      (book) => (activity === 'idle' ? NOT_ASKED : measuredBy(book.series(view))),
      (series, book) => {
        const { tradedNotional } = result()
        if (!tradedNotional.known) return unknown(tradedNotional)
        if (series === undefined) return ok(0)
        const turnover = turnoverOf(toNumber(tradedNotional.value, MONEY_DIGITS), meanEquityOf(series))
        return { ...turnover, meta: { ...book.meta, ...turnover.meta, n: series.points.length } }
      },
    )
  },
}

/** Whatever a series lacks, turnover lacks an equity to be measured against. */
function measuredBy(series: Valuation<EquitySeries>): Valuation<EquitySeries | undefined> {
  if (series.known && !series.value.isWhole) return unknownBecause('no_equity')
  return series.known || series.reason === 'currency' ? series : { ...series, reason: 'no_equity' }
}

const NOT_ASKED: Valuation<undefined> = { known: true, value: undefined }

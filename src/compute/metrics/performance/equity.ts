import { toIso } from '../../../domain/time.js'
import type { LevelMetric } from '../definition.js'
import { okMoney, unknown } from '../definition.js'
import { foreignLevel, unknownEquity } from '../equity-results.js'

/**
 * Equity of the book at T: what its account is worth, or its part of it.
 *
 * Formula: alone: E_s + Σ quantity_s × (mark(u) − mark(s)), u = min(T, s + 5 min, close), s the last snapshot; shared:
 * share × E_account(open) + net result since.
 * Unit: USD.
 * Undefined when: the account has no snapshot yet (no_equity); in a shared account also when the book's result cannot be
 * told.
 * Convention: of a book alone in its account the last snapshot's equity, carried on by the marks for five minutes; of a
 * book that shares, its share of the account's equity at the latest open and what it earned since.
 * Source: METRICS section 2, "Equity of a book alone in its account" and "… that shares its account".
 */
export const equity: LevelMetric = {
  name: 'equity',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'level',
  formulaVersion: 'v1',
  prometheus: 'quant_equity_usd',
  sources: ['orders', 'snapshots', 'prices'],
  needs: ['snapshots'],
  extended: true,
  summary: 'Equity of the book: that of its account where it is alone there, else its share of it.',
  compute: (view) => {
    const foreign = foreignLevel(view)
    if (foreign !== undefined) return unknown(foreign)
    const book = view.equity()
    const level = book.level()
    if (!level.known) return unknownEquity(book, level)
    const { equity: value, snapshotAt } = level.value
    return okMoney(value, { ...book.meta, snapshot_at: toIso(snapshotAt) })
  },
}

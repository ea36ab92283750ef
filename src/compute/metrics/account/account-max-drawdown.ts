import { type AccountWindowMetric, insufficient, ok, unknown } from '../definition.js'

/**
 * The deepest fall of the account's equity from a peak within the window; drawdowns of books cannot be added up.
 *
 * Formula: max over the window of 1 − W / running maximum of W; W is the wealth index of the account, flows taken out.
 * Unit: ratio of the peak; at least 0, positive hurts; 0 when nothing happened and nothing was held by anybody.
 * Undefined when: the account has no snapshot (no_equity), fewer than two equities were seen (too_few_observations), or a
 * book of it traded in another currency in the window.
 * Convention: as max_drawdown of a book that is alone in its account, whoever trades there: every snapshot whose equity
 * counts, the last one before the window included. The window is that of the account's calendar: XNYS where one of its
 * books has it.
 * Source: METRICS section 4, row 13 and "Ours beyond the pack"; section 2, "Flows".
 */
export const accountMaxDrawdown: AccountWindowMetric = {
  name: 'account_max_drawdown',
  group: 'risk_adjusted',
  unit: 'ratio',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_account_max_drawdown_ratio',
  sources: ['orders', 'snapshots'],
  needs: ['snapshots'],
  extended: true,
  summary: 'Deepest fall of the equity of the account from a peak within the window.',
  compute: ({ net, isFlat, drawdown }) => {
    if (!net.known && net.reason === 'currency') return insufficient('currency')
    if (isFlat) return ok(0)
    const read = drawdown()
    return read.known ? ok(read.value.deepest) : unknown(read)
  },
}

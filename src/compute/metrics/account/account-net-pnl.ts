import { type AccountWindowMetric, okMoney, unknown } from '../definition.js'

/**
 * What the books of the account earned in the window after explicit costs.
 *
 * Formula: Σ over its live books of (gross_pnl − order costs − fees in kind) − what the broker charged without naming an
 * order.
 * Unit: USD; positive is a gain.
 * Undefined when: gross_pnl or the costs of one of its books are, for the same reason: no partial sums.
 * Convention: of each book in the window of its own calendar. A fee that names no order counts once and whole, where the
 * broker's activities are the account's source of costs; the books' parts of it need not add up to it. Dividends,
 * interest, deposits and withdrawals are no result of a trade and not in it, nor are orders without a strategy and trades
 * by hand: those move the equity.
 * Source: METRICS section 4, row 3 and "Ours beyond the pack"; section 1, "Costs".
 */
export const accountNetPnl: AccountWindowMetric = {
  name: 'account_net_pnl',
  group: 'performance',
  unit: 'USD',
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  prometheus: 'quant_account_net_pnl_usd',
  sources: ['orders', 'prices'],
  extended: true,
  summary: 'Profit or loss of all books of the account in the window, after explicit costs.',
  compute: ({ net }) => (net.known ? okMoney(net.value) : unknown(net)),
}

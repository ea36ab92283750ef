import { join, ownRows, priceOf, read, record, type Table, text } from './table.js'

/** What the broker says an account holds. Append-only. */
export const snapshots: Table = {
  name: 'position_snapshots',
  joins: '',
  watches: [ownRows('position_snapshots', 't.created_at')],
  projection: `json_build_object('id', t.id, 'account', t.alpaca_account_label, 'as_of', t.as_of, 'equity', t.equity::text, 'cash', t.cash::text,
    'buying_power', t.buying_power::text, 'positions', t.positions)`,
  toFacts: (row) => {
    const id = String(row.id)
    if (!Array.isArray(row.positions) || row.positions.some((position) => record(position) === undefined))
      return {
        facts: [],
        rejections: [
          { kind: 'position_snapshot', id, reason: 'malformed', detail: 'positions is not a list of objects' },
        ],
      }
    return join(
      read('position_snapshot', id, {
        account: row.account,
        at: row.as_of,
        equity: row.equity,
        cash: row.cash,
        buying_power: row.buying_power,
        positions: row.positions.map((position) => positionOf(record(position) ?? {})),
      }),
    )
  },
}

/** One position; the sign of shorts is not uniform upstream, so it comes from `side`. camelCase names occur. */
function positionOf(position: Record<string, unknown>): Record<string, unknown> {
  const quantity = text(position.qty ?? position.quantity)
  const side = position.side
  const magnitude = quantity?.replace(/^[+-]/, '')
  return {
    symbol: position.symbol,
    qty: side === 'short' ? `-${magnitude}` : side === 'long' ? magnitude : quantity,
    avg_entry_price: priceOf(position.avg_entry_price ?? position.avgEntryPrice),
    mark: priceOf(position.current_price ?? position.currentPrice),
  }
}

import { parseIso } from '../../domain/time.js'
import type { SnapshotKey } from './held-rows.js'
import { join, priceOf, type Row, read, record, type Table, text } from './table.js'
import { WATCHED } from './watched.js'

/** What the broker says an account holds. Of two rows of one instant the one with the larger (created_at, id) counts. */
export const snapshots: Table = {
  name: 'position_snapshots',
  kind: 'position_snapshot',
  joins: '',
  // Which of several rows of one instant counts can only be told from all of them.
  watches: [
    {
      name: 'position_snapshots',
      rowIds: (
        ids,
      ) => `SELECT s.id FROM position_snapshots o JOIN position_snapshots s ON s.alpaca_account_label = o.alpaca_account_label
        AND s.as_of >= date_trunc('milliseconds', o.as_of) AND s.as_of < date_trunc('milliseconds', o.as_of) + interval '1 ms' WHERE o.id = ANY(${ids})`,
    },
  ],
  projection: `json_build_object('id', t.id, 'version', ${WATCHED.position_snapshots.version}, 'made_at', extract(epoch FROM t.created_at)::text, 'account', t.alpaca_account_label, 'as_of', t.as_of, 'equity', t.equity::text, 'cash', t.cash::text,
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

/** Which snapshot a row is; undefined where the row does not say it. */
export function snapshotKeyOf(row: Row): SnapshotKey | undefined {
  const account = text(row.account)
  const at = typeof row.as_of === 'string' ? parseIso(row.as_of) : undefined
  return account === undefined || at === undefined ? undefined : { account, at }
}

/** Sorts rows so that of those of one instant the one that counts comes last. */
export function compareSnapshotRows(a: Row, b: Row): number {
  return Number(a.made_at) - Number(b.made_at) || (String(a.id) < String(b.id) ? -1 : 1)
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

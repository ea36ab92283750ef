import { parseIso } from '../../domain/time.js'
import type { SnapshotKey } from './held-rows.js'
import { type Columns, join, priceOf, projectionOf, type Row, read, type Table, text } from './table.js'
import { WATCHED } from './watched.js'

/** Of each position only what is read: a list of symbol, side, quantity, entry and current price. camelCase names occur. */
const POSITIONS = `CASE WHEN jsonb_typeof(t.positions) = 'array' THEN (SELECT coalesce(json_agg(json_build_array(p->>'symbol', p->>'side',
    coalesce(p->>'qty', p->>'quantity'), coalesce(p->>'avg_entry_price', p->>'avgEntryPrice'), coalesce(p->>'current_price', p->>'currentPrice'))), '[]'::json)
    FROM jsonb_array_elements(t.positions) p) END`

const COLUMNS: Columns = {
  id: 't.id',
  version: WATCHED.position_snapshots.version,
  made_at: 'extract(epoch FROM t.created_at)::text',
  account: 't.alpaca_account_label',
  as_of: 't.as_of',
  equity: 't.equity::text',
  cash: 't.cash::text',
  buying_power: 't.buying_power::text',
  positions: POSITIONS,
}

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
  columns: COLUMNS,
  projection: projectionOf(COLUMNS),
  toFacts: (row) => {
    const id = String(row.id)
    if (!Array.isArray(row.positions))
      return {
        facts: [],
        rejections: [{ kind: 'position_snapshot', id, reason: 'malformed', detail: 'positions is not a list' }],
      }
    return join(
      read('position_snapshot', id, {
        account: row.account,
        at: row.as_of,
        equity: row.equity,
        cash: row.cash,
        buying_power: row.buying_power,
        positions: row.positions.map(positionOf),
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

/**
 * Rows that come by account and as_of, in the order in which they count: of those of one instant the one that counts
 * comes last. The rows of the last instant are kept back, since more of it may come with the next piece; none are at the end.
 */
export function inCountedOrder(
  rows: readonly Row[],
  isEnd: boolean,
): { readonly ordered: readonly Row[]; readonly keptBack: readonly Row[] } {
  const runs: Row[][] = []
  let last: SnapshotKey | undefined
  for (const row of rows) {
    const key = snapshotKeyOf(row)
    const run = runs.at(-1)
    if (run !== undefined && key !== undefined && key.at === last?.at && key.account === last.account) run.push(row)
    else runs.push([row])
    last = key
  }
  const keptBack = isEnd ? [] : (runs.pop() ?? [])
  return { ordered: runs.flatMap((run) => run.sort(compareSnapshotRows)), keptBack }
}

/** One position; the sign of shorts is not uniform upstream, so it comes from `side`. */
function positionOf([symbol, side, qty, entryPrice, mark]: readonly unknown[]): Record<string, unknown> {
  const quantity = text(qty)
  const isSigned = quantity?.startsWith('-') || quantity?.startsWith('+')
  const magnitude = isSigned ? quantity?.slice(1) : quantity
  return {
    symbol,
    qty: side === 'short' ? `-${magnitude}` : side === 'long' ? magnitude : quantity,
    avg_entry_price: priceOf(entryPrice),
    mark: priceOf(mark),
  }
}

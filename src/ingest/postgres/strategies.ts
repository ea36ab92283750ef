import { join, ownRows, read, type Table } from './table.js'
import { WATCHED } from './watched.js'

/** Strategies: a handful of rows, never deleted. A universe of nothing but currency pairs trades around the clock. */
export const strategies: Table = {
  name: 'strategies',
  kind: 'strategy',
  joins: '',
  watches: [ownRows('strategies')],
  projection: `json_build_object('id', t.id, 'version', ${WATCHED.strategies.version}, 'name', t.name, 'enabled', t.enabled, 'universe', t.universe_symbols, 'created_at', t.created_at)`,
  toFacts: (row) => {
    const universe = Array.isArray(row.universe)
      ? row.universe.filter((symbol): symbol is string => typeof symbol === 'string' && symbol !== '')
      : []
    const isCrypto = universe.length > 0 && universe.every((symbol) => symbol.includes('/'))
    return join(
      read('strategy', String(row.id), {
        strategy_id: row.id,
        name: row.name,
        enabled: row.enabled,
        universe,
        calendar: isCrypto ? '24x7' : 'XNYS',
        at: row.created_at,
      }),
    )
  },
}

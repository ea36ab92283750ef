import { assertMayWrite } from '../../../src/simulator/torghut/ownership.js'
import type { PostgresStore } from '../../../src/simulator/torghut/postgres-writer.js'
import type { ClickHouseStore } from '../../../src/simulator/torghut/ta-writer.js'

/** A Postgres with these tables and row counts; of its strategies so many are synthetic. */
function postgresWith(tables: Record<string, number>, synthetic = 0): PostgresStore {
  return {
    async query(sql) {
      if (sql.includes('information_schema')) return Object.keys(tables).map((table_name) => ({ table_name }))
      if (sql.includes('FROM strategies') && sql.includes('count'))
        return [{ all: String(tables.strategies), ours: String(synthetic) }]
      const table = /FROM (\w+) LIMIT 1/.exec(sql)?.[1] ?? ''
      return (tables[table] ?? 0) > 0 ? [{}] : []
    },
    close: async () => {},
  }
}

function clickhouseWith(tables: Record<string, number>): ClickHouseStore {
  return {
    async query(sql) {
      if (sql.includes('system.tables')) return Object.keys(tables).map((name) => ({ name }))
      const table = /\.(\w+) LIMIT 1/.exec(sql)?.[1] ?? ''
      return (tables[table] ?? 0) > 0 ? [{}] : []
    },
    command: async () => {},
    insert: async () => {},
    close: async () => {},
  }
}

test.each([
  ['without any table', {}, 0, {}],
  ['with empty tables', { strategies: 0, executions: 0 }, 0, { ta_signals: 0 }],
  ['filled by an earlier simulation', { strategies: 5, executions: 100 }, 5, { ta_signals: 9, synthetic_symbols: 100 }],
])('agrees to write into databases %s', async (_, tables, synthetic, market) => {
  await expect(
    assertMayWrite(postgresWith(tables, synthetic), clickhouseWith(market), 'torghut'),
  ).resolves.toBeUndefined()
})

test.each([
  ['with strategies of somebody else', { strategies: 3 }, 0, {}, 'strategies holds 3'],
  ['with one strategy of somebody else', { strategies: 6 }, 5, {}, 'strategies holds 1'],
  ['with orders but no strategy', { strategies: 0, executions: 1 }, 0, {}, 'executions holds rows'],
  ['with signals that are not its own', { strategies: 5 }, 5, { ta_signals: 1 }, 'ta_signals holds rows'],
])('refuses to write into databases %s, and says why', async (_, tables, synthetic, market, reason) => {
  const refusal = assertMayWrite(postgresWith(tables, synthetic), clickhouseWith(market), 'torghut')
  await expect(refusal).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(reason) })
  await expect(refusal).rejects.toThrow('Give it an empty database of its own.')
})

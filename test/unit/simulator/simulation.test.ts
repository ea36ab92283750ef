import type { Progress } from '../../../src/domain/ports.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS, toIso } from '../../../src/domain/time.js'
import { INSERT_BARS, INSERT_SIGNALS } from '../../../src/simulator/market/market-sql.js'
import { type RecordedSimulation, recordSimulation, START } from './recorded-simulation.js'

/** Rows that a ClickHouse statement of the simulation makes at most: instants × symbols of their calendar. */
function taRows({ clickhouse }: RecordedSimulation, statement: string): number {
  return clickhouse
    .filter(({ sql }) => sql === statement)
    .flatMap(({ parameters }) =>
      (parameters.counts as number[]).map(
        (points, index) => points * ((parameters.calendars as string[])[index] === 'XNYS' ? 90 : 10),
      ),
    )
    .reduce((total, rows) => total + rows, 0)
}

test('fills the back-history with a bar and a signal a minute, and the last hour with one each second and five', async () => {
  const recording = recordSimulation({ sessions: 1 })
  await recording.simulator.loadHistory()
  // Thursday's session and Friday's first three and a half hours; coins from Thursday's open on. The last second is not stored yet.
  const minutes = (390 + 150) * 90 + (27.5 - 1) * 60 * 10
  expect(taRows(recording, INSERT_BARS)).toBe(minutes + (3600 - 1) * 100)
  expect(taRows(recording, INSERT_SIGNALS)).toBe(minutes + (720 - 1) * 100)
})

test('makes at most 20 000 rows a statement', async () => {
  const recording = recordSimulation({ sessions: 2 })
  await recording.simulator.loadHistory()
  for (const { sql, parameters } of recording.clickhouse) {
    if (sql !== INSERT_BARS && sql !== INSERT_SIGNALS) continue
    const one = { ...recording, clickhouse: [{ sql, parameters }] }
    expect(taRows(one, sql)).toBeLessThanOrEqual(20_000)
  }
})

test('writes a live second with a handful of statements', async () => {
  const recording = recordSimulation({ sessions: 1 })
  await recording.simulator.loadHistory()
  for (let second = 1; second <= 30; second += 1) {
    const before = recording.postgresStatements() + recording.clickhouse.length
    await recording.simulator.advanceTo(START + second * SECOND_MS)
    expect(recording.postgresStatements() + recording.clickhouse.length - before).toBeLessThanOrEqual(8)
  }
  expect(taRows(recording, INSERT_BARS) % 100).toBe(0)
})

test('catches up ten hours of a sleeping machine in few statements, minute by minute but for the last hour', async () => {
  const recording = recordSimulation({ sessions: 1 })
  await recording.simulator.loadHistory()
  const postgres = recording.postgresStatements()
  recording.clickhouse.length = 0
  await recording.simulator.advanceTo(START + 10 * HOUR_MS)
  // Three hours of Friday's session were left and the minute before; coins trade on, in the last hour each second.
  expect(taRows(recording, INSERT_BARS)).toBe((3 * 60 + 1) * 90 + 9 * 60 * 10 + 3600 * 10)
  expect(recording.clickhouse.length).toBeLessThan(10)
  expect(recording.postgresStatements() - postgres).toBeLessThan(25)
})

test('writes nothing but coins while the exchange is closed', async () => {
  const saturday = START + 24 * HOUR_MS
  const recording = recordSimulation({ sessions: 1, clock: { now: () => saturday, speed: 1 } })
  await recording.simulator.loadHistory()
  recording.clickhouse.length = 0
  const before = {
    orders: recording.versions('executions').length,
    snapshots: recording.versions('position_snapshots').length,
  }
  await recording.simulator.advanceTo(saturday + 30 * MINUTE_MS)
  const labels = [
    ...recording.versions('executions').slice(before.orders),
    ...recording.versions('position_snapshots').slice(before.snapshots),
  ].map(({ alpaca_account_label }) => alpaca_account_label)
  expect(labels.length).toBeGreaterThan(60)
  expect(new Set(labels)).toEqual(new Set(['crypto-live']))
  expect(new Set(recording.clickhouse.flatMap(({ parameters }) => parameters.calendars))).toEqual(new Set(['24x7']))
})

test('writes what is missing with the next call when a statement failed', async () => {
  const smooth = recordSimulation({ sessions: 1 })
  const bumpy = recordSimulation({ sessions: 1 })
  await smooth.simulator.loadHistory()
  await bumpy.simulator.loadHistory()
  bumpy.failOnce('executions')
  await expect(bumpy.simulator.advanceTo(START + 5 * MINUTE_MS)).rejects.toThrow('connection lost')
  bumpy.failOnce('position_snapshots')
  await expect(bumpy.simulator.advanceTo(START + 6 * MINUTE_MS)).rejects.toThrow('connection lost')
  await bumpy.simulator.advanceTo(START + 7 * MINUTE_MS)
  await smooth.simulator.advanceTo(START + 7 * MINUTE_MS)
  for (const table of [
    'trade_decisions',
    'executions',
    'execution_order_events',
    'llm_decision_reviews',
    'position_snapshots',
  ]) {
    // Upstream stamps the row of an order when it is written, so what was late says so.
    const content = (recording: RecordedSimulation) => recording.rows(table).map(({ updated_at, ...row }) => row)
    expect(content(bumpy)).toEqual(content(smooth))
  }
  const lateRows = bumpy.versions('executions').filter(({ updated_at }) => updated_at === toIso(START + 6 * MINUTE_MS))
  expect(lateRows.length).toBeGreaterThan(0)
})

test('goes on writing bars and signals while Postgres does not take anything', async () => {
  const recording = recordSimulation({ sessions: 1 })
  await recording.simulator.loadHistory()
  recording.clickhouse.length = 0
  recording.failOnce('trade_cursor')
  await expect(recording.simulator.advanceTo(START + MINUTE_MS)).rejects.toThrow('connection lost')
  expect([taRows(recording, INSERT_BARS), taRows(recording, INSERT_SIGNALS)]).toEqual([60 * 100, 12 * 100])
})

test('takes an earlier instant for no step', async () => {
  const recording = recordSimulation({ sessions: 1 })
  await recording.simulator.loadHistory()
  await recording.simulator.advanceTo(START + MINUTE_MS)
  const before = recording.postgresStatements() + recording.clickhouse.length
  await recording.simulator.advanceTo(START)
  expect(recording.postgresStatements() + recording.clickhouse.length).toBe(before)
})

test('tells its progress in stages that end complete', async () => {
  const last = new Map<string, Progress>()
  const recording = recordSimulation({ sessions: 1, onProgress: (progress) => last.set(progress.stage, progress) })
  await recording.simulator.loadHistory()
  expect([...last.keys()].sort()).toEqual(['bars', 'orders', 'signals', 'snapshots'])
  for (const { done, total } of last.values()) expect(done).toBe(total)
})

test('stops after the running statement, closes both stores once, and does nothing any more', async () => {
  let stopping: Promise<void> | undefined
  const onProgress = () => {
    stopping ??= recording.simulator.stop()
  }
  const recording = recordSimulation({ sessions: 3, onProgress })
  await recording.simulator.loadHistory()
  await recording.simulator.stop()
  await stopping
  const statements = recording.postgresStatements()
  await recording.simulator.advanceTo(START + HOUR_MS)
  expect(recording.postgresStatements()).toBe(statements)
  expect(recording.rows('position_snapshots')).toEqual([])
  expect(recording.closed.sort()).toEqual(['clickhouse', 'postgres'])
})

import { HOUR_MS } from '../../../src/domain/time.js'
import { hexOf } from '../../../src/simulator/random.js'
import { POSTGRES_TABLES } from '../../../src/simulator/torghut/postgres-schema.js'
import { type RecordedSimulation, recordDay, recordSimulation, START } from './recorded-simulation.js'

/** One short text a table; equal only when all its rows are. */
function fingerprints({ rows }: RecordedSimulation): Record<string, string> {
  return Object.fromEntries(
    POSTGRES_TABLES.map((table) => {
      const sorted = rows(table).sort((a, b) => (a.id < b.id ? -1 : 1))
      return [table, `${sorted.length} rows, ${hexOf(JSON.stringify(sorted))}`]
    }),
  )
}

const day = await recordDay({ sessions: 1 })

test('writes the same rows for the same seed and start', async () => {
  expect(fingerprints(await recordDay({ sessions: 1 }))).toEqual(fingerprints(day))
  expect(day.rows('executions').length).toBeGreaterThan(200)
})

test('writes other orders with other ids for another seed, of the same strategies', async () => {
  const other = await recordDay({ sessions: 1, seed: 2 })
  const ids = new Set(day.rows('executions').map(({ id }) => id))
  expect(other.rows('executions').filter(({ id }) => ids.has(id))).toEqual([])
  expect(other.rows('position_snapshots').at(-1)?.equity).not.toBe(day.rows('position_snapshots').at(-1)?.equity)
  expect(fingerprints(other).strategies).toBe(fingerprints(day).strategies)
})

test('ends with the same rows when live time passes in one step', async () => {
  const leap = recordSimulation({ sessions: 1 })
  await leap.simulator.loadHistory()
  await leap.simulator.advanceTo(START + 6 * HOUR_MS)
  expect(fingerprints(leap)).toEqual(fingerprints(day))
})

test('ignores the seconds of its start, so that a clock that was read a little later changes nothing', async () => {
  const later = recordSimulation({ sessions: 1, clock: { now: () => START + 999, speed: 1 } })
  const exact = recordSimulation({ sessions: 1 })
  await later.simulator.loadHistory()
  await exact.simulator.loadHistory()
  expect(later.simulator.startAt).toBe(START)
  expect(fingerprints(later)).toEqual(fingerprints(exact))
})

import type { SimulatedIncident } from '../../../src/domain/incident.js'
import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js'
import { type RecordedRow, type RecordedSimulation, recordSimulation, START } from './recorded-simulation.js'

/** When the incident begins. */
export const FROM = START + MINUTE_MS
export const TABLES = [
  'trade_decisions',
  'executions',
  'execution_order_events',
  'llm_decision_reviews',
  'position_snapshots',
]

/** Live from the start on in steps, with one incident from minute 1 until it is stopped. */
export async function record(
  incident: SimulatedIncident | undefined,
  { stopAfterMs, liveMs, stepMs = 30 * SECOND_MS }: { stopAfterMs: number; liveMs: number; stepMs?: number },
): Promise<RecordedSimulation> {
  const recording = recordSimulation({ sessions: 2 })
  const { simulator } = recording
  await simulator.loadHistory()
  await simulator.advanceTo(FROM)
  if (incident !== undefined) simulator.startIncident(incident, FROM, Number.POSITIVE_INFINITY)
  const stopAt = FROM + stopAfterMs
  for (let at = FROM; at < stopAt; ) {
    at = Math.min(stopAt, at + stepMs)
    await simulator.advanceTo(at)
  }
  if (incident !== undefined) simulator.stopIncident(incident, stopAt)
  for (let at = stopAt; at < START + liveMs; ) {
    at = Math.min(START + liveMs, at + stepMs)
    await simulator.advanceTo(at)
  }
  return recording
}

export const timeOf = (row: RecordedRow, column: string) => Date.parse(String(row[column]))
/** The rows of (from, to]. */
export const during = (rows: readonly RecordedRow[], column: string, from: number, to: number) =>
  rows.filter((row) => timeOf(row, column) > from && timeOf(row, column) <= to)
